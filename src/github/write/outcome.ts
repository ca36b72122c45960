/**
 * What to do when the answer to a write is lost: look whether it took effect. It is never sent again here, for it
 * may still be on its way; the next decision, on a new read, sends it if it is still needed.
 */
import { errorFor } from '../answer.ts';
import type { WriteAnswer } from '../client.ts';
import { RetryLater } from '../errors.ts';
import type { HttpAnswer } from '../transport.ts';

/**
 * What a successful write left: read from its answer, or where that was lost or cannot be read, by looking.
 * @param read what the answer says; null where it does not say it.
 * @param look what is there now; null where the write has not taken effect.
 * @throws RetryLater where it has not (yet); the error of a refusal.
 */
export async function settle<T>(
  task: string,
  written: WriteAnswer,
  read: (body: unknown) => T | null,
  look: () => Promise<T | null>,
): Promise<T> {
  if (written.kind === 'refused') throw errorFor(task, written.answer);
  const said = written.kind === 'done' ? read(written.body) : null;
  const found = said ?? (await look());
  if (found === null) throw answerLost(task, written.kind === 'unknown' ? written.answer : null);
  return found;
}

/** The answer was lost and looking did not show an effect. */
export function answerLost(task: string, answer: HttpAnswer | null): RetryLater {
  const cause = answer === null ? undefined : errorFor(task, answer);
  return new RetryLater(`Could not ${task}: the answer was lost, and so far it has not taken effect`, null, {
    cause,
  });
}
