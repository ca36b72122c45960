/** The templates and roles of this repository, and a request for one of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseAccessRequest, type ParsedRequest } from '../../src/request/parse.ts';
import type { Scalar } from '../../src/request/request.ts';
import { parseCatalogRole, parseTemplate } from '../../src/template/parse.ts';
import type { CatalogRole, GrantContext, Template } from '../../src/template/template.ts';

function yamlFilesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}/${name}`);
}

export const templateFiles = yamlFilesIn('templates');
export const roleFiles = yamlFilesIn('templates/roles');

export function templateFrom(file: string, text = readFileSync(file, 'utf8')): Template {
  const result = parseTemplate(file, text);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.value;
}

/** The catalog of this repository, by name. */
export const roles: ReadonlyMap<string, CatalogRole> = new Map(
  roleFiles.map((file) => {
    const result = parseCatalogRole(file, readFileSync(file, 'utf8'));
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    return [result.value.name, result.value];
  }),
);

export const context: GrantContext = {
  id: 'payments-0123456789ab',
  user: 'alice@example.com',
  namespace: 'payments',
  duration: 5400,
};

export function requestWith(template: string, parameters: Readonly<Record<string, Scalar>>): ParsedRequest {
  const text = JSON.stringify({
    apiVersion: 'curfew.dev/v1',
    kind: 'AccessRequest',
    spec: { template, parameters, reason: 'because' },
  });
  const result = parseAccessRequest('access-requests/prod-eu/payments/a.yaml', text);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.value;
}
