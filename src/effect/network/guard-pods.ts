/** The pods that a grant brings, judged on the grant alone. */
import type { Danger } from '../effect.ts';
import { selects } from '../rbac/selector.ts';
import { flagged } from './danger.ts';
import type { Group } from './groups.ts';
import { directions } from './policy.ts';
import { reaches, type NetworkRights } from './rights.ts';
import { sayEnd, sayEnds } from './sentences.ts';
import { podText, type NetworkWorld, type Pod } from './world.ts';

/** Pods that the grant's own policies leave open: standing policies may be gone tomorrow. */
export function guardOpenPods({ pods, policies }: NetworkWorld): readonly Danger[] {
  return pods.flatMap((pod) => {
    const open = directions.filter(
      (direction) =>
        !policies.some(
          (policy) =>
            policy[direction] !== null &&
            policy.namespace === pod.namespace &&
            selects(policy.selector, pod.labels),
        ),
    );
    const name = sayEnd(podText(pod));
    if (open.includes('egress')) {
      const message = `${name} is isolated by no policy of the grant: it reaches whatever lets it in, inside the cluster and outside`;
      return [flagged('high', 'network-open-pod', message)];
    }
    if (open.includes('ingress')) {
      const message = `${name} is isolated by no policy of the grant: whatever may send anywhere reaches it`;
      return [flagged('medium', 'network-open-pod', message)];
    }
    return [];
  });
}

/** A path that the grant opens from a pod into which none of its roles lets anybody. */
export function guardUnusable(
  groups: readonly Group[],
  { pods }: NetworkWorld,
  { enters, forwards, nodes }: NetworkRights,
): readonly Danger[] {
  const isUsable = (pod: Pod): boolean =>
    nodes || [...enters, ...forwards].some((right) => reaches(right, pod));
  return pods.flatMap((pod) => {
    const name = podText(pod);
    const opened = groups.filter(({ kind, sources }) => kind === 'opened' && sources.includes(name));
    if (opened.length === 0 || isUsable(pod)) return [];
    const destinations = opened.flatMap((each) => each.destinations);
    const message = `opens a path from ${sayEnd(name)} to ${sayEnds(destinations)}, but no role of the grant lets its holder into that pod`;
    return [flagged('medium', 'network-unusable', message)];
  });
}
