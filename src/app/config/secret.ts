/** Whether a webhook secret is worth the name. Who knows it can make Curfew look wherever they like. */

const leastBits = 64;

/** What people write before they have a secret, and what programs fall back to. */
const placeholders =
  /development|production|webhook|github|curfew|probot|secret|password|passw0rd|changeme|example|default|token|test|admin|your|letmein|qwerty|here/gi;

/** What is wrong with the secret, read after its name; null where nothing is. Never holds the secret. */
export function weaknessOfSecret(secret: string): string | null {
  if (secret !== secret.trim()) return 'starts or ends with white space, which GitHub would not send';
  const rest = withoutRepetition(secret.replaceAll(placeholders, ''));
  if (rest.length < secret.length && entropy(rest) < leastBits) return 'is a placeholder or a repetition';
  if (entropy(rest) < leastBits || isSequence(rest)) return 'is too easy to guess';
  return null;
}

/** `abcabcabc` → `abc`. */
function withoutRepetition(text: string): string {
  return /^(.+?)\1+$/s.exec(text)?.[1] ?? text;
}

/** Shannon's entropy of the whole text in bits, by the frequencies of its own characters: an upper bound. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= count * Math.log2(count / text.length);
  return bits;
}

/** `abcdefgh`, `987654`: most characters follow from the one before. */
function isSequence(text: string): boolean {
  let steps = 0;
  for (let index = 1; index < text.length; index += 1) {
    if (Math.abs(text.charCodeAt(index) - text.charCodeAt(index - 1)) <= 1) steps += 1;
  }
  return steps > text.length / 2;
}
