/**
 * Role and network part of one grant together: a path should be one that its holder can use, to pods that its holder may
 * debug. Judged on what the grant itself says, whatever a snapshot knows. A NetworkPolicy may carry the label
 * `curfew.dev/role`: then its path belongs to that role alone, and what is said of others is refused.
 */
import { grantLabel, roleLabel } from '../../base/grant-marks.ts';
import type { Danger } from '../effect.ts';
import { readObjects } from '../rbac/objects.ts';
import { selects, type Selector } from '../rbac/selector.ts';
import { asObject, asString } from '../rbac/tree.ts';
import type { Case, NetworkQuestion } from './case.ts';
import { flagged, refused } from './danger.ts';
import { describePods } from './describe-policy.ts';
import type { NetworkPolicy, Peer, Rule } from './policy.ts';
import { networkRights, reaches, rulesOfGrant, type NetworkRights, type Reach } from './rights.ts';
import { sayEnd, sayEnds } from './sentences.ts';
import { joinWords } from './words.ts';
import { namespaceNameLabel, podText, workloadText, type Pod } from './world.ts';

/** What a path leads to, or comes from, beside the pods of the grant. */
interface Far {
  /** Null where they cannot be told from the policy: a namespace by a label that anybody may set. */
  readonly namespaces: readonly string[] | null;
  /** Null: addresses, in which no role lets anybody do anything. */
  readonly pods: Selector | null;
  readonly text: string;
}

/** Everything that does not fit together. */
export function guardRoles({ question, grant, rights, after }: Case): readonly Danger[] {
  const byRole = Map.groupBy(grant.policies, (policy) => roleOf(policy, question));
  const far = grant.policies.flatMap(farOf);
  const free = (byRole.get(null) ?? []).flatMap(farOf);
  const hasRoles = readObjects(question.grant).bindings.length > 0;
  const unusable = guardUnusable(free, grant.pods, rights);
  return [
    ...[...byRole].flatMap(([role, policies]) =>
      role === null ? [] : guardBound(role, policies.flatMap(farOf), grant.pods, question),
    ),
    ...unusable,
    // Without a role, or with one that lets nobody in, there is nothing that a path could go beyond.
    ...(hasRoles && unusable.length === 0 ? guardBeyond(free, rights) : []),
    ...guardWider(far, rights, grant.pods, after.pods),
  ];
}

/** A path that belongs to a role leads into and out of pods that this role lets its holder debug, and nowhere else. */
function guardBound(
  role: string,
  far: readonly Far[],
  pods: readonly Pod[],
  question: NetworkQuestion,
): readonly Danger[] {
  const rights = rightsOf(role, question);
  const beyond = far.filter((end) => !isDebugged(end, rights));
  const closed = far.length === 0 ? [] : pods.filter((pod) => !isEntered(pod, rights));
  const whose = `the role ${role}, to which this path is bound`;
  return [
    ...(beyond.length === 0
      ? []
      : [
          refused(
            'network-beyond-role',
            `opens a path to ${sayFar(beyond)}, which ${whose}, does not let debug`,
          ),
        ]),
    ...(closed.length === 0
      ? []
      : [
          refused(
            'network-unusable',
            `opens a path from ${sayPods(closed)}, into which ${whose}, lets nobody`,
          ),
        ]),
  ];
}

/** Pods of the grant with a path, into which none of its roles lets anybody. */
function guardUnusable(far: readonly Far[], pods: readonly Pod[], rights: NetworkRights): readonly Danger[] {
  const closed = pods.filter((pod) => !isEntered(pod, rights));
  if (far.length === 0 || closed.length === 0) return [];
  const message = `opens a path from ${sayPods(closed)} to ${sayFar(far)}, but no role of the grant lets its holder into that pod: nothing but its own command can use it`;
  return [flagged('medium', 'network-unusable', message)];
}

/** A path to pods in which no role of the grant gives anything. */
function guardBeyond(far: readonly Far[], rights: NetworkRights): readonly Danger[] {
  const beyond = far.filter((end) => end.pods !== null && !isDebugged(end, rights));
  if (beyond.length === 0) return [];
  const message = `opens a path to ${sayFar(beyond)}, which no role of the grant lets its holder debug`;
  return [flagged('medium', 'network-beyond-role', message)];
}

