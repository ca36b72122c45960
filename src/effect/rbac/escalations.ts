/** Who else a holder can become: through pods, tokens and Secrets, the service accounts of the namespaces in reach. */
import { dangers } from './dangers.ts';
import { findAll, findsAny, type Server } from './find-dangers.ts';
import {
  gainedBetween,
  type Permission,
  permissionsAsWritten,
  permissionsOf,
  scopedRules,
} from './permission.ts';
import { subjectFor } from './subject.ts';
import { joined, sayPermissions } from './words.ts';
import { type LiveBinding, type RbacWorld, type ResolvedRole, userNameOf } from './world.ts';

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
  const open = namespacesOpen(before, server);
  const opens = namespacesOpen(after, server);
  if (opens.every((namespace) => open.includes(namespace))) return [];
  const reach = reachIn(world, server);
  const known = new Set(reach(open));
  const opened = reach(opens).filter((user) => !known.has(user));
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

/** Where service accounts can be become directly; null: in every namespace. */
function namespacesOpen(permissions: readonly Permission[], server: Server): readonly (string | null)[] {
  return findAll(rows, permissions, server).map(({ namespace }) => namespace);
}

/**
 * Finds the user names of all service accounts that can be become by whoever can become those of some namespaces (null:
 * all), also by way of one another.
 */
function reachIn(
  world: RbacWorld,
  server: Server,
): (namespaces: readonly (string | null)[]) => readonly string[] {
  const bindings = bindingsByName(world);
  const accounts = [...bindings.keys()].filter((name) => name.startsWith(prefix)).sort();
  const byNamespace = Map.groupBy(accounts, (user) => user.slice(prefix.length).split(':')[0]);
  const opens = opensIn(server);
  return (namespaces) => {
    const reached = new Set<string>();
    const seen = new Set<string | null>();
    const left = [...namespaces];
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      if (seen.has(next) || seen.has(null)) continue;
      seen.add(next);
      for (const account of next === null ? accounts : (byNamespace.get(next) ?? [])) {
        if (reached.has(account)) continue;
        reached.add(account);
        const { user, groups } = subjectFor(account, []);
        for (const name of [user, ...groups])
          for (const live of bindings.get(name) ?? [])
            if (!seen.has(live.binding.namespace) && opens(live)) left.push(live.binding.namespace);
      }
    }
    return [...reached];
  };
}

/** Of service accounts and of the groups that they are in, by name. */
function bindingsByName(world: RbacWorld): ReadonlyMap<string, readonly LiveBinding[]> {
  const found = new Map<string, LiveBinding[]>();
  for (const live of world.bindings)
    for (const subject of live.binding.subjects) {
      const name = userNameOf(subject) ?? subject.name;
      if (!name.startsWith('system:')) continue;
      const known = found.get(name);
      if (known === undefined) found.set(name, [live]);
      else known.push(live);
    }
  return found;
}

/** Whether a binding alone is enough to become service accounts. Each role is looked at once for either kind of binding. */
function opensIn(server: Server): (live: LiveBinding) => boolean {
  const ofCluster = new Map<ResolvedRole, boolean>();
  const ofNamespace = new Map<ResolvedRole, boolean>();
  return (live) => {
    const known = live.binding.namespace === null ? ofCluster : ofNamespace;
    const opens = known.get(live.role) ?? findsAny(rows, permissionsAsWritten(scopedRules(live)), server);
    known.set(live.role, opens);
    return opens;
  };
}

function describe(user: string, powers: readonly Permission[], server: Server): string {
  const said = sayPermissions(powers, server);
  const told = said.length > mostWords ? [...said.slice(0, mostWords), 'more'] : said;
  return `act as service account ${user.slice(prefix.length).replace(':', '/')}: ${joined(told)}`;
}
