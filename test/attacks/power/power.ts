/** More power than a grant may give: the traps, how alice walks into each, and the repository that holds them. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Attack } from '../attack.ts';
import { bindingTraps } from './bindings.ts';
import { networkTraps } from './network.ts';
import { podTraps } from './pods.ts';
import { requestFor, scopes } from './scopes.ts';
import { roleTraps } from './roles.ts';
import type { Trap } from './trap.ts';

const root = resolve(import.meta.dirname, '../../..');

const traps = [...roleTraps, ...bindingTraps, ...podTraps, ...networkTraps].map((trap, i) => ({
  ...trap,
  template: `trap-${i}`,
}));

function approverFor(namespace: string): string {
  if (namespace === '_cluster') return 'dan';
  return namespace === 'orders' ? 'grace' : 'bob';
}

function ofTrap({ template, namespace, files, ...trap }: Trap & { readonly template: string }): Attack {
  const parameters = Object.values(files(template)).some((text) => text.includes('parameters.who'))
    ? ['who']
    : [];
  return {
    ...trap,
    play: async (field) => {
      const path = `access-requests/staging/${namespace}/${template}.yaml`;
      const pullRequest = await field.pull(namespace === '_cluster' ? 'carol' : 'alice', {
        branch: template,
        files: { [path]: requestFor(template, parameters) },
      });
      await field.as(approverFor(namespace)).review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  };
}

export const power: readonly Attack[] = [...traps.map(ofTrap), ...scopes];

/** Everything that the administrator was fooled into, in place of the files of the same path. */
export function seed(): ReadonlyMap<string, string> {
  const policy = readFileSync(join(root, '.github/curfew.yaml'), 'utf8');
  const names = traps.map(({ template }) => template).join(', ');
  const files = new Map<string, string>([
    [
      '.github/curfew.yaml',
      policy
        .replace(
          /templates: \[read-logs, debug-pod, (?=.*\n.*staging)/,
          `templates: [${names}, read-logs, debug-pod, `,
        )
        .replace('templates: [cluster-read]', `templates: [${names}, cluster-read]`)
        .replace(
          '  limits:\n',
          '  limits:\n    - scopes: [staging/orders, staging/_cluster]\n      dangers: {critical: refuse, high: refuse, medium: refuse}\n',
        ),
    ],
  ]);
  for (const trap of traps)
    for (const [path, text] of Object.entries(trap.files(trap.template))) files.set(path, text);
  return files;
}
