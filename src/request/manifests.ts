/** Kubernetes manifests as files hold them: several documents, lists, anything that has a kind and a name. */
import type { Fault } from '../base/fault.ts';
import type { Json, JsonObject, KubernetesObject } from '../base/json.ts';
import { isJsonObject } from '../base/json-type.ts';
import { failure, success, type Result } from '../base/result.ts';
import { manifestLimits, type YamlLimits } from './yaml-limits.ts';
import { readYamlStream, type YamlDocument } from './yaml.ts';
import type { YamlPath } from './yaml-value.ts';

/**
 * The objects of a file, in its order; the items of a `List` stand in its place. The limits are those of files in an
 * access repository, which others write; for a user's own files they may be wider.
 */
export function readManifests(
  file: string,
  text: string,
  limits: YamlLimits = manifestLimits,
): Result<readonly KubernetesObject[]> {
  const documents = readYamlStream(file, text, limits);
  if (!documents.ok) return documents;
  const objects: KubernetesObject[] = [];
  const faults: Fault[] = [];
  for (const document of documents.value) collect(file, document, document.value, [], objects, faults);
  return faults.length === 0 ? success(objects) : failure(...faults);
}

function collect(
  file: string,
  document: YamlDocument,
  value: Json,
  path: YamlPath,
  objects: KubernetesObject[],
  faults: Fault[],
): void {
  const items = listItems(value);
  if (items !== null) {
    for (const [index, item] of items.entries())
      collect(file, document, item, [...path, 'items', index], objects, faults);
    return;
  }
  if (isKubernetesObject(value)) objects.push(value);
  else {
    const remedy = 'give it apiVersion, kind and metadata.name';
    faults.push({ file, ...document.at(path), message: 'this is not a Kubernetes object', remedy });
  }
}

/** The items of a `List` as kubectl prints it, or of a typed one; null where the value is no list. */
function listItems(value: Json): readonly Json[] | null {
  if (!isJsonObject(value) || typeof value['kind'] !== 'string' || !Array.isArray(value['items']))
    return null;
  if (!value['kind'].endsWith('List')) return null;
  const { kind, apiVersion = null, items } = value;
  // The items of a typed list leave out what the list says once.
  const said: JsonObject = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  return items.map((item: Json) => (isJsonObject(item) ? { ...said, ...item } : item));
}

/** Whether a value has what every Kubernetes object has. */
export function isKubernetesObject(value: Json): value is KubernetesObject {
  if (!isJsonObject(value) || typeof value['apiVersion'] !== 'string' || typeof value['kind'] !== 'string')
    return false;
  return (
    isJsonObject(value['metadata']) &&
    typeof value['metadata']['name'] === 'string' &&
    value['metadata']['name'] !== ''
  );
}
