import { describe, expect, test } from 'vitest';
import { decideBranch } from '../../src/lifecycle/branch.ts';
import { objectsOf, withWarnings } from '../../src/lifecycle/alarms.ts';
import type { BranchWorld, CommentFacts, FileFacts, TipFacts } from '../../src/lifecycle/facts.ts';
import { brokenStatements, invariantDangers } from '../../src/lifecycle/invariants.ts';
import { planRequest } from '../../src/lifecycle/plan.ts';
import { readTrusted } from '../../src/lifecycle/trusted.ts';
import { validateRepository } from '../../src/lifecycle/validate.ts';
import { granted, landed, tipWith } from './branch-world.ts';
import { commentMarker } from '../../src/lifecycle/comments.ts';
import { tooComplex } from './too-complex.ts';
import {
  file,
  minute,
  noon,
  people,
  repository,
  repositoryFiles,
  requestFile,
  requestText,
  teams,
} from './world.ts';

const policyPath = '.github/curfew.yaml';
const policyText = repositoryFiles().get(policyPath) ?? '';

/** The shipped policy with these statements in place of its own. */
function policyWith(...statements: readonly string[]): string {
  const list = statements.map((statement) => `    - ${statement}\n`).join('');
  return policyText.replace(/^  invariants:[^]*?(?=^  paused:)/m, `  invariants:\n${list}`);
}

/** Breaks with the access pod of a network path. */
const nobodyInPayments =
  '{name: no access pods in payments, never: {from: {namespace: payments, pods: curfew.dev/grant}, to: {namespace: payments}}}';
const holds =
  '{name: nothing reaches vault, never: {from: {namespaces: "!nothing"}, to: {namespace: vault}}}';
const brokenAlready =
  '{name: no ingress, never: {from: {namespace: kube-system}, to: {namespace: payments}}, clusters: [prod-eu]}';

const networkPath = requestText
  .replace('debug-pod', 'network-path')
  .replace('app: payments-api', 'app: payments-api\n    port: 8443');

function plan(tip: TipFacts, text = networkPath) {
  return planRequest({
    repositoryId: repository.id,
    tip,
    file: file(requestFile, text),
    pullRequest: 12,
    openedAt: noon,
    requester: people.alice,
    subjectAccount: null,
    teams,
  });
}

