/** Whether what is installed in a cluster holds what Curfew expects of it. */
import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../../base/json.ts';
import { ceilingsName, readCeilings, type Ceilings } from '../../policy/ceilings.ts';
import { admissionObjects } from './admission.ts';
import { widerThan } from './ceilings.ts';

/**
 * What is wrong with the installed rules and ceilings, one sentence each. `installed` is what the API server shows of
 * them; `git` is what the policy could grant.
 */
export function checkAdmission(installed: readonly KubernetesObject[], git: Ceilings): readonly string[] {
  const rules = admissionObjects().flatMap((wanted) => {
    const found = installed.find((each) => isSame(each, wanted));
    const name = `${wanted.kind} ${wanted.metadata.name}`;
    if (found === undefined) return [`${name} is not installed`];
    const same = isDeepStrictEqual(found['spec'], wanted['spec']);
    return same ? [] : [`${name} is not as this version of Curfew prints it`];
  });
  return [...rules, ...checkCeilings(installed, git)];
}

function isSame(one: KubernetesObject, other: KubernetesObject): boolean {
  return one.kind === other.kind && one.metadata.name === other.metadata.name;
}

function checkCeilings(installed: readonly KubernetesObject[], git: Ceilings): readonly string[] {
  const found = installed.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === ceilingsName,
  );
  const name = `ConfigMap ${ceilingsName}`;
  if (found === undefined) return [`${name} is not installed: nothing is granted`];
  const ceilings = readCeilings(found);
  return typeof ceilings === 'string'
    ? [`${name}: ${ceilings}`]
    : widerThan(git, ceilings).map((difference) => `${name}: ${difference}`);
}
