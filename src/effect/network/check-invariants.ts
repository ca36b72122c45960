/** Whether network statements hold in a world; where one does not, which flow breaks it and which policies allow that. */
import { selects } from '../rbac/selector.ts';
import { missingBaseline } from './baseline.ts';
import { FlowChecker, mostFlows, type ForbiddenFlow } from './flow-checker.ts';
import type { DefaultDeny, Invariant } from './invariant.ts';
import { policyName, type Direction } from './policy.ts';
import { formatPorts } from './ports.ts';
import { joinWords } from './words.ts';
import type { NetworkWorld } from './world.ts';

/** One way in which a statement does not hold. */
export type Violation = FlowViolation | BaselineViolation | MoreViolations;

interface FlowViolation extends ForbiddenFlow {
  readonly kind: 'flow';
  readonly invariant: string;
}

interface BaselineViolation {
  readonly kind: 'baseline';
  readonly invariant: string;
  readonly namespace: string;
  readonly direction: Direction;
  readonly because: readonly string[];
}

/** That more flows break a statement than were looked for. */
interface MoreViolations {
  readonly kind: 'more';
  readonly invariant: string;
  readonly because: readonly never[];
}

/**
 * Every violation, in the order of the statements; of each the first hundred flows, and then whether there are more.
 * Throws `TooComplex`.
 */
export function checkInvariants(world: NetworkWorld, invariants: readonly Invariant[]): readonly Violation[] {
  const statements = invariants.flatMap(({ statement }) =>
    statement.kind === 'defaultDeny' ? [] : [statement],
  );
  const checker = new FlowChecker(world, statements);
  return invariants.flatMap(({ name, statement }): readonly Violation[] => {
    if (statement.kind === 'defaultDeny') return checkDefaultDeny(world, name, statement);
    const { flows, hasMore } = checker.forbidden(statement);
    return [
      ...flows.map((flow) => ({ kind: 'flow' as const, invariant: name, ...flow })),
      ...(hasMore ? [{ kind: 'more' as const, invariant: name, because: [] }] : []),
    ];
  });
}

/** The statements that speak of a cluster. */
export function invariantsFor(cluster: string, invariants: readonly Invariant[]): readonly Invariant[] {
  return invariants.filter(({ clusters }) => clusters === null || clusters.includes(cluster));
}

/** The violation as a sentence, without what allows it. */
export function sayViolation(violation: Violation): string {
  if (violation.kind === 'baseline') {
    return `${violation.namespace} has no default deny for ${violation.direction}`;
  }
  if (violation.kind === 'more') return `more than ${mostFlows} flows break it, and only those are known`;
  return `${violation.src} may reach ${violation.dst} on ${formatPorts(violation.ports)}`;
}

function checkDefaultDeny(
  { namespaces, policies }: NetworkWorld,
  invariant: string,
  statement: DefaultDeny,
): readonly BaselineViolation[] {
  const meant = [...namespaces]
    .filter(([, labels]) => selects(statement.namespaces, labels))
    .map(([name]) => name);
  return meant.toSorted().flatMap((namespace) =>
    missingBaseline(policies, namespace)
      .filter((direction) => statement.directions.includes(direction))
      .map((direction) => {
        const forAll = policies.filter(
          (policy) =>
            policy.namespace === namespace && policy.selector.length === 0 && policy[direction] !== null,
        );
        const because =
          forAll.length === 0
            ? 'no policy selects every pod there'
            : `what selects every pod there allows everything: ${joinWords(forAll.map(policyName))}`;
        return { kind: 'baseline', invariant, namespace, direction, because: [because] };
      }),
  );
}
