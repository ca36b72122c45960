import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/base/fault.ts';
import { validateRepository } from '../../src/lifecycle/validate.ts';
import { readManifests } from '../../src/request/manifests.ts';

/** This repository, which is an access repository itself, with the examples of the documentation as requests. */
const seed: ReadonlyMap<string, string> = new Map([
  ...globSync([
    '.github/curfew.yaml',
    '.github/CODEOWNERS',
    'templates/**/*.yaml',
    'clusters/**/*.yaml',
    'access-requests/**/*.md',
  ]).map((path) => [path, readFileSync(path, 'utf8')] as const),
  ...globSync('docs/examples/*/*/*.yaml').map(
    (path) => [path.replace('docs/examples', 'access-requests'), readFileSync(path, 'utf8')] as const,
  ),
]);

const request = 'access-requests/prod-eu/payments/inc-4711.yaml';

/** The faults of the seed after files were changed; undefined takes a file away. */
function faultsWith(changes: Readonly<Record<string, string | null | undefined>>): readonly string[] {
  const files = new Map<string, string | null>(seed);
  for (const [path, text] of Object.entries(changes)) {
    if (text === undefined) files.delete(path);
    else files.set(path, text);
  }
  return validateRepository(files).map(formatFault);
}

/** The text of a seed file with one piece replaced, which has to be there. */
function edited(path: string, from: string, to: string): Readonly<Record<string, string>> {
  const text = seed.get(path) ?? '';
  expect(text).toContain(from);
  return { [path]: text.replace(from, () => to) };
}

describe('this repository', () => {
  it('is a valid access repository, and its examples are valid requests', () => {
    expect(faultsWith({})).toEqual([]);
    expect([...seed.keys()].filter((path) => path.startsWith('access-requests/'))).toHaveLength(7);
  });

  it('has the roles of the catalog in its snapshots as they are in the catalog', () => {
    const catalog = globSync('templates/roles/*.yaml')
      .toSorted()
      .flatMap((path) => objectsOf(path));
    for (const cluster of ['prod-eu', 'staging'])
      expect(objectsOf(`clusters/${cluster}/catalog.yaml`)).toEqual(catalog);
  });
});

function objectsOf(path: string): readonly unknown[] {
  const result = readManifests(path, readFileSync(path, 'utf8'));
  return result.ok ? result.value : result.faults;
}

