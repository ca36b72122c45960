/** From a request's parameters to the Kubernetes objects of its grant. */
import type { Fault } from '../base/fault.ts';
import type { JsonObject, KubernetesObject } from '../base/json.ts';
import { lookup } from '../base/lookup.ts';
import { failure, success, type Result } from '../base/result.ts';
import { didYouMean } from '../base/suggest.ts';
import type { ParsedRequest } from '../request/parse.ts';
import type { Scalar } from '../request/request.ts';
import { describeField } from '../request/schema-faults.ts';
import { asKubernetesObjects, checkObjects, completeObjects, sourceOf } from './objects.ts';
import { objectionTo } from './parameters.ts';
import { substitute, type Placeholder } from './placeholders.ts';
import type { CatalogRole, GrantContext, Template } from './template.ts';

/**
 * The value of every parameter of the template, from the request or by default. Faults point into the request's
 * `file`: unknown and missing parameters, and values that do not fit.
 */
export function resolveParameters(
  template: Template,
  parsed: ParsedRequest,
  file: string,
): Result<Readonly<Record<string, Scalar>>> {
  const given = parsed.request.parameters;
  const faults: Fault[] = Object.keys(given)
    .filter((name) => lookup(template.parameters, name) === undefined)
    .map((name) => ({
      file,
      ...parsed.keyAt(parameterPath(name)),
      message: `spec.parameters.${name} is not a parameter of ${template.name}`,
      remedy: didYouMean(name, Object.keys(template.parameters)),
    }));
  const values: Record<string, Scalar> = {};
  for (const [name, parameter] of Object.entries(template.parameters)) {
    const value = lookup(given, name) ?? parameter.default;
    if (value === null) {
      const remedy = `add it: ${parameter.description}`;
      faults.push({
        file,
        ...parsed.keyAt(parameterPath(name)),
        message: `spec.parameters.${name} is missing`,
        remedy,
      });
      continue;
    }
    const objection = objectionTo(parameter, value);
    if (objection !== null)
      faults.push({
        file,
        ...parsed.at(parameterPath(name)),
        ...describeField(parameterPath(name), value, objection),
      });
    values[name] = value;
  }
  return faults.length === 0 ? success(values) : failure(...faults);
}

function parameterPath(name: string): readonly string[] {
  return ['spec', 'parameters', name];
}

/**
 * Renders a template. `parameters` come from `resolveParameters`; `roles` is the catalog, by name with prefix. Faults
 * point into the template: a value that fits its parameter and still gives an object that no grant may hold is a gap
 * in the template.
 */
export function renderTemplate(
  template: Template,
  parameters: Readonly<Record<string, Scalar>>,
  context: GrantContext,
  roles: ReadonlyMap<string, CatalogRole>,
): Result<readonly KubernetesObject[]> {
  const source = sourceOf(`templates/${template.name}.yaml`, template);
  const objects = fillIn(template.manifests, parameters, context);
  const faults = checkObjects(objects, context, [...roles.keys()], source);
  return faults.length === 0 ? success(asKubernetesObjects(objects)) : failure(...faults);
}

/** The manifests with every placeholder substituted, and completed. */
export function fillIn(
  manifests: readonly JsonObject[],
  parameters: Readonly<Record<string, Scalar>>,
  context: GrantContext,
): readonly JsonObject[] {
  const valueOf = (placeholder: Placeholder): Scalar => {
    const value =
      placeholder.kind === 'parameter' ? lookup(parameters, placeholder.name) : context[placeholder.field];
    // The template was checked when it was read, so this is a defect of the caller, not of anybody's file.
    if (value === undefined || value === null)
      throw new RangeError(`no value for ${JSON.stringify(placeholder)}`);
    return value;
  };
  return completeObjects(
    manifests.map((manifest) => substitute(manifest, valueOf)),
    context,
  );
}
