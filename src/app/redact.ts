/** Keeps secrets out of the log. */

/** Tokens of GitHub of every kind, JSON web tokens, PEM blocks, credentials in an address or an Authorization header. */
const secretShapes = [
  // Since 2026 those of installations are JSON web tokens behind their prefix.
  /\bgh[a-z]_[\w.-]{16,}/g,
  /\bgithub_pat_\w{16,}/g,
  /\bv1\.[0-9a-f]{40}\b/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?="))/g,
  /(?<=\bhttps?:\/\/)[^\s/@"]+(?=@)/g,
  /(?<=\b(?:bearer|token|basic) )[\w+/.=~-]{16,}/gi,
];

const redacted = '[redacted]';

/** A function that takes the given secrets, and whatever looks like one, out of a line of JSON. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  // A secret stands in a line of JSON as JSON writes it.
  const literal = secrets
    .filter((secret) => secret !== '')
    .map((secret) => JSON.stringify(secret).slice(1, -1));
  return (text) => {
    let clean = text;
    for (const secret of literal) clean = clean.replaceAll(secret, redacted);
    for (const shape of secretShapes) clean = clean.replace(shape, redacted);
    return clean;
  };
}
