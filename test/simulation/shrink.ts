/** Makes a failing history short: leaves out whatever it fails without. */
import { play, type Outcome } from './history.ts';
import type { History, Step } from './steps.ts';

/** How many histories are played at most: an answer that takes an hour helps nobody. */
const maximumTries = 40;

/** The shortest failing history that was found, and how it fails. */
export async function shrink(
  history: History,
  outcome: Outcome,
): Promise<{ readonly history: History; readonly outcome: Outcome }> {
  let best = { history, outcome };
  let tries = 0;
  const fails = async (steps: readonly Step[]): Promise<boolean> => {
    if (tries++ >= maximumTries) return false;
    const shorter = { ...history, steps };
    const tried = await play(shorter);
    if (tried.violation === null) return false;
    best = { history: shorter, outcome: tried };
    return true;
  };
  // Nothing after the step that failed can matter.
  if (outcome.steps < history.steps.length) await fails(history.steps.slice(0, outcome.steps + 1));
  for (let size = Math.ceil(best.history.steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.history.steps.length;) {
      const { steps } = best.history;
      if (!(await fails([...steps.slice(0, at), ...steps.slice(at + size)]))) at += size;
    }
  }
  for (const calmer of [{ weather: null }, { crash: null }, { deliveries: 'deliver' as const }]) {
    for (const { number } of best.history.steps) {
      await fails(best.history.steps.map((step) => (step.number === number ? { ...step, ...calmer } : step)));
    }
  }
  return best;
}
