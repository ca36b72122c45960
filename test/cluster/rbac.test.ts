/**
 * The RBAC evaluator against a real API server: the same worlds, the same questions, the same answers. The worlds are
 * random, all on one server at once; `SEED=7 npm run test:cluster -- rbac` plays others.
 */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/base/json.ts';
import { apiResources } from '../../src/effect/rbac/api-resources.ts';
import { can } from '../../src/effect/rbac/can.ts';
import type { Attributes } from '../../src/effect/rbac/compiled.ts';
import { covers, uncovered } from '../../src/effect/rbac/covers.ts';
import { defaultObjects, defaultRules } from '../../src/effect/rbac/default-roles.ts';
import { readObjects } from '../../src/effect/rbac/objects.ts';
import { permissionsOf } from '../../src/effect/rbac/permission.ts';
import type { PolicyRule } from '../../src/effect/rbac/rule.ts';
import { loadRbac, type RbacWorld, type Subject, userNameOf } from '../../src/effect/rbac/world.ts';
import { anyQuestion, anySubject, world } from '../effect/rbac/arbitrary.ts';
import { bootstrapRoles } from './bootstrap-roles.ts';
import { startCluster, type TestCluster } from './cluster.ts';
import { aggregated, ask, concurrently, create, namespace, rulesOf, seed } from './rbac-live.ts';
import { createEnclave } from './rbac-worlds.ts';

const worlds = 220;
const questionsPerWorld = 12;

interface Case {
  readonly objects: readonly KubernetesObject[];
  readonly namespaces: readonly string[];
  readonly questions: readonly (readonly [Subject, Attributes])[];
}

function randomCases(): readonly Case[] {
  const questions = fc.array(fc.tuple(anySubject, anyQuestion), {
    minLength: questionsPerWorld,
    maxLength: questionsPerWorld,
  });
  return fc.sample(fc.tuple(world, questions), { numRuns: worlds, seed }).map(([objects, asked], number) => {
    const enclave = createEnclave(number);
    return {
      objects: enclave.objects(objects),
      namespaces: enclave.namespaces,
      questions: asked.map(([subject, question]) => [enclave.subject(subject), enclave.question(question)]),
    };
  });
}

/** Everybody whom the default bindings name, and for each default ClusterRole one who has it, here or everywhere. */
function holdersOfDefaults(): {
  readonly objects: readonly KubernetesObject[];
  readonly subjects: readonly Subject[];
} {
  const names = defaultObjects
    .filter(({ kind }) => kind === 'ClusterRole')
    .map(({ metadata }) => metadata.name);
  const objects = names.flatMap((role) => [
    binding('ClusterRoleBinding', role, { name: `has-${role}` }),
    binding('RoleBinding', role, { name: `has-${role}`, namespace: 'ns1' }),
  ]);
  const named = readObjects(defaultObjects).bindings.flatMap(({ subjects }) => subjects);
  const subjects = [
    ...names
      .flatMap((role) => [`ClusterRoleBinding:${role}`, `RoleBinding:${role}`])
      .map((user) => person(user)),
    ...named.map((subject) => {
      const user = userNameOf(subject);
      return user === null ? person('nobody', [subject.name]) : person(user);
    }),
  ];
  return { objects, subjects };
}

function person(user: string, groups: readonly string[] = []): Subject {
  return { user, groups: [...groups, 'system:authenticated'] };
}

function binding(kind: string, role: string, metadata: KubernetesObject['metadata']): KubernetesObject {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind,
    metadata,
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup, kind: 'User', name: `${kind}:${role}` }],
  };
}

/** Questions about what the API server serves, half of them about what some default role speaks of. */
function aboutDefaults(): fc.Arbitrary<Attributes> {
  const anyVerb = [
    'get',
    'list',
    'watch',
    'create',
    'update',
    'patch',
    'delete',
    'deletecollection',
    'impersonate',
  ];
  const rules = defaultObjects.flatMap(({ kind, metadata }) =>
    kind === 'ClusterRole' ? defaultRules(metadata.name).filter(({ resources }) => resources.length > 0) : [],
  );
  const served = fc.constantFrom(...apiResources).chain(({ group, name, subresources }) =>
    fc.record({
      verb: fc.constantFrom(...anyVerb),
      group: fc.constant(group),
      resource: fc.constantFrom(name, ...Object.keys(subresources).map((sub) => `${name}/${sub}`)),
      name: fc.constantFrom('', 'a'),
    }),
  );
  const ruled = fc.constantFrom(...rules).chain((rule) =>
    fc.record({
      verb: fc.constantFrom(...rule.verbs, 'get'),
      group: fc.constantFrom(...rule.apiGroups),
      resource: fc.constantFrom(...rule.resources),
      name: fc.constantFrom('', 'a', ...rule.resourceNames),
    }),
  );
  return fc
    .tuple(fc.oneof(served, ruled), fc.constantFrom('', 'ns1', 'ns2', 'kube-system'))
    .map(([{ resource: path, ...asked }, namespace]) => {
      const [resource = '', subresource = ''] = path.split('/');
      return { ...asked, resource, subresource, namespace };
    });
}

