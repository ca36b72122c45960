/**
 * Durations as people write them: `45m`, `2h`, `1h30m`, `1d`. Whole seconds inside. There are no fractions, signs,
 * seconds or white space: every form that is left has one meaning.
 */

/** `1d`, `2h`, `1h30m`: each unit at most once, largest first. The bound on digits keeps sums far below 2^53. */
export const durationPattern = /^(?=\d)(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?$/;

/** The shortest duration, in seconds: revocation is swept every minute. */
const shortest = 60;

/** The longest duration that can be written at all, in seconds: 30 days. Templates and the policy allow far less. */
const longest = 30 * 86_400;

/** Seconds; null where the text is no duration, is under a minute, or is over 30 days. */
export function parseDuration(text: string): number | null {
  const match = durationPattern.exec(text);
  if (match === null) return null;
  const [days, hours, minutes] = match.slice(1).map((digits) => Number(digits ?? 0));
  const seconds = (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60;
  return seconds >= shortest && seconds <= longest ? seconds : null;
}

/** `5400` is `1h30m`. Takes whole seconds; what is over a full minute is dropped, and less than one is `0m`. */
export function formatDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'm'],
  ] as const;
  const text = parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('');
  return text === '' ? '0m' : text;
}
