import type { Scope } from '../request/request.ts';
import type { AllowEntry, Policy } from './policy.ts';
import { allowReaches } from './scopes.ts';

/** The allow entries that reach a scope with a template, whoever asks and for however long. */
export function entriesFor(policy: Policy, scope: Scope, template: string): readonly AllowEntry[] {
  return policy.allow.filter(
    (entry) =>
      entry.templates.includes(template) &&
      entry.scopes.some((pattern) => allowReaches(policy, pattern, scope)),
  );
}
