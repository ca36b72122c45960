import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError, UsageError } from '../../src/cli/command.ts';
import { networkCommand } from '../../src/cli/network.ts';
import { fakeIo } from './fake-io.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curfew-network-'));
  await write('app/web.yaml', web);
  await write('app/deep/db.yml', database);
  await write('app/values.yaml', 'image: web\nreplicas: 2\n');
  await write('app/notes.txt', 'not: [yaml');
  await write('app/.hidden/broken.yaml', 'not: [yaml');
  await cp(join(folder, 'app'), join(folder, 'guarded'), { recursive: true });
  await write('guarded/policy.yaml', policy);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
}

const web = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
`;

const database = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: db-0, namespace: shop, labels: {app: db}}
  spec: {containers: [{name: db, ports: [{name: sql, containerPort: 5432}]}]}
`;

const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: sql}]
`;

async function run(...args: readonly string[]) {
  const io = fakeIo({ cwd: folder });
  const status = await networkCommand.run(args, io);
  return { status, out: io.out(), err: io.err() };
}

describe('list', () => {
  test('every connection by workload, sorted, with what was passed over on standard error', async () => {
    expect(await run('list', 'guarded')).toEqual({
      status: 0,
      out: `0.0.0.0-255.255.255.255 -> shop/web[Deployment]: every port
shop/web[Deployment] -> 0.0.0.0-255.255.255.255: every port
shop/web[Deployment] -> shop/db-0[Pod]: TCP 5432
`,
      err: 'guarded: 2 pods, 1 network policy and 1 namespace; passed over: 1 Service, 1 not a Kubernetes object\n',
    });
  });

  test('JSON is an array with one object for each pair', async () => {
    const { out } = await run('list', 'guarded', '--json');
    expect(JSON.parse(out)).toEqual([
      { src: '0.0.0.0-255.255.255.255', dst: 'shop/web[Deployment]', connections: everything },
      { src: 'shop/web[Deployment]', dst: '0.0.0.0-255.255.255.255', connections: everything },
      {
        src: 'shop/web[Deployment]',
        dst: 'shop/db-0[Pod]',
        connections: [{ protocol: 'TCP', from: 5432, to: 5432 }],
      },
    ]);
  });

  const everything = ['SCTP', 'TCP', 'UDP'].map((protocol) => ({ protocol, from: 1, to: 65_535 }));

  test('nothing to list is an empty array', async () => {
    await write('empty/service.json', '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}}');
    expect(JSON.parse((await run('list', 'empty', '--json')).out)).toEqual([]);
    expect((await run('list', 'empty')).out).toBe('');
  });

  test('by pod', async () => {
    const pod = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'shop',
        ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }],
      },
      spec: {},
    });
    await write(
      'pods/all.json',
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [pod('db-0'), pod('db-1')] }),
    );
    const lines = (await run('list', 'pods/all.json', '--pods')).out.split('\n');
    expect(lines).toContain('shop/db-0[Pod] -> shop/db-1[Pod]: every port');
    expect((await run('list', 'pods/all.json')).out).not.toContain(
      'shop/db[StatefulSet] -> shop/db[StatefulSet]',
    );
  });

  test.each([
    ['no such file', 'missing', 'there is no file or folder'],
    ['no YAML', 'broken.yaml', 'broken.yaml:2:1: '],
    ['a template that is not rendered', 'chart.yaml', 'a template has to be rendered first'],
    [
      'what an API server would refuse',
      'refused.yaml',
      'refused.yaml: NetworkPolicy shop/a: spec.policyTypes: "All" is neither Ingress nor Egress',
    ],
  ])('input that cannot be read: %s', async (_, path, message) => {
    await write('broken.yaml', 'a: [\nb: 1\n');
    await write('chart.yaml', 'kind: {{ .Values.kind }}\n');
    await write('refused.yaml', policy.replace('name: db', 'name: a').replace('[Ingress, Egress]', '[All]'));
    const result = run('list', path);
    await expect(result).rejects.toThrow(InputError);
    await expect(result).rejects.toThrow(message);
  });

  test.each([
    ['a comment before the first document', `# a dump\n---\n${web}---\n${database}`],
    ['ends of documents and comments behind the marks', `${web}...\n--- # more\n${database}...\n---\n`],
    ['empty documents', `---\n---\n${web}---\n\n---\n${database}---\n---`],
    ['line ends of another system', `${web}---\n${database}`.replaceAll('\n', '\r\n')],
    ['a directive', `%YAML 1.2\n---\n${web}---\n${database}`],
    ['a value on the line of the mark', `${web}---\n${database}--- {note: "---"}\n`],
    ['marks inside of text', `note: |\n  ---\n  x\n---\n${web}---\nnote: "a\n  ---\n  b"\n---\n${database}`],
    ['a line end that is none', `note: "a\u2028---\n  b"\n---\n${web}---\n${database}`],
    ['the same document twice', `${web}---\n${web}---\n${database}`],
  ])('%s', async (_, text) => {
    await write('stream.yaml', text);
    expect((await run('list', 'stream.yaml')).out).toBe((await run('list', 'app')).out);
  });

  test('says the line of the file where one of its documents is wrong', async () => {
    await write('late.yaml', `${web}---\nkind: [\n`);
    await expect(run('list', 'late.yaml')).rejects.toThrow('late.yaml:18:');
  });

  test('anchors and merge keys, as kubectl reads them', async () => {
    await write('merged.yaml', `x: &labels {app: db}\n---\n${policy}`);
    expect((await run('list', 'merged.yaml')).status).toBe(0);
    await write(
      'merge.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    <<: &l {app: b}\n    tier: c\nspec: {}\n',
    );
    expect(
      (await run('explain', 'merge.yaml', '--from', 'default/pod/a', '--to', '1.2.3.4', '--port', '80'))
        .status,
    ).toBe(0);
  });
});

