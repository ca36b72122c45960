/** Words longer than this are not compared: nobody mistypes them into one another. */
const longestWord = 64;

/** How many single edits (insert, delete, replace, swap of neighbours) turn one word into the other. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (beforePrevious[j - 2] ?? 0) + 1
          : replaced;
      current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, replaced, swapped));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The candidate that was most likely meant; null where none is near (a third of the letters may be wrong). */
export function suggest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > longestWord) return null;
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  const known = [...candidates];
  for (const candidate of known) {
    if (candidate.length > longestWord) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  // A part of the name is a slip too: `duration` for `maxDuration`.
  return (
    best ??
    (word.length < 4 ? null : (known.find((name) => name.toLowerCase().includes(word.toLowerCase())) ?? null))
  );
}

/** A remedy for an unknown name: `did you mean "duration"?`, or else what there is. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const names = [...candidates];
  const near = suggest(word, names);
  if (near !== null) return `did you mean "${near}"?`;
  if (names.length === 0) return 'there is none';
  const shown = names.slice(0, 12).join(', ');
  return names.length > 12 ? `known are ${shown}, …` : `known are ${shown}`;
}
