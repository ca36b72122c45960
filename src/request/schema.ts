/** The access request as a file: the source of its type, its JSON Schema and its checks. */
import { z } from 'zod';
import { durationPattern, parseDuration } from '../base/duration.ts';
import { parseInstant } from '../base/instant.ts';
import { findUnsafe } from '../base/text.ts';
import { dnsLabel, dnsLabelRule, githubLogin, parameterName } from './names.ts';

/** `curfew.dev/v1`: the version of every file format of Curfew. */
export const apiVersion = z.literal('curfew.dev/v1');

const notADuration = 'is not a duration; write it as 45m, 2h, 1h30m or 1d, from 1m to 30d';

/** A duration as text. */
export const duration = z
  .string(notADuration)
  .refine((text) => parseDuration(text) !== null, notADuration)
  .meta({ pattern: durationPattern.source, examples: ['45m', '2h', '1h30m', '1d'] });

/** One line of text without anything invisible. */
export function line(longest: number) {
  return z
    .string()
    .min(1)
    .max(longest)
    .refine((text) => text.trim() !== '', 'is blank; say something')
    .refine(
      (text) => findUnsafe(text) === null,
      'is more than one line, or holds invisible characters; write plain text on one line',
    );
}

/** The name of a template. */
export const templateName = z.string().regex(dnsLabel, `is not the name of a template; ${dnsLabelRule}`);

/** A login of GitHub. */
export const login = z.string().regex(githubLogin, 'is not a GitHub login; write it without @');

/** The longest value of a text parameter, in characters: no name in Kubernetes is longer. */
const longestValue = 253;

const scalar = z.union(
  [line(longestValue), z.int(), z.boolean()],
  'is not a parameter value; give one line of text, a whole number, true or false',
);

const notAnInstant = 'is not a point in time; write it as 2026-12-01T09:00:00Z, with an offset';

/** An access request as YAML has it. */
export const accessRequestSchema = z
  .strictObject({
    apiVersion,
    kind: z.literal('AccessRequest'),
    spec: z.strictObject({
      template: templateName.describe('The template to grant: the name of a file in templates/.'),
      parameters: z
        .record(
          z.string().regex(parameterName, 'is not the name of a parameter; use letters and digits'),
          scalar,
        )
        .optional()
        .describe('Values for the parameters of the template.'),
      duration: duration
        .optional()
        .describe("How long, from the grant; the template's default where left out."),
      reason: line(500).describe(
        'Why the access is needed, in one line. Everybody who may read the repository can read it.',
      ),
      ticket: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._:#/-]{0,99}$/, 'is not a ticket; write its key, such as INC-4711')
        .optional()
        .describe('The ticket that this belongs to; the policy may ask for one.'),
      notBefore: z
        .string(notAnInstant)
        .refine((text) => parseInstant(text) !== null, notAnInstant)
        .optional()
        .meta({ format: 'date-time', description: 'When the grant starts, if not at once.' }),
      for: login.optional().describe('GitHub login of the person who gets the access, if not the requester.'),
    }),
  })
  .meta({ title: 'Curfew access request' });
