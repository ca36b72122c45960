/** GitHub's limits on texts. What is too long is cut with a note, never refused. */

/** Bytes of a check run's summary and text. */
export const checkTextBytes = 65_535;

/** Characters of a comment; counted in bytes here, which is never more generous. */
export const commentBytes = 65_535;

const note = '\n\n*The rest is too long for GitHub.*\n';

/** The text in at most so many bytes of UTF-8; a character is never cut in two. */
export function fit(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const room = bytes - Buffer.byteLength(note);
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > room) break;
    end += character.length;
  }
  return `${text.slice(0, end)}${note}`;
}

/** The text in one line of at most so many characters. */
export function fitLine(text: string, characters: number): string {
  const all = Array.from(text);
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join('')}…`;
}

/** Whether GitHub would show the same: line ends and what stands behind the last line do not matter. */
export function sameText(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(text: string): string {
  return text.replaceAll('\r\n', '\n').trimEnd();
}
