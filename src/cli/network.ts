/** `curfew network`: what NetworkPolicies really allow, from any folder of manifests, with no cluster to ask. */
import { didYouMean } from '../base/suggest.ts';
import { TooComplex } from '../effect/network/port-table.ts';
import { InputError, UsageError, type Command, type CommandIo } from './command.ts';

type Action = (args: readonly string[], io: CommandIo) => Promise<number>;

/** Loaded only when asked for, as commands are. */
const actions: Readonly<Record<string, () => Promise<Action>>> = {
  list: async () => (await import('./network/list.ts')).runList,
  diff: async () => (await import('./network/diff.ts')).runDiff,
  explain: async () => (await import('./network/explain.ts')).runExplain,
  check: async () => (await import('./network/check.ts')).runCheck,
};

export const networkCommand: Command = {
  name: 'network',
  summary: 'Say which connections NetworkPolicies allow, from manifests alone',
  usage: `curfew network list <dir|file|-> [--pods] [--json]
       curfew network diff <before> <after> [--output text|md|mermaid] [--json]
       curfew network explain <dir|file|-> --from END --to END --port PORT [--json]
       curfew network check [dir|file|-] [--invariants FILE] [--json]

Reads namespaces, pods, workloads and networking.k8s.io/v1 NetworkPolicies from YAML or JSON, as "kubectl get -o yaml"
prints them too, and answers as a network plugin would that follows the API to the letter. Other kinds are counted and
passed over. - is standard input.

  list      print every connection that is allowed, by workload, with addresses outside the cluster as ranges
  diff      print what is opened, closed and newly isolated; exit 1 where there is a difference
  explain   print whether one flow is allowed, and which policies allow or deny it
  check     check the invariants of the policy against every cluster of an access repository, with the grants in
            force, or those of --invariants against any manifests; exit 1 where one does not hold

Options:
  --pods              one line for each pod instead of each workload
  --output FORMAT     text (default), md, or mermaid, which GitHub draws
  --from, --to END    namespace/kind/name, such as payments/deployment/web, or an address
  --port PORT         8443/TCP; TCP where no protocol is said
  --invariants FILE   a Curfew policy, or a list of network statements; see docs/network.md
  --json              print JSON; docs/network.md has its schema

Exits with 2 on wrong use and on input that cannot be read.

Examples:
  curfew network list clusters/prod-eu
  kubectl get ns,pods,netpol -A -o yaml | curfew network list - --json
  curfew network explain clusters/prod-eu --from orders/deployment/orders-web --to payments/statefulset/payments-db --port 5432/TCP
`,
  run: async ([name = '', ...args], io) => {
    const load = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (load !== undefined) return run(await load(), args, io);
    const known = Object.keys(actions);
    throw new UsageError(
      name === '' || name.startsWith('-')
        ? `say what to do: ${known.join(', ')}`
        : `there is no "network ${name}"; ${didYouMean(name, known)}`,
    );
  },
};

async function run(action: Action, args: readonly string[], io: CommandIo): Promise<number> {
  try {
    return await action(args, io);
  } catch (error) {
    throw error instanceof TooComplex ? new InputError(error.message) : error;
  }
}
