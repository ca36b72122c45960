/**
 * What an object of a grant may be, by its kind. The engine renders nothing else (`src/template/rules`); said here once
 * more, it holds against a taken-over repository too.
 */
import { grantLabel } from '../../../base/grant-marks.ts';
import {
  beginning,
  bindings,
  end,
  networkPolicies,
  pods,
  quoted,
  serviceAccounts,
  times,
  type Resources,
  type Rule,
  type RuleSet,
} from './rule.ts';

const grant = `object.?metadata.?labels[?${quoted(grantLabel)}].orValue('')`;

/** A rule for new objects. What is there already may be older than the rule, and does not change. */
function atFirst({ expression, ...rule }: Rule): Rule {
  return { ...rule, expression: `request.operation != 'CREATE' || (${expression})` };
}

function contentStays(fields: readonly string[]): Rule {
  const same = fields.map((field) => `object.?${field} == oldObject.?${field}`).join(' && ');
  return {
    name: 'content-stays',
    expression: `request.operation != 'UPDATE' || (${same})`,
    message: 'what a grant gives never changes; ask for something else with a new request',
  };
}

function ofKind(
  name: string,
  about: string,
  resources: readonly Resources[],
  variables: RuleSet['variables'],
  rules: readonly Rule[],
): RuleSet {
  const operations = ['CREATE', 'UPDATE'] as const;
  return { name, about, concerns: 'labelled', operations, resources, ceilings: false, variables, rules };
}

const bindingRules = ofKind(
  'curfew-bindings',
  'A binding of a grant gives a role of the catalog to one person.',
  [bindings],
  {},
  [
    atFirst({
      name: 'one-person',
      expression: `object.?subjects.orValue([]).size() == 1 && object.subjects.all(subject, subject.kind == 'User' &&
!subject.name.lowerAscii().startsWith('system:'))`,
      message:
        'a binding of a grant has one subject, a User who is not of system:; groups and service accounts get no access',
    }),
    atFirst({
      name: 'role-of-the-catalog',
      expression: "object.roleRef.kind == 'ClusterRole' && object.roleRef.name.startsWith('curfew:')",
      message: 'a binding of a grant gives a ClusterRole of the catalog, whose name begins with curfew:',
    }),
    contentStays(['roleRef', 'subjects']),
  ],
);

/** Whether a label selector can only select the Pods of this grant. */
function selectsGrant(selector: string): string {
  return `${selector}.?matchLabels[?${quoted(grantLabel)}].orValue('') == variables.grant`;
}

const ownPeer = `(!has(peer.namespaceSelector) && !has(peer.ipBlock) && ${selectsGrant('peer.?podSelector')})`;

/** Selectors that are empty select everything, and a range that is too wide nearly so. */
const narrowPeer = `(has(peer.ipBlock)
  ? cidr(peer.ipBlock.cidr).prefixLength() >= (cidr(peer.ipBlock.cidr).ip().family() == 4 ? 16 : 48)
  : peer.?podSelector.?matchLabels.orValue({}).size() > 0 &&
    (!has(peer.namespaceSelector) || peer.namespaceSelector.?matchLabels.orValue({}).size() > 0))`;

const policyRules = ofKind(
  'curfew-network-policies',
  "A network policy of a grant concerns the grant's own Pod.",
  [networkPolicies],
  {
    grant,
    ingress: 'object.spec.?ingress.orValue([])',
    egress: 'object.spec.?egress.orValue([])',
    // Peers and ports of every rule; an empty list of either means everything.
    peers:
      'variables.ingress.map(rule, rule.?from.orValue([])) + variables.egress.map(rule, rule.?to.orValue([]))',
    ports:
      'variables.ingress.map(rule, rule.?ports.orValue([])) + variables.egress.map(rule, rule.?ports.orValue([]))',
  },
  [
    atFirst({
      name: 'own-pod',
      expression: `${selectsGrant('object.spec.?podSelector')} || (
  object.spec.?podSelector.?matchLabels.orValue({}).size() > 0 && variables.peers.all(list, list.all(peer, ${ownPeer})) &&
  object.spec.policyTypes.all(type, (type == 'Ingress' ? variables.ingress : variables.egress).size() > 0))`,
      message: `a network policy of a grant selects the grant's own Pod by ${grantLabel}, or lets only that Pod reach others, which it names, and closes no direction`,
    }),
    atFirst({
      name: 'peers-and-ports',
      expression: `variables.peers.all(list, list.size() > 0 && list.all(peer, ${narrowPeer})) &&
variables.ports.all(list, list.size() > 0 && list.all(port, has(port.port) && !has(port.endPort)))`,
      message:
        'every rule of a network policy names its peers and its ports: what is left out means everything, and a range of addresses is at most a /16 (IPv6: /48)',
    }),
    contentStays(['spec']),
  ],
);

/** Whether a security context leaves AppArmor, SELinux and Windows as they are on every node. */
function confined(context: string): string {
  return ['appArmorProfile', 'seLinuxOptions', 'windowsOptions']
    .map((field) => `!has(${context}.${field})`)
    .join(' && ');
}

