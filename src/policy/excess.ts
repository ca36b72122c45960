/** What goes past the ceilings of a cluster, by the rules by which its admission judges. */
import { formatDuration } from '../base/duration.ts';
import type { Json, KubernetesObject } from '../base/json.ts';
import { isJsonList, isJsonObject } from '../base/json-type.ts';
import { ceilingsPath, type Ceilings } from './ceilings.ts';
import { matchesGlob } from './glob.ts';

/** The ceilings that hold names which a grant uses. */
export type NamesCeiling = 'users' | 'roles' | 'clusterRoles';

/** Of these names, those that a ceiling does not hold, each once. */
export function outside(
  ceilings: Ceilings,
  ceiling: NamesCeiling,
  names: readonly string[],
): readonly string[] {
  const holds = (entry: string, name: string): boolean =>
    ceiling === 'users' ? matchesGlob(entry, name) : entry === name;
  return [...new Set(names)].filter((name) => !ceilings[ceiling].some((entry) => holds(entry, name)));
}

/** One thing in which a grant goes past a ceiling. */
export interface Excess {
  /** The field of the request, below `spec`, that asks for it. */
  readonly field: 'duration' | 'for' | 'template';
  /** One sentence without a full stop, naming the ceiling. */
  readonly message: string;
  readonly remedy: string;
}

/** Everything for which the cluster would refuse the objects of a grant that lasts so many seconds. */
export function beyondCeilings(
  ceilings: Ceilings,
  objects: readonly KubernetesObject[],
  duration: number,
): readonly Excess[] {
  const { cluster, maxDuration, protectedNamespaces } = ceilings;
  const named = (ceiling: keyof Ceilings): string => `${ceiling} of the ceilings of ${cluster}`;
  const remedy = `have an administrator of the cluster change that, and commit the copy as ${ceilingsPath(cluster)}`;
  const longest = formatDuration(maxDuration);
  const tooLong: Excess = {
    field: 'duration',
    message: `${formatDuration(duration)} is longer than ${named('maxDuration')}, which is ${longest}`,
    remedy: `ask for ${longest} at most, or ${remedy}`,
  };
  const reached = [...new Set(objects.map(namespaceOf))].filter((namespace) =>
    protectedNamespaces.some((pattern) => matchesGlob(pattern, namespace)),
  );
  const missing = (ceiling: NamesCeiling, names: readonly string[]): readonly Excess[] =>
    outside(ceilings, ceiling, names).map((name) => ({
      field: ceiling === 'users' ? 'for' : 'template',
      message: `${name} is not among ${named(ceiling)}`,
      remedy,
    }));
  const ofKind = (kind: string): readonly KubernetesObject[] =>
    objects.filter((object) => object.kind === kind);
  const [inNamespaces, inCluster] = [ofKind('RoleBinding'), ofKind('ClusterRoleBinding')];
  return [
    ...(duration > maxDuration ? [tooLong] : []),
    ...reached.map((namespace): Excess => ({
      field: 'template',
      message: `${namespace === '' ? 'the whole cluster' : namespace} is among ${named('protectedNamespaces')}`,
      remedy,
    })),
    ...missing('roles', inNamespaces.flatMap(roleOf)),
    ...missing('clusterRoles', inCluster.flatMap(roleOf)),
    ...missing('users', [...inNamespaces, ...inCluster].flatMap(subjectsOf)),
  ];
}

/** Empty where an object is in none, as the admission sees it. */
function namespaceOf({ metadata }: KubernetesObject): string {
  const { namespace } = metadata;
  return typeof namespace === 'string' ? namespace : '';
}

function roleOf({ roleRef = null }: KubernetesObject): readonly string[] {
  return namesOf([roleRef]);
}

function subjectsOf({ subjects = null }: KubernetesObject): readonly string[] {
  return isJsonList(subjects) ? namesOf(subjects) : [];
}

function namesOf(values: readonly Json[]): readonly string[] {
  return values.flatMap((value) => {
    const name = isJsonObject(value) ? value['name'] : null;
    return typeof name === 'string' ? [name] : [];
  });
}
