/** Reads network statements; every fault says what would be right. */
import type { Fault } from '../../base/fault.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { failure, success, type Result } from '../../base/result.ts';
import { didYouMean } from '../../base/suggest.ts';
import { quote } from '../../base/text.ts';
import type { Selector } from '../rbac/selector.ts';
import { asList, asObject } from '../rbac/tree.ts';
import { addressRange, noAddresses, parseCidr, uniteAddresses, type AddressSet } from './addresses.ts';
import type { Invariant, Party, Statement } from './invariant.ts';
import { directions, type Direction } from './policy.ts';
import { allPorts, noPorts, unite, type PortSet } from './ports.ts';
import { parsePorts } from './ports-text.ts';
import { parseSelector } from './selector-text.ts';
import { namespaceNameLabel } from './world.ts';

/** From the list down: `[0, 'never', 'from']`. */
type StatementPath = readonly (string | number)[];

/** Where a value of the list stands in its file. */
export type Locate = (path: StatementPath) => Pick<Fault, 'file' | 'line' | 'column'>;

/** Reads the `invariants` of a policy. */
export function parseInvariants(value: Json, locate: Locate): Result<readonly Invariant[]> {
  const reader = new Reader(locate);
  const invariants = reader
    .list(value, [], 'statements')
    .map((item, index) => reader.invariant(item, [index]));
  const names = invariants.map((invariant) => invariant?.name);
  for (const [index, name] of names.entries()) {
    if (name === undefined || names.indexOf(name) === index) continue;
    reader.fault([index, 'name'], `${quote(name)} names another statement too`, 'give it a name of its own');
  }
  const read = invariants.filter((invariant) => invariant !== null);
  return reader.faults.length === 0 ? success(read) : failure(...reader.faults);
}

const kinds = ['never', 'only', 'defaultDeny'] as const;
const partyForm =
  'write {namespace: payments}, {namespaces: environment=production, pods: app=web} or {addresses: [192.0.2.0/24]}';
const selectorForm = 'write it as kubectl does: app=web, environment!=production, tier in (a, b), !legacy';
const portForm = 'write ports as 8443/TCP, 8000-8010/TCP or UDP';

/** Collects faults on the way, and gives null for what it cannot read. */
class Reader {
  readonly faults: Fault[] = [];
  readonly #locate: Locate;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  fault(path: StatementPath, message: string, remedy: string): null {
    const where = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
    this.faults.push({ ...this.#locate(path), message: `invariants${where}: ${message}`, remedy });
    return null;
  }

  list(value: Json | undefined, path: StatementPath, what: string): readonly Json[] {
    const items = asList(value);
    if (items === null)
      this.fault(path, `${quote(value ?? null)} is not a list of ${what}`, 'write one after each "-"');
    return items ?? [];
  }

  invariant(value: Json, path: StatementPath): Invariant | null {
    const fields = this.#object(value, path, ['name', 'clusters', ...kinds]);
    if (fields === null) return null;
    const name = fields['name'];
    const clusters =
      fields['clusters'] === undefined ? null : this.#strings(fields['clusters'], [...path, 'clusters']);
    const given = kinds.filter((kind) => fields[kind] !== undefined);
    const [kind] = given;
    if (kind === undefined || given.length > 1) {
      return this.fault(path, `makes ${given.length} statements`, `write exactly one of ${kinds.join(', ')}`);
    }
    const statement = this.#statement(kind, fields[kind] ?? null, [...path, kind]);
    if (typeof name !== 'string' || name.trim() === '' || name.length > 120) {
      return this.fault(
        [...path, 'name'],
        `${quote(name ?? null)} is not a name`,
        'say in a few words what must hold',
      );
    }
    return statement === null ? null : { name, clusters, statement };
  }

  #statement(kind: (typeof kinds)[number], value: Json, path: StatementPath): Statement | null {
    if (kind === 'defaultDeny') {
      const fields = this.#object(value, path, ['namespaces', 'directions']);
      if (fields === null) return null;
      const namespaces = this.#selector(fields['namespaces'], [...path, 'namespaces']);
      return {
        kind,
        namespaces,
        directions: this.#directions(fields['directions'], [...path, 'directions']),
      };
    }
    const fields = this.#object(value, path, ['from', 'to', 'ports']);
    if (fields === null) return null;
    const from = this.#parties(fields['from'], [...path, 'from']);
    const to = this.#parties(fields['to'], [...path, 'to']);
    return { kind, from, to, ports: this.#ports(fields['ports'], [...path, 'ports']) };
  }

  /** One party, or a list of them. */
  #parties(value: Json | undefined, path: StatementPath): readonly Party[] {
    if (value === undefined || value === null) {
      this.fault(path, 'is missing', partyForm);
      return [];
    }
    const items = asObject(value) === null ? this.list(value, path, 'parties') : [value];
    if (items.length === 0) this.fault(path, 'names nobody', partyForm);
    const parties = items.map((item, index) =>
      this.#party(item, asObject(value) === null ? [...path, index] : path),
    );
    return parties.filter((party) => party !== null);
  }

