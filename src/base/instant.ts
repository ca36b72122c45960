/**
 * A point in time, in milliseconds since the Unix epoch. The pure rooms take instants as arguments and never
 * ask a clock.
 */
export type Instant = number;

/** RFC 3339 with an explicit offset; fractions of a second are accepted and dropped on the way out. */
const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** Reads an RFC 3339 timestamp; null where it is none (a missing offset, 30 February, hour 24, …). */
export function parseInstant(text: string): Instant | null {
  const match = rfc3339.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  // Date.parse rolls 30 February over into March, and takes hour 24; asking for the parts back shows it.
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const back = [
    local.getUTCFullYear(),
    local.getUTCMonth() + 1,
    local.getUTCDate(),
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
  ];
  const rolledOver = [year, month, day, hour, minute, second].some((part, index) => part !== back[index]);
  const parsed = Date.parse(text);
  return rolledOver || Number.isNaN(parsed) ? null : parsed;
}

/** `2026-12-01T09:00:00Z`: UTC, whole seconds, as every file and trailer of Curfew writes time. */
export function formatInstant(instant: Instant): string {
  return new Date(Math.floor(instant / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
