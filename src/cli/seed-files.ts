/** This repository as a sample access repository: what the sandbox's repository begins with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const files = ['.github/CODEOWNERS', '.github/curfew.yaml'] as const;
const folders = ['access-requests', 'clusters', 'templates'] as const;

/** Policy, owners, templates, catalog and cluster snapshots of this package, by path. */
export function seedFiles(): ReadonlyMap<string, string> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const paths = [...files, ...folders.flatMap((folder) => filesBelow(root, folder))];
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}
