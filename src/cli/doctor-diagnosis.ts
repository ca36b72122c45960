/** What the doctor knows of an installation, and how it says what is wrong. */
import type { TeamFacts } from '../approval/approval.ts';
import type { Instant } from '../base/instant.ts';
import type { Finding } from '../base/reasons.ts';
import type { RepositoryFacts, RevisionFacts, TipFacts } from '../lifecycle/facts.ts';
import type { CodeownersErrorRead, DeliveryRead, InstallationRead, RulesetRead } from './doctor-github.ts';

/** What is looked at, in the order in which it is told. */
export const areas = [
  'installation',
  'permissions',
  'events',
  'repository',
  'rules',
  'bypass',
  'CODEOWNERS',
  'files',
  'ceilings',
  'clusters',
  'adoption',
  'clock',
  'webhooks',
] as const;

export interface Diagnosis {
  readonly area: (typeof areas)[number];
  /** A problem is to be mended; a note is to be known. */
  readonly level: 'problem' | 'note';
  /** One sentence without a full stop. */
  readonly message: string;
  /** What to do, as an imperative. */
  readonly remedy: string;
}

export interface DoctorFacts {
  readonly installation: InstallationRead;
  readonly repository: RepositoryFacts;
  readonly tip: TipFacts;
  /** Teams that CODEOWNERS names; one that cannot be seen is absent. */
  readonly teams: ReadonlyMap<string, TeamFacts>;
  readonly rulesets: readonly RulesetRead[];
  readonly codeownersErrors: readonly CodeownersErrorRead[];
  /** Newest first. */
  readonly deliveries: readonly DeliveryRead[];
  /** What is said of the newest commits, by cluster; see `BranchWorld`. */
  readonly verdicts: ReadonlyMap<string, readonly RevisionFacts[]>;
  readonly clocks: { readonly github: Instant; readonly local: Instant };
}

/** Something to be mended. */
export function problem(area: Diagnosis['area'], message: string, remedy: string): Diagnosis {
  return { area, level: 'problem', message, remedy };
}

/** Something to be known. */
export function note(area: Diagnosis['area'], message: string, remedy: string): Diagnosis {
  return { area, level: 'note', message, remedy };
}

/** Problems of what stands in the way of granting. An obstacle says what is wrong, and after a semicolon what to do. */
export function toProblems(
  area: Diagnosis['area'],
  findings: readonly Finding[],
  otherwise = '',
): readonly Diagnosis[] {
  return findings.map(({ message }) => {
    const [what = '', ...rest] = message.split('; ');
    return problem(area, what, rest.length === 0 ? otherwise : rest.join('; '));
  });
}
