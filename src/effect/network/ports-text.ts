import { lastPort, portRange, protocols, type PortSet } from './ports.ts';

/** Reads `8443/TCP`, `8000-8010/UDP`, `SCTP` (every port of it) or `8443` (TCP, as in Kubernetes); null where it is none. */
export function parsePorts(text: string): PortSet | null {
  const only = protocols.find((protocol) => protocol === text);
  if (only !== undefined) return portRange({ protocol: only, from: 1, to: lastPort });
  const match = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?(?:\/([A-Z]+))?$/.exec(text);
  if (match === null) return null;
  const from = Number(match[1]);
  const to = Number(match[2] ?? from);
  const protocol = protocols.find((each) => each === (match[3] ?? 'TCP'));
  if (protocol === undefined || from > to || to > lastPort) return null;
  return portRange({ protocol, from, to });
}