describe('validateRepository', () => {
  it('says what is missing where there is nothing', () => {
    expect(validateRepository(new Map()).map(formatFault)).toEqual([
      '.github/CODEOWNERS:1:1: CODEOWNERS is missing; write it: nothing is granted where nobody owns the path',
      '.github/curfew.yaml:1:1: the policy is missing; write it: who may get what, where, for how long',
    ]);
  });

  it("does not look at files that are none of Curfew's", () => {
    expect(
      faultsWith({
        'src/main.ts': '%%%',
        'README.md': '\0',
        'docs/a.yaml': '&a',
        'templates/README.md': '&a',
      }),
    ).toEqual([]);
  });

  it('refuses what is no plain text, whatever it is', () => {
    expect(faultsWith({ 'templates/link.yaml': null, 'access-requests/x': null })).toEqual([
      'access-requests/x:1:1: this is not a plain text file; commit it as an ordinary file of UTF-8 text',
      'templates/link.yaml:1:1: this is not a plain text file; commit it as an ordinary file of UTF-8 text',
    ]);
  });

  it.each<readonly [string, Readonly<Record<string, string | null | undefined>>, readonly string[]]>([
    [
      'a request of a cluster that the policy does not know',
      { 'access-requests/prod-us/payments/a.yaml': seed.get(request) },
      [
        'access-requests/prod-us/payments/a.yaml:1:1: "prod-us" is not a cluster of the policy; did you mean "prod-eu"?',
      ],
    ],
    [
      'a request at a path that is none',
      { 'access-requests/prod-eu/payments/a.yml': 'x' },
      [
        'access-requests/prod-eu/payments/a.yml:1:1: the file name "a.yml" does not end in .yaml; name it access-requests/<cluster>/<namespace>/<name>.yaml',
      ],
    ],
    [
      'a request in other letters',
      { 'Access-Requests/prod-eu/payments/a.yaml': 'x' },
      [
        'Access-Requests/prod-eu/payments/a.yaml:1:1: this is not the path of an access request; name it access-requests/<cluster>/<namespace>/<name>.yaml',
      ],
    ],
    [
      'an unknown template',
      edited(request, 'template: debug-pod', 'template: debug-pods'),
      [
        `${request}:5:13: there is no valid template "debug-pods"; did you mean "debug-pod"?`,
        `${request}:5:13: no entry of the policy allows debug-pods in prod-eu/payments; ask for another template or scope, or have an entry added`,
      ],
    ],
    [
      'a template of another scope',
      edited(request, 'template: debug-pod\n  parameters:\n    app: payments-api', 'template: cluster-read'),
      [
        `${request}:5:13: cluster-read is a template of cluster scope, and the path asks for namespace scope; choose another template, or another path`,
        `${request}:5:13: no entry of the policy allows cluster-read in prod-eu/payments; ask for another template or scope, or have an entry added`,
      ],
    ],
    [
      'an unknown parameter',
      edited(request, 'app: payments-api', 'ap: payments-api'),
      [
        `${request}:6:3: spec.parameters.app is missing; add it: The workload to be debugged, as its label app names it.`,
        `${request}:7:5: spec.parameters.ap is not a parameter of debug-pod; did you mean "app"?`,
      ],
    ],
    [
      'a duration that template and policy do not allow',
      edited(request, 'duration: 2h', 'duration: 5h'),
      [
        `${request}:8:13: 5h is longer than the template debug-pod allows; ask for 4h at most`,
        `${request}:8:13: 5h is longer than the policy allows in prod-eu/payments; ask for 2h at most`,
      ],
    ],
    [
      'a ticket that does not match',
      edited(request, 'ticket: INC-4711', 'ticket: JIRA-1'),
      [
        `${request}:10:11: the policy wants a ticket that matches INC-[0-9]+ in prod-eu/payments; name it in spec.ticket`,
      ],
    ],
    [
      'no ticket',
      edited(request, '  ticket: INC-4711\n', ''),
      [
        `${request}:5:3: the policy wants a ticket that matches INC-[0-9]+ in prod-eu/payments; name it in spec.ticket`,
      ],
    ],
    [
      'a subject without identity',
      edited(request, 'ticket: INC-4711', 'ticket: INC-4711\n  for: alicia'),
      [`${request}:11:8: "alicia" has no identity in the policy; did you mean "alice"?`],
    ],
    [
      'a protected namespace',
      { [request.replace('payments', 'vault')]: seed.get(request) },
      [
        'access-requests/prod-eu/vault/inc-4711.yaml:5:13: no entry of the policy allows debug-pod in prod-eu/vault; ask for another template or scope, or have an entry added',
      ],
    ],
    [
      'a request that is no YAML, and only that',
      { [request]: 'a: &a 1\n' },
      [`${request}:1:4: YAML anchors are not allowed; write the value out where it is needed`],
    ],
    [
      'a role that is gone',
      { 'templates/roles/cluster-read.yaml': undefined },
      [
        'templates/cluster-read.yaml:22:15: roleRef.name: "curfew:cluster-read" is not in the catalog; known are curfew:debug-pod, curfew:network-path, curfew:read-logs, curfew:restart-deployment',
      ],
    ],
    [
      'a template that the policy names and that is gone',
      {
        'templates/cluster-read.yaml': undefined,
        'access-requests/prod-eu/_cluster/inc-4714.yaml': undefined,
      },
      [
        '.github/curfew.yaml:48:1: "sre looks across a cluster" allows the template "cluster-read", which does not exist; known are debug-pod, network-path, read-logs, restart-deployment',
      ],
    ],
    [
      'a snapshot of an unknown cluster',
      { 'clusters/prod/a.yaml': '' },
      ['clusters/prod/a.yaml:1:1: "prod" is not a cluster of the policy; did you mean "prod-eu"?'],
    ],
    [
      'a snapshot that is none',
      { 'clusters/staging/a.yaml': 'a: 1\n' },
      [
        'clusters/staging/a.yaml:1:1: this is not a Kubernetes object; give it apiVersion, kind and metadata.name',
      ],
    ],
    [
      'a grant that nobody but a person wrote',
      {
        'grants/prod-eu/payments/a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
        'grants/prod-eu/README.md': 'x',
      },
      [
        'grants/prod-eu/payments/a.yaml:1:1: this is not a grant that Curfew wrote; delete the file; Curfew alone writes below grants/',
      ],
    ],
    [
      'paths that decide and belong to nobody',
      edited('.github/CODEOWNERS', '/clusters/                              @acme/platform', '/clusters/'),
      [
        '.github/CODEOWNERS:7:1: this line leaves clusters/new/new.yaml and 12 more without an owner; name a team that has write access',
      ],
    ],
    [
      'a CODEOWNERS that names nobody at all',
      { '.github/CODEOWNERS': '/access-requests/ @acme/sre\n' },
      [
        '.github/CODEOWNERS:1:1: no line gives an owner to .github/CODEOWNERS and 28 more; name a team that has write access',
      ],
    ],
    [
      'a request path that nobody owns',
      edited(
        '.github/CODEOWNERS',
        '/access-requests/prod-eu/payments/      @acme/payments',
        '/access-requests/prod-eu/payments/',
      ),
      [
        'access-requests/prod-eu/payments/inc-4711.yaml:1:1: nobody owns this path in .github/CODEOWNERS; name the people who answer for it, with write access',
        'access-requests/prod-eu/payments/inc-4712.yaml:1:1: nobody owns this path in .github/CODEOWNERS; name the people who answer for it, with write access',
      ],
    ],
  ])('reports %s', (_, changes, expected) => {
    expect(faultsWith(changes)).toEqual(expected);
  });

  it('reports a line of CODEOWNERS that GitHub skips, there and at the requests that it could have meant', () => {
    const faults = faultsWith(
      edited(
        '.github/CODEOWNERS',
        '/access-requests/prod-eu/payments/      @acme/payments',
        '/access-requests/prod-eu/[payments]/ @acme/payments',
      ),
    );
    expect(faults[0]).toMatch(/^\.github\/CODEOWNERS:13:\d+: /);
    expect(faults.length).toBeGreaterThan(2);
    expect(faults[1]).toContain(
      'line 13 of .github/CODEOWNERS could have meant this path, but GitHub skips it',
    );
  });

  it('says the same thing once', () => {
    const faults = faultsWith({ 'templates/roles/debug-pod.yaml': undefined });
    expect(faults.filter((fault) => fault.startsWith('templates/debug-pod.yaml'))).toHaveLength(1);
  });

  it('stays silent about what depends on a file in fault', () => {
    expect(faultsWith({ '.github/curfew.yaml': 'a: &a 1\n' })).toEqual([
      '.github/curfew.yaml:1:4: YAML anchors are not allowed; write the value out where it is needed',
    ]);
  });
});
