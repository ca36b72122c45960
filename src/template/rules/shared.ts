/** What the rules for all kinds of objects have in common. They judge rendered objects, with nothing left to fill in. */
import { z } from 'zod';
import { grantLabel } from '../../base/grant-marks.ts';
import { dnsLabel, dnsLabelRule } from '../../request/names.ts';
import type { YamlPath } from '../../request/yaml-value.ts';
import type { GrantContext } from '../template.ts';

/** A label key of anybody: an optional DNS prefix, and a name. */
const labelKey =
  /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

const labelValue = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

const value = z
  .string()
  .regex(labelValue, 'is not a label value; use letters, digits and inner -_., at most 63');

/** Exactly one value, with a reason for people. */
export function exactly<const T extends string | number | boolean>(wanted: T, why: string) {
  return z.literal(wanted, `has to be ${JSON.stringify(wanted)}; ${why}`);
}

/** The grant that an object is judged for. */
export interface Grant extends GrantContext {
  /** The name of its ServiceAccount; null where the template has none. */
  readonly serviceAccount: string | null;
}

/** What is wrong with a field of an object: predicate and remedy, as the messages of a schema are written. */
export interface Objection {
  readonly path: YamlPath;
  readonly value: unknown;
  readonly text: string;
}

/** What an object of one kind may be: its shape, the same for all grants, and what has to be so in this one. */
export interface KindRules<T> {
  readonly schema: z.ZodType<T>;
  readonly objections: (object: T, grant: Grant) => readonly Objection[];
}

/** An objection unless the condition holds. */
export function unless(holds: boolean, path: YamlPath, value: unknown, text: string): readonly Objection[] {
  return holds ? [] : [{ path, value, text }];
}

/** Labels outside curfew.dev/ could make a Service, a policy or a controller take the object for its own. */
const ownLabel = z
  .string()
  .regex(
    /^curfew\.dev\/[a-z][-a-z]{0,61}$/,
    'is not a label of Curfew; a template sets labels under curfew.dev/ only',
  );

/** The metadata of a generated object: nothing that another tool, or the garbage collector, would act on. */
export const metadata = z.strictObject({
  name: z.string().regex(dnsLabel, `is not a name that every kind may have; ${dnsLabelRule}`),
  labels: z.record(ownLabel, value),
  namespace: z.string().optional(),
});

/** What has to be so in the metadata of this grant's objects. */
export function metadataObjections(
  { name, labels, namespace }: z.infer<typeof metadata>,
  grant: Grant,
): readonly Objection[] {
  const named = name === grant.id || name.startsWith(`${grant.id}-`);
  const labelled = labels[grantLabel] === grant.id;
  const placed = namespace === (grant.namespace ?? undefined);
  return [
    ...unless(
      named,
      ['metadata', 'name'],
      name,
      'does not name the grant; write ${grant.id}, or begin with ${grant.id}-',
    ),
    ...unless(
      labelled,
      ['metadata', 'labels'],
      labels,
      `carries another ${grantLabel}; leave it out, it is filled in`,
    ),
    ...unless(
      placed,
      ['metadata', 'namespace'],
      namespace,
      'is not the namespace of the request; leave it out, it is filled in where there is one',
    ),
  ];
}

/** A selector that selects by at least one label. Expressions are left out: NotIn and DoesNotExist select the unknown. */
export const labelSelector = z.strictObject({
  matchLabels: z
    .record(z.string().regex(labelKey, 'is not a label key; use letters, digits and inner -_.'), value)
    .refine((labels) => Object.keys(labels).length > 0, 'selects everything; name at least one label'),
});

/** Whether a selector can only select the Pods of this grant. */
export function selectsGrant(selector: z.infer<typeof labelSelector> | undefined, grant: Grant): boolean {
  return selector?.matchLabels[grantLabel] === grant.id;
}
