import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/base/fault.ts';
import type { KubernetesObject } from '../../src/base/json.ts';
import { readManifests } from '../../src/request/manifests.ts';
import type { Scalar } from '../../src/request/request.ts';
import { canonicalYaml } from '../../src/template/canonical.ts';
import { renderTemplate, resolveParameters } from '../../src/template/render.ts';
import type { GrantContext, Template } from '../../src/template/template.ts';
import { context, requestWith, roles, templateFrom } from './catalog.ts';

const networkPath = templateFrom('templates/network-path.yaml');
const path = { app: 'payments-api', port: 8443, protocol: 'TCP' };

function render(
  template: Template,
  parameters: Readonly<Record<string, Scalar>>,
  grant: GrantContext = context,
): readonly KubernetesObject[] {
  const result = renderTemplate(template, parameters, grant, roles);
  if (!result.ok) throw new Error(result.faults.map(formatFault).join('\n'));
  return result.value;
}

function faultsOf(
  template: Template,
  parameters: Readonly<Record<string, Scalar>>,
  grant: GrantContext = context,
): readonly string[] {
  const result = renderTemplate(template, parameters, grant, roles);
  return result.ok ? [] : result.faults.map(formatFault);
}

describe('resolveParameters', () => {
  const file = 'access-requests/prod-eu/payments/a.yaml';
  const resolve = (parameters: Readonly<Record<string, Scalar>>) =>
    resolveParameters(networkPath, requestWith('network-path', parameters), file);
  const messages = (parameters: Readonly<Record<string, Scalar>>): readonly string[] => {
    const result = resolve(parameters);
    return result.ok ? [] : result.faults.map(({ message, remedy }) => `${message}; ${remedy}`);
  };

  it('gives every parameter a value, by default where none is given', () => {
    expect(resolve({ app: 'web', port: 80 })).toEqual({
      ok: true,
      value: { app: 'web', port: 80, protocol: 'TCP' },
    });
    expect(resolve({ app: 'web', port: 80, protocol: 'UDP' })).toMatchObject({ value: { protocol: 'UDP' } });
  });

  it.each<readonly [string, Readonly<Record<string, Scalar>>, readonly string[]]>([
    [
      'what is missing',
      {},
      [
        'spec.parameters.app is missing; add it: The workload to be reached, as its label app names it.',
        "spec.parameters.port is missing; add it: The port of the workload's container.",
      ],
    ],
    [
      'what is unknown',
      { ...path, prot: 1 },
      ['spec.parameters.prot is not a parameter of network-path; did you mean "port"?'],
    ],
    [
      'text for a number',
      { ...path, port: '8443' },
      ['spec.parameters.port: "8443" is not a whole number; '],
    ],
    ['a number for text', { ...path, app: 1 }, ['spec.parameters.app: 1 is not text; quote it']],
    ['true for text', { ...path, app: true }, ['spec.parameters.app: true is not text; quote it']],
    ['what is too small', { ...path, port: 0 }, ['spec.parameters.port: 0 is too small; it is at least 1']],
    [
      'what is too large',
      { ...path, port: 65_536 },
      ['spec.parameters.port: 65536 is too large; it is at most 65535'],
    ],
    [
      'what is not in the enum',
      { ...path, protocol: 'SCTP' },
      ['spec.parameters.protocol: "SCTP" is not allowed; choose one of "TCP", "UDP"'],
    ],
    [
      'the enum in other letters',
      { ...path, protocol: 'tcp' },
      ['spec.parameters.protocol: "tcp" is not allowed; choose one of "TCP", "UDP"'],
    ],
    ...['payments-', 'Payments', 'a/b', '../a', 'a b', '*', '${grant.user}', 'pаyments', 'a'.repeat(64)].map(
      (app) => {
        const expected = `spec.parameters.app: "${app.length > 60 ? `${'a'.repeat(58)}…` : `${app}"`} does not match the pattern of the template; it has to match [a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?`;
        return [`app ${app}`, { ...path, app }, [expected]] as const;
      },
    ),
  ])('refuses %s', (_, parameters, expected) => {
    expect(messages(parameters)).toEqual(expected);
  });

  it('knows no parameter that objects merely inherit', () => {
    const parsed = requestWith('network-path', path);
    const result = resolveParameters({ ...networkPath, parameters: {} }, parsed, file);
    expect(result.ok ? [] : result.faults).toHaveLength(3);
  });
});

