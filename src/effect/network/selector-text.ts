import type { Selector } from '../rbac/selector.ts';

type Requirement = Selector[number];

const name = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const label = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** Reads a selector as kubectl's `--selector` takes it: `app=web,tier in (a, b),!legacy`; null where it is none. */
export function parseSelector(text: string): Selector | null {
  // Commas inside parentheses belong to their list.
  const parts = text.split(/,(?![^(]*\))/).map((part) => parseRequirement(part.trim()));
  const read = parts.filter((part) => part !== null);
  return read.length === parts.length ? read : null;
}

function parseRequirement(text: string): Requirement | null {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    return requirement(
      key,
      operator === 'in' ? 'In' : 'NotIn',
      list.split(',').map((value) => value.trim()),
    );
  }
  const equality = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    return requirement(key, operator === '!=' ? 'NotIn' : 'In', [value]);
  }
  return text.startsWith('!')
    ? requirement(text.slice(1).trim(), 'DoesNotExist', [])
    : requirement(text, 'Exists', []);
}

function requirement(
  key: string,
  operator: Requirement['operator'],
  values: readonly string[],
): Requirement | null {
  return name.test(key) && values.every((value) => label.test(value)) ? { key, operator, values } : null;
}
