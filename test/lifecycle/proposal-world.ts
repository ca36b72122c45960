/** The default branch of this very repository with a grant in force, and pull requests that would change what decides. */
import { codeownersPaths } from '../../src/approval/codeowners.ts';
import type {
  BranchWorld,
  FileFacts,
  ProposedFiles,
  PullRequestFacts,
  TipFacts,
} from '../../src/lifecycle/facts.ts';
import { judgeProposal, type ProposalReport } from '../../src/lifecycle/proposal/judge.ts';
import type { Standing } from '../../src/lifecycle/proposal/side.ts';
import { granted, tipWith, type Granted } from './branch-world.ts';
import { file, minute, noon, repository, requestFile, requestText, teams } from './world.ts';

type Texts = Readonly<Record<string, string | null>>;

/** The files of a pull request: null deletes. */
export function proposed(texts: Texts, overrides: Partial<ProposedFiles> = {}): ProposedFiles {
  const touchesOwners = codeownersPaths.some((path) => path in texts);
  const paths = [...new Set([...Object.keys(texts), ...(touchesOwners ? codeownersPaths : [])])];
  const fileAt = (path: string): FileFacts | null => {
    const text = texts[path] ?? null;
    return text === null ? null : file(path, text);
  };
  return {
    files: new Map(paths.map((path) => [path, fileAt(path)])),
    codeownersErrorLines: [],
    excess: null,
    ...overrides,
  };
}

export interface Given {
  /** What the default branch holds besides, or in place of, the files of this repository. */
  readonly files?: Readonly<Record<string, string>>;
  /** Null where there is none; else a grant in force. */
  readonly grant?: Granted | null;
  readonly open?: readonly PullRequestFacts[];
}

const grantOfDebugPod = granted();

/** What stands five minutes after the grant. */
export function standing({ files = {}, grant = grantOfDebugPod, open = [] }: Given = {}): Standing {
  const now = noon + 5 * minute;
  const inForce =
    grant === null
      ? []
      : ([
          [requestFile, grant.landing.pullRequest?.addedFile?.text ?? requestText],
          [grant.file.path, grant.file.text ?? ''],
        ] as const);
  const tip: TipFacts = tipWith([...inForce, ...Object.entries(files)]);
  const landing = grant === null ? null : { ...grant.landing, grantHistory: [grant.made] };
  const world: BranchWorld = {
    now,
    repository,
    tip,
    landings: landing === null ? new Map() : new Map([[requestFile, landing]]),
    commands: [],
    reverts: [],
    merges: [],
    verdicts: new Map(),
  };
  const context = { teams, accounts: new Map(), blobs: new Map(), localNow: now, latestNow: now };
  return { world, context, open };
}

/** What is said of a pull request that changes these files. */
export function judge(texts: Texts, given: Given = {}): ProposalReport {
  return judgeProposal(proposed(texts), standing(given));
}

/** The items of a section; empty where it says nothing. */
export function itemsOf({ sections }: ProposalReport, heading: string): readonly string[] {
  return sections.find((section) => section.heading === heading)?.items ?? [];
}
