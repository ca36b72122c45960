/** `curfew network list`: every connection that is allowed. */
import { connections, type Connection } from '../../effect/network/connections.ts';
import { formatPorts, type PortSet } from '../../effect/network/ports.ts';
import { parseArguments } from '../arguments.ts';
import { exitCode, type CommandIo } from '../command.ts';
import { readWorld } from './manifests.ts';
import { jsonArray, mapEach, rowWriter, writeLines } from './rows.ts';

export async function runList(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseArguments(
    args,
    { pods: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    { min: 1, max: 1 },
  );
  const world = await readWorld(positionals, io);
  const list = connections(world, { by: values.pods ? 'pod' : 'workload' });
  if (values.json) {
    writeLines(jsonArray(mapEach(list, rowWriter())), io.stdout);
    io.stdout.write('\n');
  } else {
    writeLines(textLines(list), io.stdout);
  }
  return exitCode.ok;
}

function* textLines(list: Iterable<Connection>): Generator<string> {
  const words = new Map<PortSet, string>();
  for (const { src, dst, ports } of list) {
    const said = words.get(ports) ?? formatPorts(ports);
    words.set(ports, said);
    yield `${src} -> ${dst}: ${said}\n`;
  }
}
