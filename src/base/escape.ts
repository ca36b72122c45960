/** Text for a terminal or a log, in which nothing hides. */

/** Control and format characters: what moves a cursor, breaks a line, turns the direction of text or cannot be seen. */
const hidden = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const plain = /^[\n\t\x20-\x7e]*$/;

/**
 * The text with such characters written as `\u202e`; line feeds and tabs stay. Within a JSON string that is the same
 * character, so JSON stays true.
 */
export function escapeHidden(text: string): string {
  // Nearly all text is plain, and the expression with Unicode classes is slow on a long one.
  if (plain.test(text)) return text;
  return text.replace(hidden, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
