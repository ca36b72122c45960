/**
 * What the access repository needs before anything is granted from it. Whatever is missing here is missing for
 * new grants only; ending access never asks.
 */
import { ownersOf, skippedLinesFor, type Codeowners } from '../approval/codeowners.ts';
import { finding, type Finding } from '../base/reasons.ts';
import type { Instant } from '../base/instant.ts';
import { checkName } from './check.ts';
import type { RepositoryFacts, TipFacts } from './facts.ts';
import { pinOf, readPin } from './pin.ts';
import { policyPath } from './trusted-paths.ts';
import type { Trusted } from './trusted.ts';

/** Local and GitHub's clock may differ by this much, in milliseconds. */
const clockTolerance = 30_000;

/** Every reason why nothing at all is granted from this repository now. */
export function obstacles(
  repository: RepositoryFacts,
  tip: TipFacts,
  trusted: Trusted,
  clocks: { readonly github: Instant; readonly local: Instant },
): readonly Finding[] {
  return [
    ...pinObstacles(repository, tip),
    ...ruleObstacles(repository),
    ...ownershipObstacles(tip, trusted),
    ...clockObstacles(clocks),
    ...policyObstacles(trusted),
  ];
}

/** Why this is not the repository or branch that was adopted. */
export function pinObstacles(repository: RepositoryFacts, tip: TipFacts): readonly Finding[] {
  const here = pinOf(repository);
  const foreign = tip.grants
    .filter((file) => file.path.endsWith('/README.md'))
    .map((file) => readPin(file.text ?? ''))
    .find(
      (pin) =>
        pin !== null && (pin.repositoryId !== here.repositoryId || pin.defaultBranch !== here.defaultBranch),
    );
  if (foreign === undefined || foreign === null) return [];
  return [
    finding(
      'repository-moved',
      `grants/ was adopted by repository ${foreign.repositoryId} on branch ${foreign.defaultBranch}, but this is repository ${here.repositoryId} on branch ${here.defaultBranch}; once every grant has ended, delete grants/ to adopt it here`,
    ),
  ];
}

/** What the rules of the default branch lack. */
export function ruleObstacles({ rules, appId }: RepositoryFacts): readonly Finding[] {
  const pinned = rules.requiredChecks.some((check) => check.context === checkName && check.appId === appId);
  const missing = [
    rules.pullRequestRequired ? null : 'requires no pull request',
    rules.codeOwnerReviewRequired ? null : 'requires no review by code owners',
    pinned ? null : `does not require the check "${checkName}" pinned to this App (id ${appId})`,
    rules.forcePushBlocked ? null : 'allows force pushes',
  ].filter((gap) => gap !== null);
  return missing.map((gap) =>
    finding(
      'unprotected',
      `The default branch ${gap}; run "curfew manifests rulesets" and post what it prints`,
    ),
  );
}

/** Directories that decide who gets what, with a path that stands for files to come. */
export const guarded = [
  { directory: '.github/', sample: '.github/workflows/new.yaml' },
  { directory: 'templates/', sample: 'templates/new.yaml' },
  { directory: 'templates/roles/', sample: 'templates/roles/new.yaml' },
  { directory: 'clusters/', sample: 'clusters/new/new.yaml' },
  { directory: 'grants/', sample: 'grants/new/new/new.yaml' },
] as const;

/**
 * Guarded paths that CODEOWNERS leaves without an owner; `paths` are further files that exist below them. An e-mail
 * address is nobody: whom GitHub takes it for cannot be seen.
 */
export function unownedPaths(codeowners: Codeowners, paths: readonly string[]): readonly string[] {
  const samples = [codeowners.file, policyPath, ...guarded.map(({ sample }) => sample), ...paths];
  return [...new Set(samples)].filter((path) =>
    ownersOf(codeowners, path).owners.every(({ kind }) => kind === 'email'),
  );
}

/** Whether GitHub skips a line that could have been meant for this path in place of the one that decides. */
function isMisprinted(codeowners: Codeowners, path: string): boolean {
  const { line } = ownersOf(codeowners, path);
  return skippedLinesFor(codeowners, path).some((fault) => fault.line > (line ?? 0));
}

/** What decides who gets what and has no owner. */
export function ownershipObstacles(tip: TipFacts, trusted: Trusted): readonly Finding[] {
  const codeowners = trusted.codeowners?.value;
  if (codeowners === undefined) {
    return [finding('unprotected', 'There is no CODEOWNERS file that can be read on the default branch')];
  }
  return unprotectedPaths(tip, trusted).map((path) => {
    const message = isMisprinted(codeowners, path)
      ? `GitHub skips a line of ${codeowners.file} that could have been meant for ${path}`
      : `${codeowners.file} gives ${path} no owner whom GitHub accepts`;
    return finding('unprotected', message);
  });
}

/** The guarded paths, and paths that stand for files to come, without an owner whom GitHub accepts. */
export function unprotectedPaths(tip: TipFacts, trusted: Trusted): readonly string[] {
  const existing = [tip.policy, ...tip.templates, ...tip.roles, ...tip.clusters].flatMap(
    (file) => file?.path ?? [],
  );
  const samples = guarded.map(({ sample }) => sample);
  const codeowners = trusted.codeowners?.value;
  if (codeowners === undefined) return [...samples, ...existing];
  const rejected = new Set(tip.codeownersErrorLines);
  const unowned = unownedPaths(codeowners, existing);
  const inError = [...samples, ...existing].filter(
    (path) => rejected.has(ownersOf(codeowners, path).line ?? 0) || isMisprinted(codeowners, path),
  );
  return [...new Set([...unowned, ...inError])];
}

/** A clock that is wrong, here or there. */
export function clockObstacles(clocks: {
  readonly github: Instant;
  readonly local: Instant;
}): readonly Finding[] {
  const ahead = clocks.local - clocks.github;
  if (Math.abs(ahead) <= clockTolerance) return [];
  // No times: the text is published, and would be published anew at every look.
  return [
    finding(
      'clock-skew',
      `The clock here is more than ${clockTolerance / 1000} s ${ahead > 0 ? 'ahead of' : 'behind'} GitHub's; correct the clock of the machine that runs Curfew`,
    ),
  ];
}

/** A policy that cannot be read, or that pauses. */
function policyObstacles(trusted: Trusted): readonly Finding[] {
  if (trusted.policy === null) {
    const [fault] = trusted.faults.filter((candidate) => candidate.file === policyPath);
    return [
      finding(
        'policy-invalid',
        fault === undefined
          ? `There is no ${policyPath} on the default branch`
          : `Line ${fault.line} of ${policyPath}: ${fault.message}`,
      ),
    ];
  }
  return trusted.policy.value.paused ? [finding('paused')] : [];
}
