/** The pods that a grant brings, judged on the grant alone. */
import type { Danger } from '../effect.ts';
import { selects } from '../rbac/selector.ts';
import { flagged } from './danger.ts';
import { directions } from './policy.ts';
import { sayEnd } from './sentences.ts';
import { podText, type NetworkWorld } from './world.ts';

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
