/**
 * `node test/differential/rbac/main.ts [seed]`: Curfew's evaluator against Kubernetes' own code, built from its public
 * Go modules: the RBAC authorizer on random worlds and the default roles, and the escalation check on random rules and
 * on every pair of default roles. There must be no disagreement. Go must be installed; no server runs.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { z } from 'zod';
import type { KubernetesObject } from '../../../src/base/json.ts';
import { can } from '../../../src/effect/rbac/can.ts';
import type { Attributes } from '../../../src/effect/rbac/compiled.ts';
import { covers } from '../../../src/effect/rbac/covers.ts';
import { defaultObjects, defaultRules } from '../../../src/effect/rbac/default-roles.ts';
import { loadRbac, type Subject } from '../../../src/effect/rbac/world.ts';
import { anyQuestion, anySubject, rules, world } from '../../effect/rbac/arbitrary.ts';
import { seedOr } from '../seed.ts';

const source = fileURLToPath(new URL('oracle', import.meta.url));
const binary = fileURLToPath(new URL('../../../node_modules/.cache/curfew/rbac-oracle', import.meta.url));
const seed = seedOr(20_261_201);

interface Case {
  readonly objects: readonly KubernetesObject[];
  readonly questions: readonly (readonly [Subject, Attributes])[];
}

/** Aggregation is left out: a controller does that in a cluster, not the authorizer. */
function withoutAggregation(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return objects.map((object) => ({ ...object, aggregationRule: null }));
}

function cases(): readonly Case[] {
  const questions = fc.array(fc.tuple(anySubject, anyQuestion), { minLength: 20, maxLength: 40 });
  const sampled = fc.sample(fc.tuple(world, questions), { numRuns: 1000, seed });
  return sampled.map(([objects, asked], index) => ({
    objects: withoutAggregation([...objects, ...(index % 4 === 0 ? defaultObjects : [])]),
    questions: asked.map(([{ user, groups }, each]) => [
      { user, groups: [...groups, 'system:authenticated'] },
      each,
    ]),
  }));
}

type Rules = ReturnType<typeof defaultRules>;

function pairs(): readonly (readonly [owner: Rules, servant: Rules])[] {
  const random = fc.sample(fc.tuple(rules, rules), { numRuns: 5000, seed });
  const roles = defaultObjects
    .filter(({ kind }) => kind === 'ClusterRole')
    .map(({ metadata }) => defaultRules(metadata.name));
  return [...random, ...roles.flatMap((owner) => roles.map((servant) => [owner, servant] as const))];
}

const answers = z.object({ Allowed: z.array(z.array(z.boolean())), Covers: z.array(z.boolean()) });

/** Builds the oracle, instantly where nothing changed, and asks it everything. */
function askKubernetes(asked: readonly Case[], compared: ReturnType<typeof pairs>): z.infer<typeof answers> {
  mkdirSync(dirname(binary), { recursive: true });
  run('go', ['build', '-trimpath', '-o', binary, '.'], source, '');
  const Worlds = asked.map(({ objects, questions }) => ({
    Roles: objects.filter(({ kind }) => kind === 'Role'),
    RoleBindings: objects.filter(({ kind }) => kind === 'RoleBinding'),
    ClusterRoles: objects.filter(({ kind }) => kind === 'ClusterRole'),
    ClusterRoleBindings: objects.filter(({ kind }) => kind === 'ClusterRoleBinding'),
    Questions: questions.map(([subject, attributes]) => ({ ...subject, ...attributes })),
  }));
  const Pairs = compared.map(([Owner, Servant]) => ({ Owner, Servant }));
  return answers.parse(JSON.parse(run(binary, [], source, JSON.stringify({ Worlds, Pairs }))));
}

function run(command: string, args: readonly string[], cwd: string, input: string): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (error !== undefined)
    throw new Error(`cannot run ${command}; Go 1.26 or later must be installed`, { cause: error });
  if (status !== 0) throw new Error(`${command} failed\n${stderr}`);
  return stdout;
}

function main(): void {
  const [asked, compared] = [cases(), pairs()];
  const kubernetes = askKubernetes(asked, compared);
  const disagreements: unknown[] = [];
  let [questions, allowed, covered] = [0, 0, 0];
  for (const [index, { objects, questions: each }] of asked.entries()) {
    const loaded = loadRbac(objects);
    for (const [number, [subject, attributes]] of each.entries()) {
      const ours = can(loaded, subject, attributes).allowed;
      questions += 1;
      allowed += ours ? 1 : 0;
      if (ours !== kubernetes.Allowed[index]?.[number])
        disagreements.push({ subject, attributes, ours, objects });
    }
  }
  for (const [index, [owner, servant]] of compared.entries()) {
    const ours = covers(owner, servant);
    covered += ours ? 1 : 0;
    if (ours !== kubernetes.Covers[index]) disagreements.push({ owner, servant, ours });
  }
  for (const disagreement of disagreements.slice(0, 10))
    process.stdout.write(`DISAGREEMENT ${JSON.stringify(disagreement)}\n`);
  process.stdout.write(
    `seed ${seed}: ${questions} questions in ${asked.length} worlds (${allowed} allowed), ` +
      `${compared.length} pairs of roles (${covered} covered), ${disagreements.length} disagreements\n`,
  );
  process.exitCode = disagreements.length === 0 ? 0 : 1;
}

main();
