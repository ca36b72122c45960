/** Ending when told to. */

const signals = ['SIGTERM', 'SIGINT'] as const;

/** On Ctrl-C the terminal and npm each send the signal: what follows so closely is the same wish. */
const sameWish = 500;

/**
 * Resolves with the first SIGTERM or SIGINT. A later one ends the process at once: whoever sends it does not want to
 * wait, and nothing that matters is in memory.
 */
export async function shutdownSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    for (const signal of signals) {
      process.on(signal, () => {
        if (askedAt !== null && performance.now() - askedAt > sameWish) process.exit(1);
        askedAt ??= performance.now();
        resolve(signal);
      });
    }
  });
}