describe('renderTemplate', () => {
  it('binds the role of the catalog for the user of the grant', () => {
    expect(render(templateFrom('templates/read-logs.yaml'), {})).toEqual([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: context.id, namespace: 'payments', labels: { 'curfew.dev/grant': context.id } },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'curfew:read-logs' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice@example.com' }],
      },
    ]);
  });

  it('has no namespace in cluster scope', () => {
    const [binding] = render(
      templateFrom('templates/cluster-read.yaml'),
      {},
      { ...context, namespace: null },
    );
    expect(binding).toMatchObject({ kind: 'ClusterRoleBinding', metadata: { name: context.id } });
    expect(binding?.metadata).not.toHaveProperty('namespace');
  });

  it('restricts the Pod by construction, and ends it with the grant', () => {
    const pod = render(networkPath, path).find(({ kind }) => kind === 'Pod');
    expect(pod).toMatchObject({
      metadata: { name: context.id, namespace: 'payments', labels: { 'curfew.dev/grant': context.id } },
      spec: {
        activeDeadlineSeconds: 5400,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        restartPolicy: 'Never',
        serviceAccountName: context.id,
        terminationGracePeriodSeconds: 5,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65_534,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              readOnlyRootFilesystem: true,
              runAsNonRoot: true,
            },
          },
        ],
      },
    });
    const labels = pod?.metadata['labels'];
    expect(labels).toEqual({ 'curfew.dev/grant': context.id });
  });

  it('gives a Pod text where Kubernetes knows only text', () => {
    const original = readFileSync('templates/network-path.yaml', 'utf8');
    const after = 'command: [tail, -f, /dev/null]\n';
    const text = original.replace(
      after,
      `${after}            args: ["\${parameters.port}", x]\n            env: [{name: PORT, value: "\${parameters.port}"}]\n`,
    );
    const objects = render(templateFrom('templates/network-path.yaml', text), path);
    expect(objects.find(({ kind }) => kind === 'Pod')).toMatchObject({
      spec: { containers: [{ args: ['8443', 'x'], env: [{ name: 'PORT', value: '8443' }] }] },
    });
  });

  it('opens one path, on both sides, with the types of the parameters', () => {
    const [from, to] = render(networkPath, { app: 'payments-db', port: 5432, protocol: 'TCP' }).filter(
      ({ kind }) => kind === 'NetworkPolicy',
    );
    const grant = { matchLabels: { 'curfew.dev/grant': context.id } };
    const app = { matchLabels: { app: 'payments-db' } };
    expect(from?.['spec']).toMatchObject({
      podSelector: grant,
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ to: [{ podSelector: app }], ports: [{ protocol: 'TCP', port: 5432 }] }, {}],
    });
    expect(to?.['spec']).toEqual({
      podSelector: app,
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: grant }], ports: [{ protocol: 'TCP', port: 5432 }] }],
    });
  });

  it('refuses a role that the catalog does not hold, at its line', () => {
    const template = templateFrom('templates/read-logs.yaml');
    expect(renderTemplate(template, {}, context, new Map())).toEqual({
      ok: false,
      faults: [
        {
          file: 'templates/read-logs.yaml',
          line: 22,
          column: 15,
          message: 'roleRef.name: "curfew:read-logs" is not in the catalog',
          remedy: 'there is none',
        },
      ],
    });
  });

  it('judges what renders again: values that fit their parameter and give no valid object', () => {
    const text = `apiVersion: curfew.dev/v1
kind: Template
spec:
  description: Labels with free text.
  scope: namespace
  parameters: {app: {type: string, description: d}}
  duration: {default: 1h, max: 1h}
  manifests:
    - apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: "\${grant.id}-\${parameters.app}", labels: {curfew.dev/app: "\${parameters.app}"}}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: curfew:read-logs}
      subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "\${grant.user}"}]
`;
    const template = templateFrom('templates/free.yaml', text);
    expect(faultsOf(template, { app: 'a' })).toEqual([]);
    expect(faultsOf(template, { app: 'a b' })).toEqual([
      'templates/free.yaml:11:24: RoleBinding metadata.name: "payments-0123456789ab-a b" is not a name that every kind may have; use lower-case letters, digits and inner hyphens, at most 63',
      'templates/free.yaml:11:82: RoleBinding metadata.labels["curfew.dev/app"]: "a b" is not a label value; use letters, digits and inner -_., at most 63',
    ]);
    expect(faultsOf(template, { app: 'a'.repeat(50) })).toHaveLength(1);
  });

  it('refuses to render what was never resolved', () => {
    expect(() => render(networkPath, {})).toThrow(RangeError);
  });
});

/** The keys and lengths of a tree, without its scalars. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (value === null || typeof value !== 'object') return 'scalar';
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]));
}

describe('every rendered tree', () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$/);
  const id = fc.tuple(label, fc.stringMatching(/^[0-9a-f]{12}$/)).map(([scope, hash]) => `${scope}-${hash}`);
  const grant = fc.record({
    id,
    user: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9@._:+/#=,~-]{0,60}$/),
    namespace: label,
    duration: fc.integer({ min: 60, max: 14_400 }),
  });
  const values = fc.record({
    app: fc.oneof(
      label,
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a: b', 'x\ny: z', '${grant.user}', '"', '---'),
    ),
    port: fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.integer()),
    protocol: fc.constantFrom('TCP', 'UDP', 'SCTP', '{}'),
  });

  it('reads back as what was meant, lies in its namespace, names its grant, and has the shape of its template', () => {
    let rendered = 0;
    const expected = shape(render(networkPath, path));
    fc.assert(
      fc.property(grant, values, (question, parameters) => {
        const result = renderTemplate(networkPath, parameters, question, roles);
        const objects = result.ok ? result.value : [];
        if (result.ok) rendered++;
        expect(result.ok ? shape(objects) : expected).toEqual(expected);
        expect(readManifests('f.yaml', canonicalYaml(objects))).toEqual({ ok: true, value: objects });
        for (const { kind, metadata } of objects) {
          expect(metadata['namespace']).toBe(question.namespace);
          expect(metadata.name.startsWith(question.id)).toBe(true);
          expect(metadata['labels']).toEqual({
            'curfew.dev/grant': question.id,
            ...(kind === 'NetworkPolicy' ? { 'curfew.dev/role': 'network-path' } : {}),
          });
        }
        expect(objects.flatMap((object) => object['subjects'] ?? [])).toEqual(
          objects.length === 0
            ? []
            : [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: question.user }],
        );
      }),
      { numRuns: 500 },
    );
    expect(rendered).toBeGreaterThan(50);
  });

  it('is refused where its parameters are, or is fit for Kubernetes', () => {
    fc.assert(
      fc.property(values, (parameters) => {
        const request = {
          ...requestWith('network-path', path),
          request: { ...requestWith('network-path', path).request, parameters },
        };
        const resolved = resolveParameters(networkPath, request, 'f.yaml');
        fc.pre(resolved.ok);
        expect(faultsOf(networkPath, resolved.value)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
