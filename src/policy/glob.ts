/** Whether a name fits a pattern in which each `*` stands for any run of characters, none included. */
export function matchesGlob(pattern: string, text: string): boolean {
  const [first = '', ...later] = pattern.split('*');
  if (later.length === 0) return pattern === text;
  const last = later.pop() ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false;
  // Each part at its leftmost place leaves the most room for the next: no backtracking is needed.
  let from = first.length;
  const end = text.length - last.length;
  for (const part of later) {
    const found = text.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
