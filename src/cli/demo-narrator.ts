/** Tells the demo: to a person in the terminal, or as one JSON object a line. */
import type { CommandIo } from './command.ts';
import { indented, withoutMarkup } from './markup.ts';
import { paint } from './paint.ts';

export interface Step {
  readonly step:
    'opened' | 'planned' | 'waiting' | 'approved' | 'merged' | 'granted' | 'expired' | 'reverted' | 'ended';
  /** RFC 3339, by the clock of the sandbox. */
  readonly time: string;
  /** The request's; for `reverted` the revert pull request. */
  readonly pullRequest: number;
  readonly commit?: string | undefined;
}

export interface Narrator {
  /** The first paragraph says it in a sentence; the others are what was found. */
  tell(step: Step, paragraphs: readonly string[]): void;
  /** Shows the audit trail of the clone, and says where it was kept. */
  end(log: (folder: string) => Promise<string>, clone: Clone, keep: string | null): Promise<void>;
}

export interface Clone {
  readonly folder: string;
  /** Removes the folder, where it is not to be kept. */
  remove(): Promise<void>;
}

export function createNarrator({ stdout, stderr }: CommandIo, json: boolean): Narrator {
  if (json) {
    return {
      tell: (step) => stdout.write(`${JSON.stringify(step)}\n`),
      end: async (_, clone) => await clone.remove(),
    };
  }
  let told = 0;
  return {
    tell: ({ step, time }, [sentence = '', ...paragraphs]) => {
      told += 1;
      stdout.write(
        `\n${paint(stdout, 'bold', `${told}. ${step}`)}  ${paint(stdout, 'dim', time)}\n${sentence}\n`,
      );
      for (const paragraph of paragraphs) stdout.write(`${indented(withoutMarkup(paragraph))}\n`);
    },
    end: async (log, clone, keep) => {
      stdout.write(
        `\n${paint(stdout, 'bold', 'The audit trail')}  ${paint(stdout, 'dim', 'git log --first-parent')}\n`,
      );
      stdout.write(`${indented(await log(clone.folder))}\n`);
      await clone.remove();
      if (keep === null)
        stderr.write('\nTo keep the repository and look around: npm run demo -- --keep DIR\n');
      else stderr.write(`\nThe access repository is in ${keep}\n`);
    },
  };
}
