/** Good templates, asked for where they may not be given. */
import type { ReasonCode } from '../../../src/base/reasons.ts';
import type { Attack } from '../attack.ts';
import { repo } from '../field.ts';

/** A good template, asked for where it may not be given. */
function elsewhere(
  name: string,
  reason: ReasonCode,
  says: RegExp,
  path: string,
  template: string,
  more = '',
): Attack {
  return {
    name,
    refused: 'a scope that is not for the taking',
    reason,
    says,
    play: async (field) => {
      const files = { [path]: `${requestFor(template, [])}${more}` };
      const pullRequest = await field.pull('alice', { branch: name.replaceAll(/\W+/g, '-'), files });
      await field
        .as('carol')
        .octokit.pulls.createReview({ ...repo, pull_number: pullRequest, event: 'APPROVE' });
      await field.settle();
      return { pullRequest };
    },
  };
}

export const scopes: readonly Attack[] = [
  elsewhere(
    'a protected namespace by a star',
    'protected-namespace',
    /reaches staging\/vault only when it names it/,
    'access-requests/staging/vault/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'kube-system by a star',
    'protected-namespace',
    /reaches staging\/kube-system only when/,
    'access-requests/staging/kube-system/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'the namespace of the GitOps engine by a star',
    'protected-namespace',
    /reaches staging\/argocd only when/,
    'access-requests/staging/argocd/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'the namespace of the guard by a star',
    'protected-namespace',
    /reaches staging\/curfew-system only when/,
    'access-requests/staging/curfew-system/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'the whole cluster by a template for a namespace',
    'wrong-scope',
    /for namespace scope, but the path asks for cluster scope/,
    'access-requests/staging/_cluster/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'a namespace by a template for the whole cluster',
    'wrong-scope',
    /for cluster scope, but the path asks for namespace scope/,
    'access-requests/staging/payments/x.yaml',
    'cluster-read',
  ),
  elsewhere(
    'the whole cluster by somebody who may ask for staging/*',
    'protected-namespace',
    /reaches staging\/_cluster only when it names it/,
    'access-requests/staging/_cluster/x.yaml',
    'cluster-read',
  ),
  elsewhere(
    'a cluster that nobody knows',
    'unknown-cluster',
    /knows no cluster/,
    'access-requests/prod/payments/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'production without a ticket',
    'ticket-missing',
    /A ticket that matches/,
    'access-requests/prod-eu/payments/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'production for longer than a limit allows',
    'duration-too-long',
    /allows 4h at most/,
    'access-requests/prod-eu/payments/x.yaml',
    'read-logs',
    '  ticket: INC-1\n  duration: 6h\n',
  ),
];

/** A request with these parameters. */
export function requestFor(template: string, parameters: readonly string[]): string {
  const given =
    parameters.length === 0
      ? ''
      : `  parameters: {${parameters.map((name) => `${name}: mallory`).join(', ')}}\n`;
  return `apiVersion: curfew.dev/v1\nkind: AccessRequest\nspec:\n  template: ${template}\n${given}  reason: Nothing in particular\n`;
}
