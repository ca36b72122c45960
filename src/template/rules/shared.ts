/** What the rules for all kinds of objects have in common. They judge rendered objects, with nothing left to fill in. */
import { z } from 'zod';
import { dnsLabel, dnsLabelRule } from '../../request/names.ts';
import { grantLabel, type GrantContext } from '../template.ts';

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

/** The metadata of a generated object: nothing that another tool, or the garbage collector, would act on. */
export function metadata(context: GrantContext) {
  const { id, namespace } = context;
  const common = {
    name: z
      .string()
      .regex(dnsLabel, `is not a name that every kind may have; ${dnsLabelRule}`)
      .refine((name) => name === id || name.startsWith(`${id}-`), {
        error: 'does not name the grant; write ${grant.id}, or begin with ${grant.id}-',
      }),
    // Labels outside curfew.dev/ could make a Service, a policy or a controller take the object for its own.
    labels: z
      .record(
        z
          .string()
          .regex(
            /^curfew\.dev\/[a-z][-a-z]{0,61}$/,
            'is not a label of Curfew; a template sets labels under curfew.dev/ only',
          ),
        value,
      )
      .refine(
        (labels) => labels[grantLabel] === id,
        `carries another ${grantLabel}; leave it out, it is filled in`,
      ),
  };
  if (namespace === null) return z.strictObject(common);
  return z.strictObject({
    ...common,
    namespace: z.literal(namespace, 'is not the namespace of the request; leave it out, it is filled in'),
  });
}

/** A selector that selects by at least one label. Expressions are left out: NotIn and DoesNotExist select the unknown. */
export const labelSelector = z.strictObject({
  matchLabels: z
    .record(z.string().regex(labelKey, 'is not a label key; use letters, digits and inner -_.'), value)
    .refine((labels) => Object.keys(labels).length > 0, 'selects everything; name at least one label'),
});

/** Whether a selector can only select the Pods of this grant. */
export function selectsGrant(
  selector: z.infer<typeof labelSelector> | undefined,
  context: GrantContext,
): boolean {
  return selector?.matchLabels[grantLabel] === context.id;
}
