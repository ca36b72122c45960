/** Tests of these suites that play an attack on the live server, for the table of attacks at the end. */
export interface PlayedAttack {
  readonly file: string;
  /** What the test is called. */
  readonly test: string;
  readonly group: string;
  /** What the attacker wanted and did not get. */
  readonly refused: string;
  /** By whom it is refused or undone. */
  readonly by: string;
}

function playedIn(
  file: string,
  group: string,
  rows: readonly (readonly [test: string, refused: string, by: string])[],
): readonly PlayedAttack[] {
  return rows.map(([test, refused, by]) => ({ file, group, test, refused, by }));
}

export const attacks: readonly PlayedAttack[] = [
  ...playedIn('flux-grants.test.ts', 'the repository, taken over', [
    [
      'a role outside of the catalog is refused by the API server, whatever the repository says',
      'cluster-admin',
      'RBAC',
    ],
    ['so is a grant whose end has passed, by a rule of the admission', 'a dead grant', 'rule end-is-to-come'],
  ]),
  ...playedIn('admission-attacks.test.ts', 'after the end', [
    ['what the guard took away is not made again, by anybody', 'the same binding again', 'rules'],
  ]),
  ...playedIn('guard.test.ts', 'past the admission', [
    ['takes no later end', 'a later end', 'guard'],
    ['is not outrun by a loop of patches', 'a binding that changes faster than it goes', 'guard'],
    ['removes again what comes back, with whatever end, and says so', 'a binding made again', 'guard'],
    ['says what a finalizer holds, and goes on with the rest of the grant', 'silence', 'guard, alert'],
    [
      'shortens the time that somebody gave a pod to stop, and lets go of its policy only then',
      'a day to stop',
      'guard',
    ],
    [
      'says what lost its label, and has not forgotten it when that comes back',
      'a fresh start',
      'guard, alert',
    ],
    ['removes what says no end that can be read, and says so', 'access without an end', 'guard, alert'],
    ['never touches what has no label of a grant', 'the guard as a weapon', 'guard'],
    ['goes by the clock of the API server where its own is behind', 'an hour more', 'guard, alert'],
  ]),
  ...playedIn('guard-git.test.ts', 'what git does not say', [
    ['removes what git never granted, were it labelled as a grant that git has', 'a grant by hand', 'guard'],
    ['where the digest is another', 'an artifact that ends all grants', 'guard'],
    ['where the digest is of no kind that it knows', 'an artifact that ends all grants', 'guard'],
    ['where the revision was fetched before the one seen last', 'an old artifact', 'guard'],
    ['where the folder of the cluster is missing', 'an artifact of another place', 'guard'],
    ['where what is served is no tarball', 'an artifact that is none', 'guard'],
  ]),
  ...playedIn('guard-flux.test.ts', 'the repository, taken over', [
    [
      'revokes one grant while another, which the cluster refuses, keeps Flux from pruning',
      'a revocation held up',
      'guard',
    ],
  ]),
];
