/** The template as a file: the source of its JSON Schema and its checks. */
import { z } from 'zod';
import type { JsonObject } from '../base/json.ts';
import { isJsonObject } from '../base/json-type.ts';
import { findUnsafeInLines } from '../base/text.ts';
import { parameterName } from '../request/names.ts';
import { apiVersion, duration, line } from '../request/schema.ts';

const scalar = z.union(
  [line(253), z.int(), z.boolean()],
  'is not a value; write text, a whole number, true or false',
);

const parameter = z.strictObject({
  type: z.enum(['string', 'integer', 'boolean']),
  description: line(200),
  required: z
    .boolean()
    .optional()
    .describe('Whether a request must give it; a parameter with a default need not be given.'),
  default: scalar.optional(),
  pattern: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('For text: RE2 pattern that the whole value must match.'),
  enum: z.array(scalar).min(1).max(20).optional().describe('The only values allowed.'),
  min: z.int().optional().describe('For whole numbers.'),
  max: z.int().optional().describe('For whole numbers.'),
});

/** Up to a few paragraphs. */
const text = z
  .string()
  .min(1)
  .max(1500)
  .refine((value) => findUnsafeInLines(value) === null, 'holds invisible characters; remove them');

/** What the objects may be is judged when they are rendered. */
const manifest = z
  .custom<JsonObject>(isJsonObject, 'is not an object; give it apiVersion, kind and metadata')
  .meta({ type: 'object' });

/** A template as YAML has it. */
export const templateSchema = z
  .strictObject({
    apiVersion,
    kind: z.literal('Template'),
    spec: z.strictObject({
      description: text.describe('What it grants, why somebody needs it, and its limits.'),
      scope: z.enum(['namespace', 'cluster']).describe('What a request for it has to name.'),
      parameters: z
        .record(
          z.string().regex(parameterName, 'is not the name of a parameter; use letters and digits'),
          parameter,
        )
        .refine((parameters) => Object.keys(parameters).length <= 20, 'are too many; 20 are enough')
        .optional(),
      duration: z.strictObject({
        default: duration.describe('Where a request says nothing.'),
        max: duration,
      }),
      manifests: z
        .array(manifest)
        .min(1)
        .max(10)
        .describe(
          'The Kubernetes objects of a grant; ${parameters.NAME} and ${grant.id|user|namespace} stand for values.',
        ),
    }),
  })
  .meta({ title: 'Curfew template' });

/** A parameter as it is declared there. */
export type ParameterFile = z.infer<typeof parameter>;
