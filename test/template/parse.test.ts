import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/base/fault.ts';
import { parseCatalogRole, parseTemplate } from '../../src/template/parse.ts';
import { roleFiles, templateFiles, templateFrom } from './catalog.ts';
import corpus from './corpus/templates.json' with { type: 'json' };
import roleCorpus from './corpus/roles.json' with { type: 'json' };

describe('parseTemplate', () => {
  it.each(templateFiles)('reads %s', (file) => {
    const result = parseTemplate(file, readFileSync(file, 'utf8'));
    expect(result.ok ? [] : result.faults.map(formatFault)).toEqual([]);
  });

  it('reads every field', () => {
    const { at, keyAt, manifests, description, ...template } = templateFrom('templates/network-path.yaml');
    expect(template).toEqual({
      name: 'network-path',
      scope: 'namespace',
      duration: { default: 3600, max: 14_400 },
      parameters: {
        app: {
          type: 'string',
          description: 'The workload to be reached, as its label app names it.',
          required: true,
          default: null,
          pattern: '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?',
          enum: null,
          min: null,
          max: null,
        },
        port: {
          type: 'integer',
          description: "The port of the workload's container.",
          required: true,
          default: null,
          pattern: null,
          enum: null,
          min: 1,
          max: 65_535,
        },
        protocol: {
          type: 'string',
          description: 'The protocol of that port.',
          required: false,
          default: 'TCP',
          pattern: null,
          enum: ['TCP', 'UDP'],
          min: null,
          max: null,
        },
      },
    });
    expect(description).toMatch(/^A temporary network path/);
    expect(manifests).toHaveLength(5);
    expect(at(['spec', 'manifests', 0, 'kind']).line).toBeGreaterThan(20);
    expect(keyAt(['spec', 'manifests', 0, 'kind']).column).toBe(7);
  });

  it.each(corpus)('refuses $why ($base)', ({ base, from, to, fault, points }) => {
    const original = readFileSync(`templates/${base}.yaml`, 'utf8');
    expect(original).toContain(from);
    const text = original.replace(from, () => to);
    const result = parseTemplate(`templates/${base}.yaml`, text);
    const found = result.ok ? [] : result.faults;
    const [first] = found.filter(({ message, remedy }) => `${message}; ${remedy}`.startsWith(fault));
    expect(found.map(({ message, remedy }) => `${message}; ${remedy}`).join('\n')).toContain(fault);
    const pointedAt = text
      .split('\n')
      .slice((first?.line ?? 0) - 1)
      .join('\n')
      .slice((first?.column ?? 0) - 1);
    expect(pointedAt.slice(0, points.length)).toBe(points);
  });

  it.each([
    [
      'a variable of free text',
      '            env: [{name: TARGET, value: "http://${parameters.app}:${parameters.port}"}]\n',
    ],
    [
      'numbers and enums in what runs',
      '            args: ["${parameters.port}", "${parameters.protocol}", "${grant.user}"]\n',
    ],
    ['an image by digest', `            workingDir: /tmp\n`],
    [
      'scratch space',
      '            volumeMounts: [{name: tmp, mountPath: /tmp}]\n        volumes: [{name: tmp, emptyDir: {sizeLimit: 16Mi}}]\n',
    ],
    [
      'what is filled in, written out',
      '            securityContext: {runAsNonRoot: true, capabilities: {drop: [ALL]}}\n',
    ],
  ])('accepts %s', (_, addition) => {
    const original = readFileSync('templates/network-path.yaml', 'utf8');
    const after = '            resources:\n              limits: {cpu: 100m, memory: 64Mi}\n';
    const image = 'docker.io/library/busybox@sha256:' + 'a'.repeat(64);
    const text = original.replace(after, after + addition).replace('docker.io/library/busybox:1.37.0', image);
    const result = parseTemplate('templates/network-path.yaml', text);
    expect(text).not.toBe(original);
    expect(result.ok ? [] : result.faults.map(formatFault)).toEqual([]);
  });

  it.each(['templates/Debug.yaml', 'templates/debug.yml', 'templates/.yaml', 'templates/a.b.yaml'])(
    'refuses the name %s',
    (file) => {
      expect(parseTemplate(file, readFileSync('templates/read-logs.yaml', 'utf8'))).toMatchObject({
        ok: false,
        faults: [{ file, line: 1, column: 1, message: expect.stringContaining('gives no name') as unknown }],
      });
    },
  );
});

describe('parseCatalogRole', () => {
  it.each(roleFiles)('reads %s', (file) => {
    const result = parseCatalogRole(file, readFileSync(file, 'utf8'));
    const name = `curfew:${file.replace(/^.*\/(.*)\.yaml$/, '$1')}`;
    expect(result).toMatchObject({
      ok: true,
      value: { name, object: { kind: 'ClusterRole', metadata: { name } } },
    });
    expect(result.ok && result.value.description.length).toBeGreaterThan(20);
  });

  it.each(roleCorpus)('refuses $why', ({ from, to, fault }) => {
    const original = readFileSync('templates/roles/debug-pod.yaml', 'utf8');
    expect(original).toContain(from);
    const result = parseCatalogRole(
      'templates/roles/debug-pod.yaml',
      original.replace(from, () => to),
    );
    expect(result.ok ? [] : result.faults.map(({ message, remedy }) => `${message}; ${remedy}`)).toContain(
      fault,
    );
  });
});