/** What the evaluator says that somebody may do in a namespace, in the shape of rules. */
function ourRules(loaded: RbacWorld, subject: Subject, namespace: string): readonly PolicyRule[] {
  return permissionsOf(loaded, subject)
    .filter((each) => each.kind === 'url' || each.namespace === null || each.namespace === namespace)
    .map((each) =>
      each.kind === 'url'
        ? { verbs: each.verbs, apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [each.url] }
        : {
            verbs: each.verbs,
            apiGroups: [each.group],
            resources: [each.resource],
            resourceNames: each.names,
            nonResourceURLs: [],
          },
    );
}

/** A line each, and no more of them than somebody reads. */
function shown(disagreements: readonly unknown[]): readonly string[] {
  return disagreements.slice(0, 10).map((each) => JSON.stringify(each));
}

describe(`RBAC on a live server, seed ${seed}`, () => {
  let cluster: TestCluster;
  const cases = randomCases();
  const holders = holdersOfDefaults();

  beforeAll(async () => {
    cluster = await startCluster();
    const api = await cluster.api();
    const namespaces = ['ns1', 'ns2', ...cases.flatMap((each) => each.namespaces)];
    await create(api, namespaces.map(namespace));
    await create(api, [...holders.objects, ...cases.flatMap(({ objects }) => objects)]);
    await aggregated(api);
  });
  afterAll(async () => await cluster?.stop());

  /** Asks both; gives what they answer differently. */
  async function compare(
    asked: readonly (readonly [RbacWorld, Subject, Attributes])[],
    what: string,
  ): Promise<readonly string[]> {
    const answers = await concurrently(asked, async ([loaded, subject, question]) => {
      const ours = can(loaded, subject, question).allowed;
      return { subject, question, ours, theirs: await ask(cluster, subject, question) };
    });
    const allowed = answers.filter(({ theirs }) => theirs).length;
    process.stdout.write(`  SubjectAccessReview: ${answers.length} ${what}, ${allowed} allowed\n`);
    expect(allowed).toBeGreaterThan(answers.length / 20);
    return shown(answers.filter(({ ours, theirs }) => ours !== theirs));
  }

  test('knows the roles and bindings that the server came with', async () => {
    expect(await bootstrapRoles(cluster)).toEqual(defaultObjects);
  });

  test('answers as the server in every random world', async () => {
    const asked = cases.flatMap(({ objects, questions }) => {
      const loaded = loadRbac([...objects, ...defaultObjects]);
      return questions.map(([subject, question]) => [loaded, subject, question] as const);
    });
    expect(await compare(asked, `questions in ${cases.length} worlds`)).toEqual([]);
  });

  test('answers as the server about the default roles', async () => {
    const loaded = loadRbac([...defaultObjects, ...holders.objects]);
    const questions = fc.sample(fc.tuple(fc.constantFrom(...holders.subjects), aboutDefaults()), {
      numRuns: 2000,
      seed,
    });
    const asked = questions.map(([subject, question]) => [loaded, subject, question] as const);
    expect(await compare(asked, 'questions about the default roles')).toEqual([]);
  });

  test('lists what a SelfSubjectRulesReview lists', async () => {
    const asked = cases.flatMap(({ objects, namespaces, questions }) => {
      const loaded = loadRbac([...objects, ...defaultObjects]);
      const [first, second] = questions;
      return [first, second].flatMap((each, index) =>
        each === undefined ? [] : [{ loaded, subject: each[0], namespace: namespaces[index] ?? '' }],
      );
    });
    let falseUrls = 0;
    const answers = await concurrently(asked, async ({ loaded, subject, namespace }) => {
      const theirs = await rulesOf(cluster, subject, namespace);
      const ours = ourRules(loaded, subject, namespace);
      const resources = ours.filter(({ resources: of }) => of.length > 0);
      // The review lists URLs of RoleBindings too, which the authorizer then denies: asking it settles that.
      const claimed = uncovered(ours, theirs.urls).flatMap(({ verbs, nonResourceURLs }) =>
        verbs.flatMap((verb) => nonResourceURLs.map((nonResourceURL) => ({ verb, nonResourceURL }))),
      );
      falseUrls += claimed.length;
      const denied = await concurrently(claimed, async (each) => !(await ask(cluster, subject, each)));
      const agreed =
        covers(theirs.resources, resources) &&
        covers(resources, theirs.resources) &&
        covers(
          theirs.urls,
          ours.filter(({ nonResourceURLs }) => nonResourceURLs.length > 0),
        ) &&
        denied.every(Boolean);
      return { agreed, subject, namespace, ours, theirs };
    });
    process.stdout.write(
      `  SelfSubjectRulesReview: ${answers.length} lists, ${falseUrls} URLs of RoleBindings in them that the authorizer denies\n`,
    );
    expect(shown(answers.filter(({ agreed }) => !agreed))).toEqual([]);
  });
});
