/** Whether git would grant more than the ceilings of a cluster, where a copy of these is committed. */
import { ceilingsOf, widerThan } from '../cluster/manifests/ceilings.ts';
import { readCommittedCeilings, readTrusted } from '../lifecycle/trusted.ts';
import { ceilingsName, ceilingsPath } from '../policy/ceilings.ts';
import { note, problem, type Diagnosis, type DoctorFacts } from './doctor-diagnosis.ts';

const remedy = 'narrow the policy, or have an administrator of the cluster raise the ceilings';

/** The cluster itself is not asked: nobody who looks at GitHub need be able to. */
export function checkCeilings({ tip }: DoctorFacts): readonly Diagnosis[] {
  const { policy, templates } = readTrusted(tip);
  if (policy === null) return [];
  const values = new Map([...templates].map(([name, { value }]) => [name, value]));
  return Object.keys(policy.value.clusters).flatMap((cluster) => {
    const ceilings = readCommittedCeilings(tip, cluster);
    if (!ceilings.ok) {
      const message = `Those of ${cluster} cannot be read: nothing new is granted there`;
      return [problem('ceilings', message, `correct ${ceilingsPath(cluster)}, as said of the files`)];
    }
    if (ceilings.value === null) {
      const copy = `commit them as ${ceilingsPath(cluster)}, as "kubectl get -n curfew-system configmap ${ceilingsName} -o yaml" prints them`;
      const message = `Those of ${cluster} are not committed: a request beyond them is refused by the cluster only`;
      return [note('ceilings', message, copy)];
    }
    return widerThan(ceilingsOf(policy.value, values, cluster), ceilings.value).map((difference) =>
      problem('ceilings', `On ${cluster}, ${difference}`, remedy),
    );
  });
}
