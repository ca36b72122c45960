/** Whether git would grant more than the ceilings of a cluster, where a copy of these is committed. */
import { ceilingsName, ceilingsOf, readCeilings, widerThan } from '../cluster/manifests/ceilings.ts';
import { readSnapshot, readTrusted } from '../lifecycle/trusted.ts';
import { note, problem, type Diagnosis, type DoctorFacts } from './doctor-diagnosis.ts';

const remedy = 'narrow the policy, or have an administrator of the cluster raise the ceilings';

/** The cluster itself is not asked: nobody who looks at GitHub need be able to. */
export function checkCeilings({ tip }: DoctorFacts): readonly Diagnosis[] {
  const { policy, templates } = readTrusted(tip);
  if (policy === null) return [];
  const values = new Map([...templates].map(([name, { value }]) => [name, value]));
  return Object.keys(policy.value.clusters).flatMap((cluster) => {
    const folder = `clusters/${cluster}/`;
    const committed = readSnapshot(tip, cluster).objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === ceilingsName,
    );
    if (committed === undefined) {
      const copy = `commit them as ${folder}ceilings.yaml, as "kubectl get -n curfew-system configmap ${ceilingsName} -o yaml" prints them`;
      return [note('ceilings', `Those of ${cluster} are not in ${folder}, so nothing is compared`, copy)];
    }
    const ceilings = readCeilings(committed);
    if (typeof ceilings === 'string')
      return [problem('ceilings', `Those of ${cluster}: ${ceilings}`, remedy)];
    return widerThan(ceilingsOf(policy.value, values, cluster), ceilings).map((difference) =>
      problem('ceilings', `On ${cluster}, ${difference}`, remedy),
    );
  });
}
