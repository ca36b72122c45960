import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/base/json.ts';
import { can } from '../../../src/effect/rbac/can.ts';
import type { Attributes } from '../../../src/effect/rbac/compiled.ts';
import { gainedBetween, type Permission, permissionsOf } from '../../../src/effect/rbac/permission.ts';
import { loadRbac } from '../../../src/effect/rbac/world.ts';
import { anyBinding, anyQuestion, anySubject, world } from './arbitrary.ts';
import { oracleAllows } from './oracle.ts';

/** Whether the list of permissions allows it, read as one reads a rule. */
function listAllows(permissions: readonly Permission[], asked: Attributes): boolean {
  return permissions.some((permission) => {
    if (!permission.verbs.some((verb) => verb === '*' || verb === asked.verb)) return false;
    if ('nonResourceURL' in asked) {
      if (permission.kind !== 'url') return false;
      const { url } = permission;
      return (
        url === asked.nonResourceURL ||
        (url.endsWith('*') && asked.nonResourceURL.startsWith(url.slice(0, -1)))
      );
    }
    if (permission.kind !== 'resource') return false;
    const { group, resource, names, namespace } = permission;
    const combined = asked.subresource === '' ? asked.resource : `${asked.resource}/${asked.subresource}`;
    return (
      [asked.group, '*'].includes(group) &&
      [combined, '*', ...(asked.subresource === '' ? [] : [`*/${asked.subresource}`])].includes(resource) &&
      (names.length === 0 || names.includes(asked.name)) &&
      (namespace === null || (asked.namespace !== '' && namespace === asked.namespace))
    );
  });
}

const runs = { numRuns: 1000 };

describe('over random worlds', () => {
  test('can answers as a literal transcription of Kubernetes does', () => {
    fc.assert(
      fc.property(
        world,
        anySubject,
        fc.array(anyQuestion, { minLength: 5, maxLength: 20 }),
        (objects, subject, asked) => {
          const loaded = loadRbac(objects);
          for (const each of asked)
            expect([each, can(loaded, subject, each).allowed]).toEqual([
              each,
              oracleAllows(objects, subject, each),
            ]);
        },
      ),
      runs,
    );
  });

  test('permissionsOf allows exactly what can allows', () => {
    fc.assert(
      fc.property(
        world,
        anySubject,
        fc.array(anyQuestion, { minLength: 5, maxLength: 20 }),
        (objects, subject, asked) => {
          const loaded = loadRbac(objects);
          const permissions = permissionsOf(loaded, subject);
          for (const each of asked)
            expect([each, listAllows(permissions, each)]).toEqual([each, can(loaded, subject, each).allowed]);
        },
      ),
      runs,
    );
  });

  test('permissionsOf is minimal: without any one verb on any one thing it allows less', () => {
    fc.assert(
      fc.property(world, anySubject, (objects, subject) => {
        const all = permissionsOf(loadRbac(objects), subject);
        for (const [index, permission] of all.entries())
          for (const verb of permission.verbs) {
            const lessVerbs = permission.verbs.filter((other) => other !== verb);
            const without = all.with(index, { ...permission, verbs: lessVerbs });
            expect(gainedBetween(without, all)).toHaveLength(1);
          }
      }),
      { numRuns: 500 },
    );
  });

  test('the order of objects, subjects and rules does not matter', () => {
    const shuffled = world.chain((objects) =>
      fc.tuple(fc.constant(objects), fc.shuffledSubarray([...objects], { minLength: objects.length })),
    );
    fc.assert(
      fc.property(shuffled, anySubject, anyQuestion, ([objects, other], subject, asked) => {
        const [one, two] = [loadRbac(objects), loadRbac(other)];
        expect(permissionsOf(two, subject)).toEqual(permissionsOf(one, subject));
        expect(can(two, subject, asked).allowed).toBe(can(one, subject, asked).allowed);
      }),
      runs,
    );
  });

  test('a binding more never takes a permission away', () => {
    fc.assert(
      fc.property(world, anyBinding, anySubject, anyQuestion, (objects, more, subject, asked) => {
        const [before, after] = [loadRbac(objects), loadRbac([...objects, more])];
        const [was, is] = [before, after].map((each) => can(each, subject, asked).allowed);
        expect(was === true && is === false).toBe(false);
        expect(gainedBetween(permissionsOf(after, subject), permissionsOf(before, subject))).toEqual([]);
      }),
      runs,
    );
  });

  test('what is gained and what was held make what is there', () => {
    fc.assert(
      fc.property(world, anyBinding, anySubject, anyQuestion, (objects, more, subject, asked) => {
        const [before, after] = [objects, [...objects, more]].map((each: readonly KubernetesObject[]) =>
          permissionsOf(loadRbac(each), subject),
        );
        if (before === undefined || after === undefined) throw new Error('two worlds were asked for');
        const gained = gainedBetween(before, after);
        expect(listAllows([...before, ...gained], asked)).toBe(listAllows(after, asked));
      }),
      runs,
    );
  });
});
