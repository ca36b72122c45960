/**
 * What a query costs before it is run, by the formula that GitHub documents: one request for each page that it could
 * reach, a point for every hundred; and how many nodes it could reach, of which GitHub allows half a million.
 */
import { Kind, type DocumentNode, type SelectionSetNode, type ValueNode } from 'graphql';

export interface Cost {
  /** Points taken from the hourly budget, at least 1. */
  readonly points: number;
  /** Nodes that the query could reach at most. */
  readonly nodes: number;
}

/** Beyond this GitHub does not run a query. */
export const largestNodeCount = 500_000;

export function costOf(
  document: DocumentNode,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): Cost {
  const operation = document.definitions.find(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      (operationName === undefined || definition.name?.value === operationName),
  );
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return { points: 1, nodes: 0 };

  const defaults = new Map(
    (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue,
    ]),
  );
  const numberOf = (value: ValueNode | undefined): number => {
    if (value?.kind === Kind.INT) return Number(value.value);
    if (value?.kind !== Kind.VARIABLE) return 0;
    const given = variables[value.name.value];
    return typeof given === 'number' ? given : numberOf(defaults.get(value.name.value));
  };
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION
        ? [[definition.name.value, definition.selectionSet] as const]
        : [],
    ),
  );

  let requests = 0;
  let nodes = 0;
  const visit = (set: SelectionSetNode | undefined, parents: number): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        visit(fragments.get(selection.name.value), parents);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        visit(selection.selectionSet, parents);
      } else {
        const page = selection.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last');
        if (page === undefined) {
          visit(selection.selectionSet, parents);
        } else {
          const reached = parents * numberOf(page.value);
          requests += parents;
          nodes += reached;
          visit(selection.selectionSet, reached);
        }
      }
    }
  };
  visit(operation.selectionSet, 1);
  return { points: Math.max(1, Math.round(requests / 100)), nodes };
}
