/** What `curfew snapshot` says to people: one line for each thing. */
import { formatInstant, type Instant } from '../base/instant.ts';
import type { CatalogDrift } from '../cluster/snapshot/catalog.ts';
import type { Drift } from '../cluster/snapshot/drift.ts';
import type { MissingObject } from '../cluster/snapshot/grants.ts';
import type { GrantedObject } from '../cluster/snapshot/reduce.ts';
import type { Output } from './command.ts';
import { paint } from './paint.ts';

const signs = { added: '+', removed: '-', changed: '~' } as const;
const colours = { added: 'green', removed: 'red', changed: 'yellow' } as const;

/** From what is committed to what is there. */
export function printDrift(drift: readonly Drift[], output: Output): void {
  for (const { change, fields, ...object } of drift)
    output.write(`${paint(output, colours[change], signs[change])} ${nameOf(object)}${listed(fields)}\n`);
}

/** From the catalog in git to that of the cluster. */
export function printCatalog(drift: readonly CatalogDrift[], output: Output): void {
  const says = {
    missing: 'is not in the cluster: what binds it gives nothing',
    unknown: 'is in the cluster and not in templates/roles',
    changed: 'is not in the cluster as it is in templates/roles',
  };
  for (const { change, name, fields } of drift)
    output.write(`${paint(output, 'yellow', '!')} ClusterRole ${name} ${says[change]}${listed(fields)}\n`);
}

/** Labelled objects that nothing in git grants. */
export function printOrphans(orphans: readonly GrantedObject[], cluster: string, output: Output): void {
  for (const orphan of orphans) {
    const what = `${nameOf(orphan)} carries the label of grant ${orphan.grant}`;
    output.write(`${paint(output, 'red', '!')} ${what}, and no file of grants/${cluster} has it\n`);
  }
}

/** Objects that git grants and the cluster lacks. */
export function printMissing(missing: readonly MissingObject[], now: Instant, output: Output): void {
  for (const object of missing) {
    const end = formatInstant(object.expiresAt);
    const why = object.expiresAt <= now ? `; its end, ${end}, has passed and git still has it` : '';
    const what = `${nameOf(object)} of grant ${object.grant}`;
    output.write(`${paint(output, 'yellow', '!')} ${what} is not in the cluster${why}\n`);
  }
}

function nameOf({ kind, namespace, name }: Pick<GrantedObject, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
}

const mostFields = 3;

function listed(fields: readonly string[]): string {
  if (fields.length === 0) return '';
  const more = fields.length > mostFields ? `, and ${fields.length - mostFields} more` : '';
  return `: ${fields.slice(0, mostFields).join(', ')}${more}`;
}
