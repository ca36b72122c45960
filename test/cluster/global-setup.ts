/** Builds once, before the first suite, what all suites start. */
import { fluxBinaries, kubernetesBinaries } from './binaries.ts';

export async function setup(): Promise<void> {
  const progress = (line: string): void => void process.stderr.write(`cluster: ${line}\n`);
  await kubernetesBinaries(progress);
  await fluxBinaries(progress);
}
