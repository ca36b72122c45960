/** Looking single flows up in a connection list. */
import { parseAddress } from '../../../src/effect/network/addresses.ts';
import type { Connection } from '../../../src/effect/network/connections.ts';
import { endpointName, type Grouping } from '../../../src/effect/network/endpoints.ts';
import { hasPort } from '../../../src/effect/network/ports.ts';
import type { End } from '../../../src/effect/network/verdict.ts';
import type { Flow } from './objects.ts';

/** A function that says whether some entry of the list allows a flow. */
export function indexed(list: readonly Connection[], by: Grouping): (flow: Flow) => boolean {
  const bySource = Map.groupBy(list, ({ src }) => src);
  const sources = [...bySource.keys()];
  const isEnd = endMatcher(by);
  return ({ source, destination, port }) =>
    sources
      .filter((src) => isEnd(src, source))
      .flatMap((src) => bySource.get(src) ?? [])
      .some(({ dst, ports }) => isEnd(dst, destination) && hasPort(ports, port.protocol, port.number));
}

function endMatcher(by: Grouping): (text: string, end: End) => boolean {
  const ranges = new Map<string, readonly (bigint | null)[]>();
  return (text, end) => {
    if (end.kind === 'pod') return text === endpointName(end.pod, by);
    const [from = null, to = null] = ranges.get(text) ?? text.split('-').map(parseAddress);
    ranges.set(text, [from, to]);
    return from !== null && to !== null && from <= end.address && end.address <= to;
  };
}
