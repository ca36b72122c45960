/**
 * What is wrong with a template before anybody uses it: its declarations, where its placeholders stand, and what it
 * gives when it is tried out with sample values. The same rules judge every rendered grant again.
 */
import type { Fault } from '../base/fault.ts';
import type { Json } from '../base/json.ts';
import { isJsonList } from '../base/json-type.ts';
import { lookup } from '../base/lookup.ts';
import { didYouMean } from '../base/suggest.ts';
import { quote } from '../base/text.ts';
import type { Scalar } from '../request/request.ts';
import { describeField, formatPath } from '../request/schema-faults.ts';
import type { YamlDocument } from '../request/yaml.ts';
import type { YamlPath } from '../request/yaml-value.ts';
import { checkObjects, sourceOf } from './objects.ts';
import { declarationFaults, sampleValues } from './parameters.ts';
import { placeholdersIn, type Occurrence } from './placeholders.ts';
import { fillIn } from './render.ts';
import { longestGrantId, type GrantContext, type Parameter, type Template } from './template.ts';

/** Every fault of a template whose shape is right. */
export function checkTemplate(file: string, template: Template, document: YamlDocument): readonly Fault[] {
  const faults = [
    ...checkDeclarations(file, template, document),
    ...checkPlaceholders(file, template, document),
    ...checkUse(file, template, document),
  ];
  // Only a template whose placeholders all have values can be tried out.
  return faults.length === 0 ? tryOut(file, template, null) : faults;
}

function checkDeclarations(
  file: string,
  { parameters, duration }: Template,
  { at }: YamlDocument,
): readonly Fault[] {
  const faults = Object.entries(parameters).flatMap(([name, parameter]) =>
    declarationFaults(parameter).map(({ field, text }) => {
      const path = ['spec', 'parameters', name, field];
      return { file, ...at(path), ...describeField(path, parameter[field], text) };
    }),
  );
  if (duration.default <= duration.max) return faults;
  const path = ['spec', 'duration', 'default'];
  return [
    ...faults,
    {
      file,
      ...at(path),
      message: 'spec.duration.default is longer than spec.duration.max',
      remedy: 'make it shorter',
    },
  ];
}

/** A string of the manifests, with the path to it from the document's root. */
interface Text {
  readonly path: YamlPath;
  readonly text: string;
  readonly isKey: boolean;
}

function textsIn(tree: Json, path: YamlPath): readonly Text[] {
  if (typeof tree === 'string') return [{ path, text: tree, isKey: false }];
  if (tree === null || typeof tree !== 'object') return [];
  if (isJsonList(tree)) return tree.flatMap((item, index) => textsIn(item, [...path, index]));
  return Object.entries(tree).flatMap(([key, value]) => [
    { path: [...path, key], text: key, isKey: true },
    ...textsIn(value, [...path, key]),
  ]);
}

function checkPlaceholders(file: string, template: Template, { at, keyAt }: YamlDocument): readonly Fault[] {
  return textsIn(template.manifests, ['spec', 'manifests']).flatMap(({ path, text, isKey }) =>
    placeholdersIn(text).flatMap((occurrence) => {
      const objection = isKey
        ? 'stands in a key; keys are fixed'
        : (unknownPlaceholder(template, occurrence) ?? misplaced(template, path, occurrence));
      if (objection === null) return [];
      const position = isKey ? keyAt(path) : at(path);
      const [predicate = '', remedy = ''] = objection.split('; ');
      return [
        {
          file,
          ...position,
          message: `${formatPath(path)}: ${quote(occurrence.source)} ${predicate}`,
          remedy,
        },
      ];
    }),
  );
}

function unknownPlaceholder(template: Template, { source, placeholder }: Occurrence): string | null {
  const names = Object.keys(template.parameters).map((name) => `\${parameters.${name}}`);
  const grant = template.scope === 'namespace' ? ['id', 'user', 'namespace'] : ['id', 'user'];
  const known = [...names, ...grant.map((field) => `\${grant.${field}}`)];
  const isKnown = placeholder !== null && known.includes(source);
  return isKnown ? null : `is not a placeholder of this template; ${didYouMean(source, known)}`;
}

/**
 * Fields that say what an object is, whose it is, what runs, and which addresses are reached: no free text of a request
 * may stand there. What a Pod has to be told it is told by the value of an environment variable.
 */
function misplaced(template: Template, path: YamlPath, { placeholder }: Occurrence): string | null {
  if (placeholder?.kind !== 'parameter') return null;
  const parameter = lookup(template.parameters, placeholder.name);
  if (parameter === undefined || parameter.enum !== null) return null;
  const [, , index, top, second] = path;
  const isIdentity =
    ['apiVersion', 'kind', 'roleRef', 'subjects'].includes(String(top)) ||
    (top === 'metadata' && second === 'namespace');
  if (isIdentity) return 'may stand here only if the parameter has an enum; list the values allowed';
  if (parameter.type !== 'string') return null;
  // Of the kinds that have a spec only one is not a Pod; a kind that is itself a placeholder counts as one.
  const runs = top === 'spec' && template.manifests[Number(index)]?.['kind'] !== 'NetworkPolicy';
  const isEnvironment = path.at(-1) === 'value' && path.at(-3) === 'env';
  if (runs && !isEnvironment) {
    return 'is free text and may not decide what runs; give the parameter an enum, or pass it as the value of a variable in env';
  }
  if (path.at(-1) === 'cidr')
    return 'is free text and may not decide which addresses are reached; give the parameter an enum';
  return null;
}

/** A parameter that changes nothing would mislead whoever approves its value. */
function checkUse(file: string, template: Template, { keyAt }: YamlDocument): readonly Fault[] {
  const used = new Set(
    textsIn(template.manifests, []).flatMap(({ text }) => placeholdersIn(text).map(({ source }) => source)),
  );
  return Object.keys(template.parameters)
    .filter((name) => !used.has(`\${parameters.${name}}`))
    .map((name) => {
      const message = `spec.parameters.${name} is used nowhere in spec.manifests`;
      return { file, ...keyAt(['spec', 'parameters', name]), message, remedy: 'use it, or remove it' };
    });
}

/**
 * Renders a template with sample values, each parameter through all of its own while the others keep their first, and
 * gives the faults of the first rendering that has any. `roles` are the names in the catalog, null where that is not
 * known.
 */
export function tryOut(file: string, template: Template, roles: readonly string[] | null): readonly Fault[] {
  const context: GrantContext = {
    id: 'g'.repeat(longestGrantId),
    user: 'user@example.com',
    namespace: template.scope === 'namespace' ? 'the-namespace' : null,
    duration: template.duration.default,
  };
  const source = sourceOf(file, template);
  for (const parameters of samples(template.parameters)) {
    const objects = fillIn(template.manifests, parameters, context);
    const faults = checkObjects(objects, context, roles, source);
    if (faults.length > 0) return faults;
  }
  return [];
}

function samples(
  parameters: Readonly<Record<string, Parameter>>,
): readonly Readonly<Record<string, Scalar>>[] {
  const values = Object.entries(parameters).map(
    ([name, parameter]) => [name, sampleValues(parameter)] as const,
  );
  const firsts = Object.fromEntries(values.map(([name, [first = '']]) => [name, first]));
  return [
    firsts,
    ...values.flatMap(([name, all]) => all.slice(1).map((value) => ({ ...firsts, [name]: value }))),
  ];
}
