/** The programs of the control plane and their flags; see docs of each: `kube-apiserver --help`. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connections } from './connection.ts';
import type { Program } from './supervised.ts';

export interface Place {
  readonly binaries: string;
  readonly folder: string;
  readonly etcdPort: number;
  readonly peerPort: number;
  readonly apiPort: number;
  readonly connections: Connections;
}

export interface ControlPlane {
  readonly etcd: Program;
  readonly apiServer: Program;
  readonly controllerManager: Program;
}

const controllers = [
  'clusterrole-aggregation-controller',
  'serviceaccount-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'certificatesigningrequest-signing-controller',
  // Checks the types in expressions of admission.
  'validatingadmissionpolicy-status-controller',
];

export async function controlPlane(place: Place): Promise<ControlPlane> {
  const { folder } = place;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'sec1', format: 'pem' });
  await writeFile(join(folder, 'service-account.key'), key, { mode: 0o600 });
  const kubeconfig = await place.connections.kubeconfig('controller-manager');
  const program = (name: string, args: readonly string[]): Program => ({
    name,
    path: join(place.binaries, name),
    args,
    logFile: join(folder, `${name}.log`),
  });
  return {
    etcd: program('etcd', etcdFlags(place)),
    apiServer: program('kube-apiserver', apiServerFlags(place)),
    controllerManager: program('kube-controller-manager', [
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${controllers.join(',')}`,
      `--service-account-private-key-file=${join(folder, 'service-account.key')}`,
      '--secure-port=0',
      '--leader-elect=false',
    ]),
  };
}

function etcdFlags({ folder, etcdPort, peerPort }: Place): readonly string[] {
  const [clients, peers] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${peerPort}`];
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

function apiServerFlags({ folder, etcdPort, apiPort }: Place): readonly string[] {
  const key = join(folder, 'service-account.key');
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${apiPort}`,
    // Nobody is told of it, and finding one of this machine fails where there is no network. RFC 5737.
    '--advertise-address=192.0.2.1',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${join(folder, 'tls')}`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    // Nothing runs in a pod here, so nothing needs a token mounted.
    '--disable-admission-plugins=ServiceAccount',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    `--audit-policy-file=${join(folder, 'audit-policy.yaml')}`,
    `--audit-log-path=${join(folder, 'audit.log')}`,
  ];
}
