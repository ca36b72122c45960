/** What every new object of a grant says of itself. Once it is there, `authority` keeps it as it is. */
import { grantAnnotations, grantLabel } from '../../../base/grant-marks.ts';
import { alwaysProtected } from '../../../policy/protected.ts';
import { longestGrantId } from '../../../template/template.ts';
import { beginning, end, grantResources, listed, quoted, times, type RuleSet } from './rule.ts';

/**
 * What Flux and Argo CD write on what they apply, to find it again; never what tells them to keep it. And what Kubernetes
 * itself notes on a Pod for which a LimitRange filled something in.
 */
const tools = {
  labels: ['kustomize.toolkit.fluxcd.io/name', 'kustomize.toolkit.fluxcd.io/namespace'],
  annotations: ['argocd.argoproj.io/tracking-id', 'kubernetes.io/limit-ranger'],
};

const namespaces = `^(${alwaysProtected.map((glob) => glob.replaceAll('*', '.*')).join('|')})$`;

export const marks: RuleSet = {
  name: 'curfew-marks',
  about: 'A new object of a grant says whose it is and when it ends, and nothing else.',
  concerns: 'labelled',
  operations: ['CREATE'],
  resources: grantResources,
  ceilings: false,
  variables: {
    grant: `object.?metadata.?labels[?${quoted(grantLabel)}].orValue('')`,
    labels: 'object.?metadata.?labels.orValue({})',
    ...times,
  },
  rules: [
    {
      name: 'named-for-the-grant',
      expression: `variables.grant.matches(${quoted(`^[a-z0-9]([-a-z0-9]{0,${longestGrantId - 2}}[a-z0-9])?$`)}) && !has(object.metadata.generateName) &&
(object.metadata.name == variables.grant || object.metadata.name.startsWith(variables.grant + '-'))`,
      message: `the name of a grant's object is its ${grantLabel}, or begins with that and a hyphen`,
    },
    {
      name: 'marked-in-full',
      expression: `${listed(Object.values(grantAnnotations))}.all(key, key in variables.annotations)`,
      message: `an object of a grant carries every annotation that Curfew writes, from ${grantAnnotations.cluster} to ${grantAnnotations.requesterId}`,
    },
    {
      name: 'nothing-for-others',
      expression: `variables.labels.all(key, key.startsWith('curfew.dev/') || key in ${listed(tools.labels)}) &&
variables.annotations.all(key, key in ${listed([...Object.values(grantAnnotations), ...tools.annotations])})`,
      message:
        "an object of a grant carries Curfew's labels and annotations, and those by which Flux or Argo CD find it again; anything else could keep it from being pruned, or hand it to somebody else",
    },
    {
      name: 'end-can-be-read',
      expression: `variables.timed && ${beginning} < ${end}`,
      message: `${grantAnnotations.grantedAt} and ${grantAnnotations.expiresAt} are instants such as 2026-12-01T09:00:00Z, one after the other`,
    },
    {
      name: 'end-is-to-come',
      expression: `!variables.timed || ${end} > timestamp(object.metadata.creationTimestamp)`,
      message: `this grant has ended: ${grantAnnotations.expiresAt} is past; ask for access with a new request`,
    },
    {
      name: 'not-over-the-control-plane',
      expression: `!request.?namespace.orValue('').matches(${quoted(namespaces)})`,
      message: `no grant reaches the namespaces ${alwaysProtected.join(', ')}: whoever has power there has power over how access ends`,
    },
  ],
};