describe('statements of the policy', () => {
  test.each([
    ['{name: x, nevr: {}}', 'invariants[0].nevr: is not known'],
    [
      '{name: x, defaultDeny: {}, clusters: [prod-us]}',
      'invariants[0].clusters[0]: "prod-us" is not a cluster',
    ],
    ['{name: x, defaultDeny: {}, clusters: []}', 'invariants[0].clusters: names no cluster'],
  ])('that are in fault make it invalid: %s', (statement, message) => {
    const text = policyWith(statement);
    const line = text.split('\n').findIndex((each) => each.includes(statement)) + 1;
    const tip = tipWith([[policyPath, text]]);
    expect(readTrusted(tip).policy).toBeNull();
    expect(readTrusted(tip).faults).toContainEqual(
      expect.objectContaining({ file: policyPath, line, message: expect.stringContaining(message) }),
    );
    const faults = validateRepository(new Map([...repositoryFiles(), [policyPath, text]]));
    expect(faults).toContainEqual(expect.objectContaining({ file: policyPath, line }));
  });

  test('that do not hold by the files alone are a fault, where the policy makes them', () => {
    const text = policyWith(holds, brokenAlready);
    const faults = validateRepository(new Map([...repositoryFiles(), [policyPath, text]]));
    const line = text.split('\n').findIndex((each) => each.includes(brokenAlready)) + 1;
    expect(faults).toEqual([expect.objectContaining({ file: policyPath, line })]);
    expect(faults[0]?.message).toMatch(
      /^"no ingress" does not hold on prod-eu: kube-system\/ingress.* may reach payments\//,
    );
    expect(validateRepository(repositoryFiles())).toEqual([]);
  });

  test('are no more than can be checked all the time', () => {
    const many = (count: number) =>
      policyWith(...Array.from({ length: count }, (_, n) => `{name: s${n}, defaultDeny: {}}`));
    expect(readTrusted(tipWith([[policyPath, many(100)]])).policy).not.toBeNull();
    expect(readTrusted(tipWith([[policyPath, many(101)]])).faults).toMatchObject([
      { message: expect.stringContaining('too many') },
    ]);
  });

  test('refuse a request whose grant would break one, and no other', () => {
    const refused = plan(tipWith([[policyPath, policyWith(nobodyInPayments)]]));
    expect(refused).toMatchObject({ ok: false, findings: [{ code: 'danger-refused' }] });
    expect(refused.ok ? '' : refused.findings[0]?.message).toMatch(
      /^"no access pods in payments" does not hold on staging: payments\/.* may reach payments\/payments-api\[Deployment\] on TCP 8443/,
    );
    expect(plan(tipWith([[policyPath, policyWith(nobodyInPayments)]]), requestText)).toMatchObject({
      ok: true,
    });
    expect(plan(tipWith([[policyPath, policyWith(holds, brokenAlready)]]))).toMatchObject({ ok: true });
  });

  test('see what a grant puts in place of an object that the snapshot has without its namespace', () => {
    const pod = (app: string) =>
      `kind: Pod\napiVersion: v1\nmetadata: {name: ${app}, namespace: default, labels: {app: ${app}}}\n`;
    const policy = { kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1' };
    const closed = {
      ...policy,
      metadata: { name: 'p' },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    };
    const open = {
      ...policy,
      metadata: { name: 'p', namespace: 'default' },
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
    };
    const statement =
      '{name: closed, never: {from: {namespace: default, pods: app=web}, to: {namespace: default, pods: app=db}}}';
    const tip = tipWith([
      [policyPath, policyWith(statement)],
      ['clusters/staging/default.yaml', [pod('web'), pod('db'), JSON.stringify(closed)].join('---\n')],
    ]);
    expect(brokenStatements(tip, 'staging', [])).toEqual([]);
    expect(brokenStatements(tip, 'staging', [open])).toMatchObject([{ statement: 'closed' }]);
  });

  test('of which more is broken than is looked for refuse, for nobody knows what a grant adds', () => {
    const busy =
      '{name: quiet, never: {from: [{namespace: lab}, {namespace: payments, pods: curfew.dev/grant}], to: [{namespace: lab}, {namespace: payments}]}}';
    const labWith = (pods: number): FileFacts =>
      file(
        'clusters/staging/lab.yaml',
        Array.from(
          { length: pods },
          (_, n) => `apiVersion: v1\nkind: Pod\nmetadata: {name: toy-${n}, namespace: lab}\nspec: {}\n`,
        ).join('---\n'),
      );
    const tip = tipWith([[policyPath, policyWith(busy)]]);
    const messages = [2, 20].map((pods) => {
      const planned = plan({ ...tip, clusters: [labWith(pods), ...tip.clusters] });
      return planned.ok ? [] : planned.findings.map(({ message }) => message);
    });
    expect(messages[0]?.[0]).toMatch(/^"quiet" does not hold on staging: payments\/.* may reach payments\//);
    expect(messages[1]).toEqual([
      '"quiet" does not hold on staging: more than 100 flows break it, and only those are known',
    ]);
  });

  test('that cannot be checked refuse whatever they are about', () => {
    const clusters = [file('clusters/staging/more.yaml', tooComplex())];
    const [pod] = objectsOf(granted(networkPath)).filter(({ kind }) => kind === 'Pod');
    const tip = { ...tipWith([[policyPath, policyWith(nobodyInPayments)]]), clusters };
    expect(pod).toBeDefined();
    expect(invariantDangers(tip, 'staging', pod === undefined ? [] : [pod])).toMatchObject([
      {
        rule: 'network-invariant',
        refusedAlways: true,
        message: expect.stringContaining('no statement can be checked'),
      },
    ]);
  });
});

describe('the default branch', () => {
  const grant = granted(networkPath);

  function decide(
    statement: string,
    comments: readonly CommentFacts[] = [],
    files: readonly (readonly [string, string])[] = [],
  ) {
    const { tip } = landed({
      text: networkPath,
      files: [[grant.file.path, grant.file.text ?? ''], [policyPath, policyWith(statement)], ...files],
    });
    const world: BranchWorld = {
      now: noon + 5 * minute,
      repository,
      tip,
      landings: new Map([[requestFile, { ...grant.landing, grantHistory: [grant.made] }]]),
      commands: [{ pullRequest: 12, comments }],
      reverts: [],
      merges: [],
      verdicts: new Map(),
    };
    const now = noon + 5 * minute;
    return decideBranch(world, {
      teams,
      accounts: new Map(),
      blobs: new Map(),
      localNow: now,
      latestNow: now,
    });
  }

  function told(body: string): CommentFacts {
    return { id: 1, author: people.curfew, body, createdAt: noon, edited: false, editedBy: null };
  }

  const comment = `${commentMarker}\n**Approved.**\n\nGranted by ${grant.made.sha}.\n\nMore.\n`;

  test('says nothing where every statement holds', () => {
    expect(decide(holds, [told(comment)])).toMatchObject({ alarms: [], retold: [] });
  });

  test('says what does not hold without any grant, on no pull request', () => {
    const { alarms, retold, inForce } = decide(brokenAlready, [told(comment)]);
    expect(inForce).toHaveLength(1);
    expect(alarms[0]).toMatchObject({ path: 'clusters/prod-eu', pullRequest: null });
    expect(alarms[0]?.text).toContain(
      '"no ingress" does not hold on prod-eu: kube-system/ingress[DaemonSet] may reach',
    );
    expect(retold).toEqual([]);
  });

  test('names the grant that breaks a statement, and says so on its pull request, once', () => {
    const { alarms, retold } = decide(nobodyInPayments, [told(comment)]);
    expect(alarms).not.toEqual([]);
    expect(alarms.every(({ path }) => path === grant.file.path)).toBe(true);
    expect(alarms[0]).toMatchObject({ pullRequest: 12 });
    expect(retold).toHaveLength(1);
    const body = retold[0]?.body ?? '';
    expect(body).toContain(
      '> [!WARNING]\n> While this access is in force, a statement of the policy does not hold.',
    );
    expect(body).toContain(`Granted by ${grant.made.sha}.`);
    expect(decide(nobodyInPayments, [told(body)]).retold).toEqual([]);
    // And takes it back once it holds again.
    expect(decide(holds, [told(body)]).retold).toEqual([{ pullRequest: 12, body: comment }]);
  });

  test('works none of it out before all is gone that has to go', () => {
    const odd = ['grants/staging/odd.txt', 'odd'] as const;
    const { foreign, inForce, alarms, retold } = decide(nobodyInPayments, [told(comment)], [odd]);
    expect(foreign).toHaveLength(1);
    expect(inForce).toHaveLength(1);
    expect({ alarms, retold }).toEqual({ alarms: [], retold: [] });
  });

  test('does not blame a grant for what does not hold without it', () => {
    const everywhere = brokenAlready.replace(', clusters: [prod-eu]', '');
    const { alarms } = decide(`${nobodyInPayments}\n    - ${everywhere}`, [told(comment)]);
    const blamed = alarms.filter(({ pullRequest }) => pullRequest !== null).map(({ text }) => text);
    expect(blamed.length).toBeGreaterThan(0);
    expect(blamed.every((text) => text.startsWith('"no access pods'))).toBe(true);
    const paths = alarms.filter(({ text }) => text.startsWith('"no ingress"')).map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set(['clusters/prod-eu', 'clusters/staging']));
  });

  test('a warning neither adds to nor takes from anything else of the comment', () => {
    expect(withWarnings(comment, [])).toBe(comment);
    const alarm = { path: 'p', pullRequest: 1, text: 'a $& b' };
    expect(withWarnings(withWarnings(comment, [alarm]), [])).toBe(comment);
    expect(withWarnings(comment, [alarm])).toContain('a ');
  });
});
