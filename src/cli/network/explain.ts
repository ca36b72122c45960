/** `curfew network explain`: one flow, and the policies that allow or deny it. */
import { didYouMean } from '../../base/suggest.ts';
import { parseAddress } from '../../effect/network/addresses.ts';
import { Classes } from '../../effect/network/classes.ts';
import { endText, explain } from '../../effect/network/explain.ts';
import { policyName } from '../../effect/network/policy.ts';
import { portRanges } from '../../effect/network/ports.ts';
import { parsePorts } from '../../effect/network/ports-text.ts';
import { verdict, type End, type Port, type Side, type Verdict } from '../../effect/network/verdict.ts';
import type { NetworkWorld } from '../../effect/network/world.ts';
import { parseArguments } from '../arguments.ts';
import { exitCode, InputError, UsageError, type CommandIo } from '../command.ts';
import { paint } from '../paint.ts';
import { readWorld } from './manifests.ts';

/** A flow between two pods, or a pod and an address. */
interface Judged {
  readonly source: End;
  readonly destination: End;
  readonly verdict: Verdict;
}

export async function runExplain(args: readonly string[], io: CommandIo): Promise<number> {
  const option = { type: 'string' } as const;
  const { values, positionals } = parseArguments(
    args,
    { from: option, to: option, port: option, json: { type: 'boolean', default: false } },
    { min: 1, max: 1 },
  );
  const { from, to } = values;
  if (from === undefined || to === undefined) throw new UsageError('--from and --to name the two ends');
  const port = readPort(values.port);
  const world = await readWorld(positionals, io);
  const sources = endsOf(world, from);
  const destinations = endsOf(world, to);
  if ([...sources, ...destinations].every(({ kind }) => kind === 'address')) {
    throw new UsageError('one of the two ends has to be in the cluster');
  }
  const judged = sources.flatMap((source) =>
    destinations.map((destination) => ({
      source,
      destination,
      verdict: verdict(world, source, destination, port),
    })),
  );
  if (values.json) io.stdout.write(`${JSON.stringify(toJson(from, to, port, judged))}\n`);
  else print(from, to, port, judged, io);
  return exitCode.ok;
}

function readPort(text: string | undefined): Port {
  if (text === undefined) throw new UsageError('--port says which port, such as 8443/TCP');
  const [range, ...others] = portRanges(parsePorts(text) ?? []);
  if (range === undefined || others.length > 0 || range.from !== range.to) {
    throw new UsageError(`"${text}" is not a port; write 8443/TCP`);
  }
  return { protocol: range.protocol, number: range.from };
}

/** The pods of a workload that differ for some policy, or an address; an address of a pod is that pod. */
function endsOf(world: NetworkWorld, text: string): readonly End[] {
  const address = parseAddress(text);
  if (address !== null) {
    const pod = world.pods.find(({ ipv4, ipv6 }) => ipv4 === address || ipv6 === address);
    return [pod === undefined ? { kind: 'address', address } : { kind: 'pod', pod }];
  }
  const wanted = text.toLowerCase();
  const isNamed = (kind: string, namespace: string, name: string): boolean =>
    `${namespace}/${kind}/${name}`.toLowerCase() === wanted;
  const pods = world.pods.filter(
    ({ namespace, name, workload, fromTemplate }) =>
      isNamed(workload.kind, workload.namespace, workload.name) ||
      (!fromTemplate && isNamed('Pod', namespace, name)),
  );
  if (pods.length === 0) {
    const known = world.pods.map(
      ({ workload: { namespace, kind, name } }) => `${namespace}/${kind.toLowerCase()}/${name}`,
    );
    throw new InputError(`there is no ${text}; ${didYouMean(text, new Set(known))}`);
  }
  const { of } = Classes.of(world);
  const different = new Map(pods.map((pod) => [of.get(pod), pod]));
  return [...different.values()].map((pod) => ({ kind: 'pod', pod }));
}

function print(from: string, to: string, port: Port, judged: readonly Judged[], { stdout }: CommandIo): void {
  const allowed = judged.filter((each) => each.verdict.allowed).length;
  const all = allowed === judged.length;
  const answer = all
    ? 'allowed'
    : allowed === 0
      ? 'denied'
      : `allowed for ${allowed} of ${judged.length} kinds of pods`;
  const colour = all ? 'green' : 'red';
  stdout.write(`${paint(stdout, colour, answer)}: ${from} -> ${to} on ${port.protocol} ${port.number}\n`);
  for (const { source, destination, verdict: each } of judged) {
    if (judged.length > 1) {
      stdout.write(`${endText(source)} -> ${endText(destination)}: ${each.allowed ? 'allowed' : 'denied'}\n`);
    }
    for (const line of explain(each, source, destination)) stdout.write(`  ${line}\n`);
  }
}

function toJson(from: string, to: string, port: Port, judged: readonly Judged[]): object {
  return {
    from,
    to,
    protocol: port.protocol,
    port: port.number,
    allowed: judged.some((each) => each.verdict.allowed),
    flows: judged.map(({ source, destination, verdict: each }) => ({
      src: endText(source),
      dst: endText(destination),
      allowed: each.allowed,
      egress: sideJson(each.egress),
      ingress: sideJson(each.ingress),
    })),
  };
}

function sideJson(side: Side | null): object | null {
  if (side === null) return null;
  const { allowed, isolating, allowing } = side;
  return {
    allowed,
    isolatedBy: isolating.map(policyName),
    allowedBy: allowing.map(({ policy, rule }) => ({ policy: policyName(policy), rule: rule + 1 })),
  };
}
