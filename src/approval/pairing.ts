/**
 * Who stands for which requirement. Each person stands for one at most, so that two approvals demanded are two
 * people, and as many places as possible are filled: a person moves on where somebody else fits only there.
 */

/**
 * Fills `places[i]` places of each requirement `i` and gives, for each requirement, the people in it. Earlier people
 * and earlier requirements come first, so the answer is always the same; somebody who is placed stays placed, though
 * perhaps elsewhere. Augmenting paths: Kuhn's algorithm for bipartite matching.
 */
export function pair(
  people: number,
  places: readonly number[],
  fits: (person: number, requirement: number) => boolean,
): readonly (readonly number[])[] {
  const placed: number[][] = places.map(() => []);
  for (let person = 0; person < people; person += 1) place(person, new Set());
  return placed;

  function place(person: number, tried: Set<number>): boolean {
    for (const [requirement, inIt] of placed.entries()) {
      if (tried.has(requirement) || !fits(person, requirement)) continue;
      tried.add(requirement);
      if (inIt.length < (places[requirement] ?? 0)) {
        inIt.push(person);
        return true;
      }
      const moved = inIt.findIndex((other) => place(other, tried));
      if (moved !== -1) {
        inIt[moved] = person;
        return true;
      }
    }
    return false;
  }
}
