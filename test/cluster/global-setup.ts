/** Builds once, before the first suite, what all suites start. */
import { fluxBinaries, kubernetesBinaries } from './binaries.ts';

export async function setup(): Promise<void> {
  const progress = (line: string): void => void process.stderr.write(`cluster: ${line}\n`);
  try {
    await kubernetesBinaries(progress);
    await fluxBinaries(progress);
  } catch (error) {
    // Without them no suite can run, and what a person has to know is one sentence.
    progress(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