const podRules = ofKind(
  'curfew-pods',
  'A Pod of a grant is restricted, has no token, and ends by itself.',
  [pods, { apiGroups: [''], resources: ['pods/ephemeralcontainers', 'pods/resize'] }],
  { grant, ...times, spec: 'object.spec' },
  [
    atFirst({
      name: 'own-account-without-token',
      expression: `variables.spec.?automountServiceAccountToken.orValue(true) == false &&
[variables.spec.?serviceAccountName.orValue('')].all(name, name == variables.grant || name.startsWith(variables.grant + '-'))`,
      message:
        "a Pod of a grant runs as the grant's own service account and gets no token (automountServiceAccountToken: false)",
    }),
    atFirst({
      name: 'ends-by-itself',
      expression: `variables.spec.?activeDeadlineSeconds.hasValue() && variables.spec.restartPolicy == 'Never' &&
variables.spec.?terminationGracePeriodSeconds.orValue(30) <= 30 &&
(!variables.timed || duration(string(variables.spec.activeDeadlineSeconds) + 's') <= ${end} - ${beginning})`,
      message:
        'a Pod of a grant ends by itself: activeDeadlineSeconds within the time of the grant, restartPolicy Never, at most 30 seconds to stop',
    }),
    atFirst({
      name: 'one-container',
      expression: `variables.spec.containers.size() == 1 && variables.spec.?initContainers.orValue([]).size() == 0 &&
variables.spec.?ephemeralContainers.orValue([]).size() == 0 && !has(variables.spec.nodeName) && !has(variables.spec.resourceClaims)`,
      message: 'a Pod of a grant has one container, is placed by the scheduler, and claims no device',
    }),
    atFirst({
      name: 'off-the-host',
      expression: `[variables.spec.?hostNetwork, variables.spec.?hostPID, variables.spec.?hostIPC].all(shared, !shared.orValue(false)) &&
variables.spec.containers.all(container, container.?ports.orValue([]).all(port, port.?hostPort.orValue(0) == 0) &&
  [container.?livenessProbe.hasValue(), container.?readinessProbe.hasValue(), container.?startupProbe.hasValue(), container.?lifecycle.hasValue()].all(asked, !asked))`,
      message:
        'a Pod of a grant shares nothing with its node: no host network, processes, memory or ports, no probe or hook, which the node sends',
    }),
    atFirst({
      name: 'restricted',
      expression: `variables.spec.?securityContext.?runAsNonRoot.orValue(false) &&
variables.spec.?securityContext.?seccompProfile.?type.orValue('') == 'RuntimeDefault' &&
!has(variables.spec.securityContext.sysctls) && ${confined('variables.spec.securityContext')} &&
variables.spec.containers.all(container,
  container.?securityContext.?runAsNonRoot.orValue(false) && container.?securityContext.?readOnlyRootFilesystem.orValue(false) &&
  !container.?securityContext.?allowPrivilegeEscalation.orValue(true) && !container.?securityContext.?privileged.orValue(false) &&
  container.?securityContext.?capabilities.?drop.orValue([]) == ['ALL'] && !has(container.securityContext.capabilities.add) &&
  !has(container.securityContext.seccompProfile) && !has(container.securityContext.procMount) && ${confined('container.securityContext')})`,
      message:
        'a Pod of a grant meets the Pod security standard "restricted", with a read-only root file system',
    }),
    atFirst({
      name: 'bounded',
      expression: `variables.spec.containers.all(container, ['cpu', 'memory'].all(resource, container.?resources.?limits[?resource].hasValue()))`,
      message: 'a Pod of a grant has limits of cpu and memory',
    }),
    atFirst({
      name: 'no-secrets',
      expression: `variables.spec.?volumes.orValue([]).all(volume, has(volume.emptyDir)) && variables.spec.?imagePullSecrets.orValue([]).size() == 0 &&
variables.spec.containers.all(container, container.?envFrom.orValue([]).size() == 0 && container.?env.orValue([]).all(entry, !has(entry.valueFrom)))`,
      message:
        'a Pod of a grant reads no Secret, ConfigMap, claim or path of its node: its volumes are emptyDir, its environment is written out',
    }),
    contentStays(['spec']),
  ],
);

const accountRules = ofKind(
  'curfew-service-accounts',
  'A service account of a grant is a name without a token.',
  [serviceAccounts],
  {},
  [
    atFirst({
      name: 'without-token',
      expression: `object.?automountServiceAccountToken.orValue(true) == false && object.?secrets.orValue([]).size() == 0 &&
object.?imagePullSecrets.orValue([]).size() == 0`,
      message:
        'a service account of a grant has no token and no Secret (automountServiceAccountToken: false)',
    }),
    contentStays(['automountServiceAccountToken', 'secrets', 'imagePullSecrets']),
  ],
);

export const kinds: readonly RuleSet[] = [bindingRules, policyRules, podRules, accountRules];