describe('diff', () => {
  test('in words first, then exactly; exit 1 where something changes', async () => {
    const { status, out } = await run('diff', 'app', 'guarded');
    expect(status).toBe(1);
    expect(out).toBe(`closes every port from any IPv4 address outside the cluster to pod shop/db-0
closes every port from pod shop/db-0 to any IPv4 address outside the cluster and shop/web
closes every port but TCP 5432 from shop/web to pod shop/db-0
isolates pod shop/db-0 for ingress
isolates pod shop/db-0 for egress

- 0.0.0.0-255.255.255.255 -> shop/db-0[Pod]: every port
- shop/db-0[Pod] -> 0.0.0.0-255.255.255.255: every port
- shop/db-0[Pod] -> shop/web[Deployment]: every port
- shop/web[Deployment] -> shop/db-0[Pod]: every port but TCP 5432
`);
  });

  test('nothing changes', async () => {
    expect(await run('diff', 'app', 'app')).toMatchObject({ status: 0, out: 'nothing changes\n' });
    expect(JSON.parse((await run('diff', 'app', 'app', '--json')).out)).toEqual({
      opened: [],
      closed: [],
      isolated: [],
      released: [],
    });
  });

  test('JSON, Markdown and Mermaid', async () => {
    const json = JSON.parse((await run('diff', 'guarded', 'app', '--json')).out);
    expect(json).toMatchObject({
      closed: [],
      isolated: [],
      released: [
        { name: 'shop/db-0[Pod]', direction: 'ingress' },
        { name: 'shop/db-0[Pod]', direction: 'egress' },
      ],
    });
    const markdown = (await run('diff', 'app', 'guarded', '--output', 'md')).out;
    expect(markdown).toContain('```mermaid\nflowchart LR\n');
    expect(markdown).toContain(
      '| closed | `shop/web[Deployment]` | `shop/db-0[Pod]` | every port but TCP 5432 |',
    );
    const graph = (await run('diff', 'app', 'guarded', '--output', 'mermaid')).out;
    expect(graph.split('\n')[0]).toBe('flowchart LR');
    expect(graph).toContain('-. "closes every port but TCP 5432" .->');
    expect((await run('diff', 'app', 'app', '--output', 'mermaid')).out).toBe(
      'flowchart LR\n  n0["nothing changes"]\n',
    );
  });
});

describe('explain', () => {
  test('allowed, by which policy', async () => {
    const flow = ['--from', 'shop/Deployment/web', '--to', 'shop/pod/db-0'];
    expect(await run('explain', 'guarded', ...flow, '--port', '5432/TCP')).toMatchObject({
      status: 0,
      out: `allowed: shop/Deployment/web -> shop/pod/db-0 on TCP 5432
  egress of shop/web[Deployment] is open: no policy isolates it
  ingress of shop/db-0[Pod] is allowed by shop/db (ingress rule 1)
`,
    });
    expect((await run('explain', 'guarded', ...flow, '--port', '80')).out)
      .toBe(`denied: shop/Deployment/web -> shop/pod/db-0 on TCP 80
  egress of shop/web[Deployment] is open: no policy isolates it
  ingress of shop/db-0[Pod] is closed: shop/db isolates it, and no rule allows this
`);
  });

  test('addresses, as JSON', async () => {
    const { out } = await run(
      'explain',
      'guarded',
      '--from',
      '192.0.2.1',
      '--to',
      'shop/pod/db-0',
      '--port',
      '5432/TCP',
      '--json',
    );
    expect(JSON.parse(out)).toEqual({
      from: '192.0.2.1',
      to: 'shop/pod/db-0',
      protocol: 'TCP',
      port: 5432,
      allowed: false,
      flows: [
        {
          src: '192.0.2.1',
          dst: 'shop/db-0[Pod]',
          allowed: false,
          egress: null,
          ingress: { allowed: false, isolatedBy: ['shop/db'], allowedBy: [] },
        },
      ],
    });
  });

  test('an end that is not there', async () => {
    const result = run(
      'explain',
      'guarded',
      '--from',
      'shop/deployment/wep',
      '--to',
      'shop/pod/db-0',
      '--port',
      '80',
    );
    await expect(result).rejects.toThrow(
      'there is no shop/deployment/wep; did you mean "shop/deployment/web"?',
    );
  });
});