/** Roles that let their holder into more pods than the path concerns. */
function guardWider(
  far: readonly Far[],
  { enters, forwards }: NetworkRights,
  own: readonly Pod[],
  pods: readonly Pod[],
): readonly Danger[] {
  const isOwn = ({ namespace, name }: Pod): boolean =>
    own.some((pod) => pod.namespace === namespace && pod.name === name);
  const isFar = (pod: Pod): boolean =>
    far.some(
      ({ namespaces, pods: selector }) =>
        selector !== null && namespaces?.includes(pod.namespace) === true && selects(selector, pod.labels),
    );
  const isNarrow = ({ names }: Reach): boolean =>
    names.length > 0 && names.every((name) => own.some((pod) => pod.name === name));
  const wide = [...enters, ...forwards].filter((right) => !isNarrow(right));
  if (far.length === 0 || wide.length === 0) return [];
  const others = pods.filter(
    (pod) => !isOwn(pod) && !isFar(pod) && wide.some((right) => reaches(right, pod)),
  );
  const known = [...new Set(others.map(({ workload }) => workloadText(workload)))];
  const named = known.length === 0 ? '' : `: ${sayEnds(known)}`;
  const message = `its roles let their holder into more pods than its path concerns${named}`;
  return [flagged('medium', 'network-role-wider', message)];
}

/** The role that a policy is bound to by its label, as the catalog names it; null where it is bound to none. */
function roleOf({ namespace, name }: NetworkPolicy, { grant }: NetworkQuestion): string | null {
  const object = grant.find(
    ({ kind, metadata }) =>
      kind === 'NetworkPolicy' && metadata.name === name && metadata['namespace'] === namespace,
  );
  const label = asObject(object?.metadata['labels'])?.[roleLabel];
  return label === undefined ? null : `curfew:${asString(label)}`;
}

/** What the grant's bindings to one role give. */
function rightsOf(role: string, { grant, roles }: NetworkQuestion): NetworkRights {
  const binds = grant.filter((object) =>
    readObjects([object]).bindings.some(({ roleRef }) => roleRef.name === role),
  );
  return networkRights(rulesOfGrant(binds, roles));
}

function isEntered(pod: Pod, { enters, forwards, nodes }: NetworkRights): boolean {
  return nodes || [...enters, ...forwards].some((right) => reaches(right, pod));
}

/** Whether every pod that may be meant is one that the rights are about. A right by names is about no label. */
function isDebugged({ namespaces, pods }: Far, { debugs, nodes }: NetworkRights): boolean {
  if (pods === null) return false;
  const holds = (namespace: string | null): boolean =>
    debugs.some(
      ({ names, ...right }: Reach) => names.length === 0 && [null, namespace].includes(right.namespace),
    );
  return nodes || holds(null) || (namespaces !== null && namespaces.every(holds));
}

/** The far ends of what a policy opens; looking up names, on port 53, is no path. */
function farOf({ namespace, selector, ingress, egress }: NetworkPolicy): readonly Far[] {
  const rules = [...(ingress ?? []), ...(egress ?? [])].filter((rule) => !isLookup(rule));
  if (!isOwnSelector(selector)) return rules.length === 0 ? [] : [farPods([namespace], selector)];
  return rules.flatMap(({ peers }) => (peers ?? []).flatMap((peer) => farPeer(peer, namespace)));
}

function farPeer(peer: Peer, namespace: string): readonly Far[] {
  if (peer.kind === 'addresses') return [{ namespaces: null, pods: null, text: `addresses ${peer.cidr}` }];
  if (peer.namespaces === null) return isOwnSelector(peer.pods) ? [] : [farPods([namespace], peer.pods)];
  const pinned = peer.namespaces.find(({ key, operator }) => key === namespaceNameLabel && operator === 'In');
  return [farPods(pinned === undefined ? null : pinned.values, peer.pods)];
}

function farPods(namespaces: readonly string[] | null, pods: Selector): Far {
  const place = namespaces === null ? 'of other namespaces' : `of ${joinWords(namespaces)}`;
  return { namespaces, pods, text: describePods(pods, place) };
}

function isLookup({ ports }: Rule): boolean {
  return ports?.every((port) => port.kind === 'range' && port.from === 53 && port.to === 53) === true;
}

function isOwnSelector(selector: Selector): boolean {
  return selector.some(({ key, operator }) => key === grantLabel && operator === 'In');
}

function sayFar(far: readonly Far[]): string {
  return joinWords([...new Set(far.map(({ text }) => text))]);
}

function sayPods(pods: readonly Pod[]): string {
  return joinWords(pods.map((pod) => sayEnd(podText(pod))));
}
