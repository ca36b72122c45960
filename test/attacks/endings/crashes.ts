/** Processes that die between two writes, and what happens before the next one starts. */
import type { Attack } from '../attack.ts';
import { repo, requestPath, type Field } from '../field.ts';

const merging = { method: 'PUT', route: '/repos/{owner}/{repo}/pulls/{pull_number}/merge' } as const;

export const crashes: readonly Attack[] = [
  {
    name: 'crash after every single write of a life',
    refused: 'a second grant, and access beyond its end',
    reason: 'revoked',
    says: /\*\*Ended: (revoked by alice|the access was handed back or revoked)/,
    alone: true,
    play: async (field) => {
      let number = 0;
      // Until a whole life goes by in fewer writes.
      for (let write = 1, crashed = true; crashed; write += 1)
        ({ number, crashed } = await liveWithCrash(field, write));
      return { pullRequest: number };
    },
  },
  ...(
    [
      [
        'the approval is dismissed',
        async (field, number, review) => {
          const dismissal = { ...repo, pull_number: number, review_id: review, message: 'no' };
          await field.as('erin').octokit.pulls.dismissReview(dismissal);
        },
      ],
      [
        'the template is changed',
        async (field) => await field.edit('templates/debug-pod.yaml', 'max: 4h', 'max: 3h'),
      ],
      [
        'the policy asks for one approval more',
        async (field) =>
          await field.edit(
            '.github/curfew.yaml',
            'approvals: {owners: 1}\n    - name: sre',
            'approvals: {owners: 2}\n    - name: sre',
          ),
      ],
      [
        'the subject is mapped to another Kubernetes user',
        async (field) =>
          await field.edit('.github/curfew.yaml', "staging: 'oidc:alice'", "staging: 'oidc:root'"),
      ],
    ] as const satisfies readonly (readonly [
      string,
      (field: Field, number: number, review: number) => Promise<void>,
    ])[]
  ).map(([what, change]): Attack => ({
    name: `crash after the merge, and ${what} before the next start`,
    refused: 'an approval that does not hold any more',
    reason: 'landed-unapproved',
    says: /merged without \d of/,
    alert: true,
    alone: true,
    play: async (field) => {
      const number = await field.ask('crashed');
      // All that comes after the merge finds nobody at home.
      let merged = false;
      field.sandbox.faults.inject({
        actor: 'curfew[bot]',
        when: ({ route }) => {
          const gone = merged;
          merged ||= route === merging.route;
          return gone;
        },
        effect: { kind: 'drop' },
      });
      const review = await field.as('bob').review(number, 'APPROVE');
      await field.unseen(async () => await change(field, number, review));
      field.sandbox.faults.clear();
      field.deliverTo(await field.replica());
      await field.sweep();
      return { removed: requestPath('crashed') };
    },
  })),
];

/** One life in which the process is gone after the n-th write, and another one goes on. */
async function liveWithCrash(
  field: Field,
  write: number,
): Promise<{ readonly number: number; readonly crashed: boolean }> {
  const name = `crash-${write}`;
  let writes = 0;
  const stop = field.sandbox.faults.inject({
    actor: 'curfew[bot]',
    when: ({ method, route, operation }) => {
      const isWrite = method !== 'GET' && (route !== '/graphql' || operation === 'Commit');
      if (isWrite) writes += 1;
      return writes >= write;
    },
    effect: { kind: 'drop-after-effect' },
  });
  // GitHub lets an App create 80 things a minute.
  field.clock.advance(60_000);
  const number = await field.ask(name);
  await field.as('bob').review(number, 'APPROVE');
  if (write > 6) await field.as('alice').comment(number, '/revoke');
  stop();
  const next = await field.replica();
  field.deliverTo(next);
  next.sweep('everything');
  await field.settle();
  // Where the plan was not shown before the crash, nobody can have approved it.
  if (!(await field.paths()).includes(requestPath(name)) && write <= 6)
    await field.as('frank').review(number, 'APPROVE');
  await field.as('alice').comment(number, '/revoke');
  next.sweep('everything');
  await field.settle();
  return { number, crashed: writes >= write };
}
