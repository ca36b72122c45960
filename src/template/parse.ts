import { parseDuration } from '../base/duration.ts';
import { failure, success, type Result } from '../base/result.ts';
import { quote } from '../base/text.ts';
import { dnsLabel, dnsLabelRule } from '../request/names.ts';
import { checkSchema } from '../request/schema-faults.ts';
import { readYaml } from '../request/yaml.ts';
import { templateLimits } from '../request/yaml-limits.ts';
import { readRole } from './catalog.ts';
import { checkTemplate } from './check.ts';
import { templateSchema, type ParameterFile } from './schema.ts';
import type { CatalogRole, Parameter, Template } from './template.ts';

/** Reads `templates/<name>.yaml`. What renders from it is tried out, so that a bad template is found before its use. */
export function parseTemplate(file: string, text: string): Result<Template> {
  const name = nameFrom(file);
  if (!name.ok) return name;
  const document = readYaml(file, text, templateLimits);
  if (!document.ok) return document;
  const checked = checkSchema(file, document.value, templateSchema);
  if (!checked.ok) return checked;
  const { spec } = checked.value;
  const template: Template = {
    name: name.value,
    description: spec.description.trim(),
    scope: spec.scope,
    parameters: Object.fromEntries(
      Object.entries(spec.parameters ?? {}).map(([key, parameter]) => [key, toParameter(parameter)]),
    ),
    duration: {
      default: parseDuration(spec.duration.default) ?? 0,
      max: parseDuration(spec.duration.max) ?? 0,
    },
    manifests: spec.manifests,
    at: document.value.at,
    keyAt: document.value.keyAt,
  };
  const faults = checkTemplate(file, template, document.value);
  return faults.length === 0 ? success(template) : failure(...faults);
}

/** Reads `templates/roles/<name>.yaml`: the ClusterRole `curfew:<name>`. */
export function parseCatalogRole(file: string, text: string): Result<CatalogRole> {
  const name = nameFrom(file);
  if (!name.ok) return name;
  const document = readYaml(file, text, templateLimits);
  return document.ok ? readRole(file, name.value, document.value) : document;
}

/** The name that a file gives to what it holds. */
function nameFrom(file: string): Result<string> {
  const base = file.slice(file.lastIndexOf('/') + 1);
  const name = base.endsWith('.yaml') ? base.slice(0, -'.yaml'.length) : '';
  if (dnsLabel.test(name)) return success(name);
  const message = `the file name ${quote(base)} gives no name`;
  return failure({
    file,
    line: 1,
    column: 1,
    message,
    remedy: `name it <name>.yaml; for the name ${dnsLabelRule}`,
  });
}

function toParameter(parameter: ParameterFile): Parameter {
  return {
    type: parameter.type,
    description: parameter.description,
    required: parameter.required ?? parameter.default === undefined,
    default: parameter.default ?? null,
    pattern: parameter.pattern ?? null,
    enum: parameter.enum ?? null,
    min: parameter.min ?? null,
    max: parameter.max ?? null,
  };
}
