/** What the doctor finds in the files of the default branch. */
import { ownersOf, type Codeowners } from '../approval/codeowners.ts';
import type { TeamFacts } from '../approval/approval.ts';
import { formatFault } from '../base/fault.ts';
import type { TipFacts } from '../lifecycle/facts.ts';
import { readmePath } from '../lifecycle/pin.ts';
import { ownershipObstacles, pinObstacles } from '../lifecycle/protection.ts';
import { policyPath } from '../lifecycle/trusted-paths.ts';
import { readTrusted } from '../lifecycle/trusted.ts';
import { validateRepository } from '../lifecycle/validate.ts';
import type { Policy } from '../policy/policy.ts';
import { note, problem, toProblems, type Diagnosis, type DoctorFacts } from './doctor-diagnosis.ts';

const nameOwners = 'name people or teams with write access for it';

/** CODEOWNERS: what GitHub makes of it, and what it leaves to nobody. */
export function checkCodeowners({ tip, teams, codeownersErrors }: DoctorFacts): readonly Diagnosis[] {
  const trusted = readTrusted(tip);
  const codeowners = trusted.codeowners?.value;
  const unowned = toProblems('CODEOWNERS', ownershipObstacles(tip, trusted), nameOwners);
  if (codeowners === undefined) return unowned;
  const known = new Set(codeownersErrors.map(({ line }) => line));
  return [
    ...unowned,
    ...codeownersErrors.map(({ path, line, kind, suggestion }) =>
      problem(
        'CODEOWNERS',
        `GitHub finds an error in line ${line} of ${path}: ${kind}`,
        suggestion ?? 'correct the line',
      ),
    ),
    ...codeowners.faults
      .filter(({ line }) => !known.has(line))
      .map((fault) => problem('CODEOWNERS', `GitHub skips ${formatFault(fault)}`, 'correct the line')),
    ...checkTeams(codeowners, teams, known),
    ...(trusted.policy === null ? [] : checkScopes(codeowners, trusted.policy.value)),
  ];
}

/** Teams that GitHub ignores, unless it says so itself of their line: whoever is in them can approve nothing. */
function checkTeams(
  { rules }: Codeowners,
  teams: ReadonlyMap<string, TeamFacts>,
  known: ReadonlySet<number>,
): readonly Diagnosis[] {
  return teamsOf({ rules: rules.filter(({ line }) => !known.has(line)) }).flatMap((team) => {
    const seen = teams.get(team);
    if (seen === undefined) {
      const remedy = 'correct its name, or let the App read members and make the team visible';
      return [problem('CODEOWNERS', `@${team} is not there, or cannot be seen`, remedy)];
    }
    if (!seen.canWrite) {
      return [
        problem('CODEOWNERS', `@${team} has no write access, so GitHub ignores it`, 'give it write access'),
      ];
    }
    return seen.members.size > 0
      ? []
      : [problem('CODEOWNERS', `@${team} has no members, so nobody can approve for it`, 'add some')];
  });
}

/** Teams that CODEOWNERS names, each once. */
export function teamsOf({ rules }: Pick<Codeowners, 'rules'>): readonly string[] {
  const teams = rules.flatMap(({ owners }) =>
    owners.flatMap((owner) => (owner.kind === 'team' ? [owner.team] : [])),
  );
  return [...new Set(teams)].sort();
}

/** Places for which the policy demands approval by owners, and that have none. */
function checkScopes(codeowners: Codeowners, policy: Policy): readonly Diagnosis[] {
  const scopes = policy.allow
    .filter(({ approvals }) => approvals.owners > 0)
    .flatMap((entry) => entry.scopes);
  return [...new Set(scopes)]
    .filter((scope) => {
      const path = `access-requests/${scope.replaceAll('*', 'new')}/new.yaml`;
      return ownersOf(codeowners, path).owners.length === 0;
    })
    .map((scope) =>
      problem('CODEOWNERS', `Nobody owns requests in ${scope}, so nobody can approve them`, nameOwners),
    );
}

/** Policy, templates, roles, snapshots, requests: what `curfew validate` says of them. */
export function checkFiles({ tip }: DoctorFacts): readonly Diagnosis[] {
  // CODEOWNERS has an area of its own.
  const faults = validateRepository(filesOf(tip)).filter(({ file }) => !file.endsWith('CODEOWNERS'));
  const policy = readTrusted(tip).policy?.value;
  return [
    ...faults.map(({ remedy, ...fault }) =>
      problem(
        'files',
        formatFault({ ...fault, remedy: '' }),
        remedy === '' ? 'run "curfew validate"' : remedy,
      ),
    ),
    ...(policy?.paused === true
      ? [note('files', 'The policy pauses new grants', `set paused to false in ${policyPath}`)]
      : []),
  ];
}

function filesOf({
  policy,
  codeowners,
  templates,
  roles,
  requests,
  grants,
  clusters,
}: TipFacts): ReadonlyMap<string, string | null> {
  const all = [policy, codeowners, ...templates, ...roles, ...clusters, ...requests, ...grants];
  return new Map(all.flatMap((file) => (file === null ? [] : [[file.path, file.text] as const])));
}

/** Whether Curfew has been here, and in this very repository. */
export function checkAdoption({ repository, tip }: DoctorFacts): readonly Diagnosis[] {
  const policy = readTrusted(tip).policy?.value;
  const moved = toProblems(
    'adoption',
    pinObstacles(repository, tip),
    'delete grants/ once every grant has ended',
  );
  const missing = Object.keys(policy?.clusters ?? {})
    .map(readmePath)
    .filter((path) => !tip.grants.some((file) => file.path === path));
  if (moved.length > 0 || missing.length === 0) return moved;
  return [
    problem(
      'adoption',
      `Curfew has not written ${missing.join(', ')}`,
      'see that it runs, and look into its log',
    ),
  ];
}
