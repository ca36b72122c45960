import type { Json } from '../../base/json.ts';
import { asList, asObject, asString, asStrings } from './tree.ts';

/** A label selector of `meta/v1`: all requirements must hold. Without any it selects everything. */
export type Selector = readonly Requirement[];

interface Requirement {
  readonly key: string;
  readonly operator: keyof typeof operators;
  readonly values: readonly string[];
}

type Operator = (label: string | undefined, values: readonly string[]) => boolean;

/** `NotIn` and `DoesNotExist` also match objects without the key. */
const operators = {
  In: (label, values) => label !== undefined && values.includes(label),
  NotIn: (label, values) => label === undefined || !values.includes(label),
  Exists: (label) => label !== undefined,
  DoesNotExist: (label) => label === undefined,
} satisfies Record<string, Operator>;

export type Labels = ReadonlyMap<string, string>;

/** Reads a LabelSelector; null where an API server would refuse it (unknown operator, `In` without values, …). */
export function readSelector(value: Json): Selector | null {
  const selector = asObject(value);
  if (selector === null) return null;
  const labels = readLabels(selector['matchLabels']);
  const expressions = asList(selector['matchExpressions'])?.map(readExpression);
  if (labels === null || expressions === undefined) return null;
  const equal = [...labels].map(([key, label]) => ({ key, operator: 'In' as const, values: [label] }));
  const read = expressions.filter((expression) => expression !== null);
  return read.length === expressions.length ? [...equal, ...read] : null;
}

/** Reads `metadata.labels`; null where a value is no string. */
export function readLabels(value: Json | undefined): Labels | null {
  const labels = new Map<string, string>();
  if (value === undefined || value === null) return labels;
  const written = asObject(value);
  if (written === null) return null;
  for (const [key, label] of Object.entries(written)) {
    if (typeof label !== 'string') return null;
    labels.set(key, label);
  }
  return labels;
}

/** As `metav1.LabelSelectorAsSelector`. */
export function selects(selector: Selector, labels: Labels): boolean {
  return selector.every(({ key, operator, values }) => {
    const holds: Operator = operators[operator];
    return holds(labels.get(key), values);
  });
}

function readExpression(value: Json): Requirement | null {
  const expression = asObject(value);
  const key = asString(expression?.['key']);
  const operator = expression?.['operator'];
  const values = asStrings(expression?.['values']);
  if (key === null || values === null) return null;
  const takesValues = operator === 'In' || operator === 'NotIn';
  if (!takesValues && operator !== 'Exists' && operator !== 'DoesNotExist') return null;
  return takesValues === values.length > 0 ? { key, operator, values } : null;
}
