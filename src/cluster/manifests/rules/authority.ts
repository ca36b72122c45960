/** Who may do what with an object that carries the grant label, and what nobody may. */
import { grantAnnotations, grantLabel } from '../../../base/grant-marks.ts';
import { applier, guard } from '../../identities.ts';
import { grantResources, isLabelled, listed, quoted, type RuleSet } from './rule.ts';

const authorityName = 'curfew-authority';

/**
 * Keys that a write to a Pod's status, and a scheduler, must leave alone: ours, and those by which Flux and Argo CD are
 * told to keep an object. Others may come with it; network plugins note a Pod's addresses so.
 */
const guardedKey = '^curfew\\.dev/|(^|\\.)(fluxcd\\.io|argoproj\\.io)/';

/** The longest time, in seconds, that a deleted Pod may be given to stop: what a template may ask for. */
const longestGrace = 30;

/**
 * An administrator is who could take these rules away. That covers the namespace controller and the garbage collector,
 * which may delete everything, and names nobody's groups.
 */
const isAdministrator = `authorizer.group('admissionregistration.k8s.io').resource('validatingadmissionpolicies').name('${authorityName}').check('delete').allowed()`;

export const authority: RuleSet = {
  name: authorityName,
  about: 'Only the applier makes objects of grants, nobody changes them, and few may delete them.',
  concerns: 'labelled',
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  resources: [
    ...grantResources,
    // All that changes more of a Pod than its conditions.
    { apiGroups: [''], resources: ['pods/ephemeralcontainers', 'pods/resize', 'pods/status'] },
  ],
  ceilings: false,
  variables: {
    updates: "request.operation == 'UPDATE'",
    isStatus: "request.?subResource.orValue('') == 'status'",
    annotations: 'object.?metadata.?annotations.orValue({})',
    oldAnnotations: 'oldObject.?metadata.?annotations.orValue({})',
  },
  rules: [
    {
      name: 'only-the-applier-writes',
      expression: `request.operation == 'DELETE' || variables.isStatus || request.userInfo.username == ${quoted(applier.user)}`,
      message: `only Curfew's applier writes objects that carry ${grantLabel}; ask for access with a request in the access repository`,
    },
    {
      name: 'label-stays',
      expression: `!variables.updates || object.?metadata.?labels[?${quoted(grantLabel)}] == oldObject.?metadata.?labels[?${quoted(grantLabel)}]`,
      message: `${grantLabel} is set when an object is made and never later: a standing object cannot become a grant's, nor a grant's object anything else; make an object of another name`,
    },
    {
      name: 'marks-stay',
      expression: `!variables.updates || (
  object.?metadata.?labels.orValue({}) == oldObject.?metadata.?labels.orValue({}) &&
  (variables.isStatus
    ? variables.annotations.all(key, !key.matches(${quoted(guardedKey)}) || (key in variables.oldAnnotations && variables.annotations[key] == variables.oldAnnotations[key])) &&
      variables.oldAnnotations.all(key, !key.matches(${quoted(guardedKey)}) || key in variables.annotations)
    : variables.annotations == variables.oldAnnotations))`,
      message: `labels and annotations of a grant never change, ${grantAnnotations.expiresAt} least of all; ask for more time with a new request`,
    },
    {
      name: 'no-ties',
      expression: `request.operation == 'DELETE' || (
  object.?metadata.?finalizers.orValue([]) == (variables.updates ? oldObject.?metadata.?finalizers.orValue([]) : []) &&
  object.?metadata.?ownerReferences.orValue([]) == (variables.updates ? oldObject.?metadata.?ownerReferences.orValue([]) : []))`,
      message:
        'an object of a grant takes no finalizer and no owner: with a finalizer it would give access after its deletion, by an owner it could be deleted',
    },
    {
      name: 'few-delete',
      // Of a Pod the nodes and the scheduler have to be able to dispose, and its end only ends access.
      expression: `request.operation != 'DELETE' || request.resource.resource == 'pods' || request.userInfo.username in ${listed([applier.user, guard.user])} || ${isAdministrator}`,
      message:
        "an object of a grant is deleted by Curfew's guard, its applier, or an administrator: to end the access, comment /revoke on its pull request",
    },
    {
      name: 'deleted-at-once',
      expression: `request.operation != 'DELETE' || (
  request.?options.?propagationPolicy.orValue('Background') == 'Background' &&
  !request.?options.?orphanDependents.orValue(false) &&
  request.?options.?gracePeriodSeconds.orValue(0) <= ${longestGrace})`,
      message: `an object of a grant is deleted in the background and within ${longestGrace} seconds: one that waits for others, or for long, would give access meanwhile`,
    },
  ],
};

/** What a taken-over applier or guard can still do: make what the other rules let pass, and delete what is a grant's. */
export const confinement: RuleSet = {
  name: 'curfew-confinement',
  about: 'The applier and the guard touch nothing but objects of grants, and the guard only deletes.',
  concerns: 'actors',
  operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'],
  resources: [
    ...grantResources,
    { apiGroups: [''], resources: ['pods/*', 'serviceaccounts/*'] },
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles', 'roles'] },
  ],
  ceilings: false,
  variables: {},
  rules: [
    {
      name: 'only-grants',
      expression: `request.operation == 'DELETE' ? ${isLabelled('oldObject')} : ${isLabelled('object')}`,
      message: `Curfew's applier and guard touch only objects that carry ${grantLabel}; apply everything else as somebody else`,
    },
    {
      name: 'guard-deletes',
      expression: `request.userInfo.username != ${quoted(guard.user)} || request.operation == 'DELETE'`,
      message: "Curfew's guard only deletes",
    },
  ],
};

/**
 * A Binding puts a Pod on a node, and its labels and annotations on the Pod, over those that are there. No update is
 * seen then, and nothing tells whether the Pod is a grant's: so it holds for every Pod.
 */
export const placement: RuleSet = {
  name: 'curfew-placement',
  about: 'Whoever puts a Pod on a node changes nothing by which a grant is known and ends.',
  concerns: 'everything',
  operations: ['CREATE'],
  resources: [{ apiGroups: [''], resources: ['bindings', 'pods/binding'] }],
  ceilings: false,
  variables: {},
  rules: [
    {
      name: 'placed-as-it-is',
      expression: `[object.?metadata.?labels.orValue({}), object.?metadata.?annotations.orValue({})].all(marks, marks.all(key, !key.matches(${quoted(guardedKey)})))`,
      message:
        'a Binding would put its labels and annotations on the Pod: none of curfew.dev, nor of Flux or Argo CD, is set that way',
    },
  ],
};