describe('check', () => {
  const statements = `- name: only the web reaches the database
  only: {from: {namespace: shop, pods: app=web}, to: {pods: app=db}, ports: [5432/TCP]}
`;

  test('any manifests against a list of statements', async () => {
    await write('statements.yaml', statements);
    expect(await run('check', 'guarded', '--invariants', 'statements.yaml')).toMatchObject({
      status: 0,
      out: '1 statement, 0 broken\n',
    });
    const broken = await run('check', 'app', '--invariants', 'statements.yaml');
    expect(broken).toMatchObject({
      status: 1,
      out: `only the web reaches the database: 0.0.0.0-255.255.255.255 may reach shop/db-0[Pod] on TCP 5432
  ingress of shop/db-0[Pod] is open: no policy isolates it
1 statement, 1 broken
`,
    });
    const { out } = await run('check', 'app', '--invariants', 'statements.yaml', '--json');
    expect(JSON.parse(out)).toEqual({
      violations: [
        {
          cluster: null,
          kind: 'flow',
          invariant: 'only the web reaches the database',
          src: '0.0.0.0-255.255.255.255',
          dst: 'shop/db-0[Pod]',
          connections: [{ protocol: 'TCP', from: 5432, to: 5432 }],
          because: ['ingress of shop/db-0[Pod] is open: no policy isolates it'],
        },
      ],
    });
  });

  test('an access repository: every cluster, with the grants in force', async () => {
    const invariants = statements.replaceAll(/^/gm, '    ').trimEnd();
    await write(
      'access/.github/curfew.yaml',
      `apiVersion: curfew.dev/v1\nkind: Policy\nspec:\n  invariants:\n${invariants}\n`,
    );
    await cp(join(folder, 'guarded'), join(folder, 'access/clusters/prod'), { recursive: true });
    expect(await run('check', 'access')).toMatchObject({ status: 0, out: 'prod: 1 statement, 0 broken\n' });
    const grant = policy.replace('name: db', 'name: curfew-1').replace('app: web', 'app: other');
    await write(
      'access/grants/prod/shop/one.yaml',
      `${grant}---\napiVersion: v1\nkind: Pod\nmetadata: {name: other, namespace: shop, labels: {app: other}}\nspec: {}\n`,
    );
    const { status, out } = await run('check', 'access');
    expect(status).toBe(1);
    expect(out).toContain(
      'prod: only the web reaches the database: shop/other[Pod] may reach shop/db-0[Pod] on TCP 5432',
    );
    expect(out).toContain('allowed by shop/curfew-1 (ingress rule 1)');
  });

  test('nothing at all, as where a pipe broke, is not taken for statements that hold', async () => {
    await write('nothing.yaml', '');
    await write('all.yaml', '[]\n');
    const result = run('check', 'nothing.yaml', '--invariants', 'all.yaml');
    await expect(result).rejects.toThrow(InputError);
    await expect(result).rejects.toThrow('there is no namespace, pod or network policy in nothing.yaml');
  });

  test('statements that cannot be read', async () => {
    await write('wrong.yaml', '- name: a\n  nevr: {}\n');
    const result = run('check', 'app', '--invariants', 'wrong.yaml');
    await expect(result).rejects.toThrow(InputError);
    await expect(result).rejects.toThrow(
      'wrong.yaml:2:9: invariants[0].nevr: is not known; did you mean "never"?',
    );
  });
});

test.each([
  [[], 'say what to do: list, diff, explain, check'],
  [['lst'], 'there is no "network lst"; did you mean "list"?'],
  [['list'], 'an argument is missing'],
  [['diff', 'a'], '2 arguments are needed'],
  [['diff', 'a', 'b', '--output', 'svg'], '--output is one of text, md, mermaid, not "svg"'],
  [['explain', 'app', '--from', 'a/b/c'], '--from and --to name the two ends'],
  [['explain', 'app', '--from', 'a', '--to', 'b'], '--port says which port, such as 8443/TCP'],
  [
    ['explain', 'app', '--from', 'a', '--to', 'b', '--port', '80-90'],
    '"80-90" is not a port; write 8443/TCP',
  ],
  [
    ['explain', 'app', '--from', '1.2.3.4', '--to', '1.2.3.5', '--port', '80'],
    'one of the two ends has to be in the cluster',
  ],
  [['check', 'app'], 'app has no .github/curfew.yaml; say with --invariants what has to hold'],
])('wrong use: %j', async (args, message) => {
  const result = run(...args);
  await expect(result).rejects.toThrow(UsageError);
  await expect(result).rejects.toThrow(message);
});
