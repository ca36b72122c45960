/** What every new object of a grant says of itself. Once it is there, `authority` keeps it as it is. */
import { grantAnnotations, grantLabel } from '../../../base/grant-marks.ts';
import { alwaysProtected } from '../../../policy/protected.ts';
import { longestGrantId } from '../../../template/template.ts';
import { grantResources, listed, quoted, type RuleSet } from './rule.ts';

const expiresAt = quoted(grantAnnotations.expiresAt);
const grantedAt = quoted(grantAnnotations.grantedAt);

/** RFC 3339 in UTC, as the engine writes it; whether there is such a day is seen by reading it. */
const instant = quoted('^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$');

/** What Flux and Argo CD write on what they apply, to find it again. Never what tells them to keep it. */
const tools = {
  labels: ['kustomize.toolkit.fluxcd.io/name', 'kustomize.toolkit.fluxcd.io/namespace'],
  annotations: ['argocd.argoproj.io/tracking-id'],
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
    annotations: 'object.?metadata.?annotations.orValue({})',
    // False where one of them is missing or of another form, so that what follows can be read.
    timed: `[${expiresAt}, ${grantedAt}].all(key, key in variables.annotations && variables.annotations[key].matches(${instant}))`,
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
      expression: `${listed(Object.values(grantAnnotations))}.all(key, variables.annotations[?key].orValue('') != '')`,
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
      expression: `variables.timed && timestamp(variables.annotations[${grantedAt}]) < timestamp(variables.annotations[${expiresAt}])`,
      message: `${grantAnnotations.grantedAt} and ${grantAnnotations.expiresAt} are instants such as 2026-12-01T09:00:00Z, one after the other`,
    },
    {
      name: 'end-is-to-come',
      expression: `!variables.timed || timestamp(variables.annotations[${expiresAt}]) > timestamp(object.metadata.creationTimestamp)`,
      message: `this grant has ended: ${grantAnnotations.expiresAt} is past; ask for access with a new request`,
    },
    {
      name: 'not-over-the-control-plane',
      expression: `!request.namespace.matches(${quoted(namespaces)})`,
      message: `no grant reaches the namespaces ${alwaysProtected.join(', ')}: whoever has power there has power over how access ends`,
    },
  ],
};
