import { parseDuration } from '../base/duration.ts';
import { parseInstant } from '../base/instant.ts';
import { success, type Result } from '../base/result.ts';
import type { AccessRequest } from './request.ts';
import { accessRequestSchema } from './schema.ts';
import { checkSchema } from './schema-faults.ts';
import { readYaml, type YamlDocument } from './yaml.ts';
import { requestLimits } from './yaml-limits.ts';

/** A request with the positions of its fields, for faults that are only found later. */
export interface ParsedRequest extends Pick<YamlDocument, 'at' | 'keyAt'> {
  readonly request: AccessRequest;
}

/** Reads one access request file. What it means is decided elsewhere; here it is only well-formed. */
export function parseAccessRequest(file: string, text: string): Result<ParsedRequest> {
  const document = readYaml(file, text, requestLimits);
  if (!document.ok) return document;
  const checked = checkSchema(file, document.value, accessRequestSchema);
  if (!checked.ok) return checked;
  const { spec } = checked.value;
  const { at, keyAt } = document.value;
  const request: AccessRequest = {
    template: spec.template,
    parameters: spec.parameters ?? {},
    duration: spec.duration === undefined ? null : parseDuration(spec.duration),
    reason: spec.reason,
    ticket: spec.ticket ?? null,
    notBefore: spec.notBefore === undefined ? null : parseInstant(spec.notBefore),
    for: spec.for ?? null,
  };
  return success({ request, at, keyAt });
}
