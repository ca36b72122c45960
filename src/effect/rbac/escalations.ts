/** Who else a holder can become: through pods, tokens and Secrets, the service accounts of the namespaces in reach. */
import { dangers } from './dangers.ts';
import { findAll, type Server } from './find-dangers.ts';
import {
  gainedBetween,
  type Permission,
  permissionsAsWritten,
  permissionsOf,
  scopedRules,
  type ScopedRules,
} from './permission.ts';
import { subjectFor } from './subject.ts';
import { joined, sayPermissions } from './words.ts';
import { type RbacWorld, userNameOf } from './world.ts';

/** More than these are counted, not named. */
const mostNamed = 10;
/** How many of its powers each of them is told with. */
const mostWords = 3;

const prefix = 'system:serviceaccount:';
const rows = dangers.filter(({ becomesServiceAccounts }) => becomesServiceAccounts);

/**
 * One sentence for each service account that `after` reaches and `before` did not, and that may do more than the
 * holder; those in direct reach first. The world says what they may, so a world that knows little finds few.
 */
export function escalations(
  world: RbacWorld,
  before: readonly Permission[],
  after: readonly Permission[],
  server: Server,
): readonly string[] {
  const reach = reachIn(world, server);
  const known = new Set(reach(before));
  const opened = reach(after).filter((user) => !known.has(user));
  const said: string[] = [];
  for (const [index, user] of opened.entries()) {
    if (said.length === mostNamed)
      return [...said, `act as up to ${opened.length - index} more service accounts`];
    const gained = gainedBetween(after, permissionsOf(world, subjectFor(user, [])));
    // URLs are documents about the API server; nobody escalates for them.
    const powers = gained.filter(({ kind }) => kind === 'resource');
    if (powers.length > 0) said.push(describe(user, powers, server));
  }
  return said;
}

/** Finds the user names of all service accounts that a holder can become, also by way of one another. */
function reachIn(
  world: RbacWorld,
  server: Server,
): (permissions: readonly Permission[]) => readonly string[] {
  const bindings = bindingsByName(world);
  const accounts = [...bindings.keys()].filter((name) => name.startsWith(prefix)).sort();
  const byNamespace = Map.groupBy(accounts, (user) => user.slice(prefix.length).split(':')[0]);
  const opens = opensIn(server);
  return (permissions) => {
    const reached = new Set<string>();
    const seen = new Set<string | null>();
    const left = findAll(rows, permissions, server).map(({ namespace }) => namespace);
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      if (seen.has(next) || seen.has(null)) continue;
      seen.add(next);
      for (const account of next === null ? accounts : (byNamespace.get(next) ?? [])) {
        if (reached.has(account)) continue;
        reached.add(account);
        const { user, groups } = subjectFor(account, []);
        const held = [user, ...groups].flatMap((name) => bindings.get(name) ?? []);
        left.push(...held.filter(opens).map(({ namespace }) => namespace));
      }
    }
    return [...reached];
  };
}

/** Of users and groups alike: no service account has the name of a group. */
function bindingsByName(world: RbacWorld): ReadonlyMap<string, readonly ScopedRules[]> {
  const found = new Map<string, ScopedRules[]>();
  for (const live of world.bindings)
    for (const subject of live.binding.subjects) {
      const name = userNameOf(subject) ?? subject.name;
      const known = found.get(name);
      if (known === undefined) found.set(name, [scopedRules(live)]);
      else known.push(scopedRules(live));
    }
  return found;
}

/** Whether a binding alone is enough to become service accounts. Each role is looked at once for either kind of binding. */
function opensIn(server: Server): (binding: ScopedRules) => boolean {
  const known = {
    cluster: new Map<ScopedRules['rules'], boolean>(),
    namespace: new Map<ScopedRules['rules'], boolean>(),
  };
  return (binding) => {
    const ofKind = binding.namespace === null ? known.cluster : known.namespace;
    const opens =
      ofKind.get(binding.rules) ?? findAll(rows, permissionsAsWritten(binding), server).length > 0;
    ofKind.set(binding.rules, opens);
    return opens;
  };
}

function describe(user: string, powers: readonly Permission[], server: Server): string {
  const said = sayPermissions(powers, server);
  const told = said.length > mostWords ? [...said.slice(0, mostWords), 'more'] : said;
  return `act as service account ${user.slice(prefix.length).replace(':', '/')}: ${joined(told)}`;
}