  #party(value: Json, path: StatementPath): Party | null {
    const fields = this.#object(value, path, ['namespace', 'namespaces', 'pods', 'addresses']);
    if (fields === null) return null;
    const { namespace, namespaces, pods, addresses } = fields;
    const named = [namespace, namespaces, pods].filter((field) => field !== undefined);
    if (addresses !== undefined) {
      if (named.length > 0)
        return this.fault(path, 'mixes pods and addresses', 'write two parties, each after a "-"');
      return { kind: 'addresses', addresses: this.#addresses(addresses, [...path, 'addresses']) };
    }
    if (named.length === 0) return this.fault(path, 'names nobody', partyForm);
    if (namespace !== undefined && namespaces !== undefined) {
      return this.fault(path, 'has both namespace and namespaces', 'write the name, or a selector of labels');
    }
    const place =
      namespace === undefined
        ? this.#selector(namespaces, [...path, 'namespaces'])
        : [
            {
              key: namespaceNameLabel,
              operator: 'In' as const,
              values: [this.#name(namespace, [...path, 'namespace'])],
            },
          ];
    return { kind: 'pods', namespaces: place, pods: this.#selector(pods, [...path, 'pods']) };
  }

  #addresses(value: Json, path: StatementPath): AddressSet {
    const blocks = this.#strings(value, path).map((text, index) => {
      const block = parseCidr(text);
      if (block === null) {
        const message = `${quote(text)} is not a range of addresses`;
        this.fault([...path, index], message, 'write 192.0.2.0/24 or 2001:db8::/32');
      }
      return block === null ? noAddresses : addressRange(block);
    });
    return uniteAddresses(blocks);
  }

  #selector(value: Json | undefined, path: StatementPath): Selector {
    if (value === undefined) return [];
    const selector = typeof value === 'string' ? parseSelector(value) : null;
    if (selector === null) this.fault(path, `${quote(value)} is not a selector`, selectorForm);
    return selector ?? [];
  }

  #ports(value: Json | undefined, path: StatementPath): PortSet {
    if (value === undefined) return allPorts;
    const items = this.list(value, path, 'ports');
    if (items.length === 0) this.fault(path, 'names no port', `${portForm}, or leave it out for every port`);
    return items
      .map((item, index) => {
        const ports = parsePorts(String(typeof item === 'object' ? '' : item));
        if (ports === null) this.fault([...path, index], `${quote(item)} is not a port`, portForm);
        return ports ?? noPorts;
      })
      .reduce(unite, noPorts);
  }

  #directions(value: Json | undefined, path: StatementPath): readonly Direction[] {
    if (value === undefined) return directions;
    const given = this.#strings(value, path);
    const unknown = given.find((each) => each !== 'ingress' && each !== 'egress');
    if (unknown !== undefined || given.length === 0) {
      this.fault(
        path,
        `${quote(unknown ?? [])} is not a direction`,
        'write [ingress, egress], or leave it out for both',
      );
    }
    return directions.filter((direction) => given.includes(direction));
  }

  #name(value: Json, path: StatementPath): string {
    const isName = typeof value === 'string' && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value);
    if (!isName)
      this.fault(path, `${quote(value)} is not the name of a namespace`, 'for labels write namespaces');
    return isName ? value : '';
  }

  #strings(value: Json, path: StatementPath): readonly string[] {
    return this.list(value, path, 'strings').flatMap((item, index) => {
      if (typeof item === 'string') return [item];
      this.fault([...path, index], `${quote(item)} is not a string`, 'put it in quotes');
      return [];
    });
  }

  #object(value: Json, path: StatementPath, known: readonly string[]): JsonObject | null {
    const fields = asObject(value);
    if (fields === null)
      return this.fault(path, `${quote(value)} is not an object`, `write ${known.join(', ')}`);
    for (const key of Object.keys(fields)) {
      if (!known.includes(key)) this.fault([...path, key], 'is not known', didYouMean(key, known));
    }
    return fields;
  }
}
