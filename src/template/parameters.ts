/** The typed parameters of a template: what may be declared, and which values fit. */
import { compilePattern } from '../base/pattern.ts';
import { quote } from '../base/text.ts';
import type { Scalar } from '../request/request.ts';
import type { Parameter } from './template.ts';

const typeNames: Readonly<Record<Parameter['type'], string>> = {
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
};

function hasType(type: Parameter['type'], value: Scalar): boolean {
  return type === 'integer' ? Number.isSafeInteger(value) : typeof value === type;
}

/** What is wrong with a value, as predicate and remedy (`is too large; it is at most 65535`); null where it fits. */
export function objectionTo(parameter: Parameter, value: Scalar): string | null {
  if (!hasType(parameter.type, value)) {
    const remedy = parameter.type === 'string' ? '; quote it' : '';
    return `is not ${typeNames[parameter.type]}${remedy}`;
  }
  if (parameter.enum !== null && !parameter.enum.includes(value)) {
    return `is not allowed; choose one of ${parameter.enum.map((allowed) => quote(allowed)).join(', ')}`;
  }
  if (parameter.pattern !== null && !matches(parameter.pattern, value)) {
    return `does not match the pattern of the template; it has to match ${parameter.pattern}`;
  }
  if (parameter.min !== null && Number(value) < parameter.min)
    return `is too small; it is at least ${parameter.min}`;
  if (parameter.max !== null && Number(value) > parameter.max)
    return `is too large; it is at most ${parameter.max}`;
  return null;
}

function matches(pattern: string, value: Scalar): boolean {
  return compilePattern(pattern)?.matches(String(value)) ?? false;
}

/** What is wrong with a declaration: the field, and predicate and remedy as above. */
export function declarationFaults(
  parameter: Parameter,
): readonly { readonly field: keyof Parameter; readonly text: string }[] {
  const faults: { readonly field: keyof Parameter; readonly text: string }[] = [];
  const add = (field: keyof Parameter, text: string): void => void faults.push({ field, text });
  const { type, pattern, min, max } = parameter;
  if (parameter.required && parameter.default !== null)
    add('default', 'is never used; a required parameter has none');
  if (!parameter.required && parameter.default === null)
    add('required', 'leaves the parameter without a value; give it a default');
  if (pattern !== null && type !== 'string') add('pattern', 'is for text only; remove it');
  if (pattern !== null && compilePattern(pattern) === null) {
    add('pattern', 'is not a pattern; use the syntax of RE2, at most 200 characters');
  }
  if (min !== null && type !== 'integer') add('min', 'is for whole numbers only; remove it');
  if (max !== null && type !== 'integer') add('max', 'is for whole numbers only; remove it');
  if (min !== null && max !== null && min > max) add('min', `is larger than max; make it at most ${max}`);
  if (faults.length > 0) return faults;
  const odd = parameter.enum?.find((value) => objectionTo({ ...parameter, enum: null }, value) !== null);
  if (odd !== undefined) add('enum', `holds ${quote(odd)}, which does not fit the rest; remove it`);
  const objection = parameter.default === null ? null : objectionTo(parameter, parameter.default);
  if (objection !== null) add('default', objection);
  return faults;
}

/** Values of a parameter that stand for all others when a template is tried out. */
export function sampleValues(parameter: Parameter): readonly Scalar[] {
  if (parameter.enum !== null) return parameter.enum;
  if (parameter.type === 'boolean') return [true, false];
  if (parameter.type === 'string') return [typeof parameter.default === 'string' ? parameter.default : 'x'];
  const bounds = [parameter.min, parameter.max].filter((bound) => bound !== null);
  return bounds.length === 0 ? [1] : bounds;
}
