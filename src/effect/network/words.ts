/** Small words for sentences. */

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** `1 pod`, `2 pods`, `2 policies`. */
export function count(number: number | bigint, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 || number === 1n ? noun : plural}`;
}

/** At most `most` of the words, and how many more there are: `a, b, c and 9 more`. */
export function joinSome(words: readonly string[], most: number): string {
  if (words.length <= most) return joinWords(words);
  return `${words.slice(0, most).join(', ')} and ${words.length - most} more`;
}
