import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decidePullRequest, pullRequestNeeds } from '../../src/lifecycle/pull-request.ts';
import { purposeOf } from '../../src/lifecycle/candidate.ts';
import type { ChangedFile } from '../../src/lifecycle/facts.ts';
import { judgeProposal } from '../../src/lifecycle/proposal/judge.ts';
import { describeProposal } from '../../src/lifecycle/proposal/report.ts';
import { proposedTip } from '../../src/lifecycle/proposal/tip.ts';
import { itemsOf, judge, proposed, standing, type Given } from './proposal-world.ts';
import {
  context,
  file,
  head,
  pullRequestOf,
  repository,
  repositoryFiles,
  requestText,
  sha,
  worldOf,
  people,
} from './world.ts';
import { tooComplex } from './too-complex.ts';

const policyPath = '.github/curfew.yaml';
const ownersPath = '.github/CODEOWNERS';
const rolePath = 'templates/roles/debug-pod.yaml';
const templatePath = 'templates/network-path.yaml';
const policiesPath = 'clusters/prod-eu/network-policies.yaml';
const catalogPath = 'clusters/staging/catalog.yaml';

const shipped = repositoryFiles();

/** The shipped text of a file with one thing changed; throws where that is not there. */
function edited(path: string, from: string | RegExp, to: string): string {
  const text = shipped.get(path) ?? '';
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${path} does not hold ${String(from)}`);
  return changed;
}

const moreRules = "  - apiGroups: ['']\n    resources: [configmaps]\n    verbs: [get]\n";
const widerRole = `${(shipped.get(rolePath) ?? '').trimEnd()}\n${moreRules}`;
const narrowerRole = edited(rolePath, 'verbs: [get, list, watch]', 'verbs: [get, list]');

const openRequest = pullRequestOf({
  number: 21,
  addedFile: file('access-requests/prod-eu/payments/later.yaml', requestText),
  files: [{ path: 'access-requests/prod-eu/payments/later.yaml', change: 'added', previousPath: null }],
});

function codes(texts: Readonly<Record<string, string | null>>, given?: Given): readonly string[] {
  return judge(texts, given).findings.map(({ code }) => code);
}

describe('which pull requests are proposals', () => {
  function purpose(files: readonly ChangedFile[]): string {
    return purposeOf(pullRequestOf({ files }), repository).kind;
  }
  const modified = (path: string): ChangedFile => ({ path, change: 'modified', previousPath: null });

  test.each([
    policyPath,
    ownersPath,
    'CODEOWNERS',
    'docs/CODEOWNERS',
    rolePath,
    templatePath,
    policiesPath,
    'clusters/new/a/b.yaml',
  ])('%s', (path) => {
    expect(purpose([modified(path), modified('README.md')])).toBe('proposal');
    expect(purpose([{ path: 'old.yaml', change: 'renamed', previousPath: path }])).toBe('proposal');
    // Together with a request it stays refused as it was.
    expect(purpose([modified(path), modified('access-requests/staging/payments/a.yaml')])).toBe('refused');
  });

  test.each([
    'README.md',
    '.github/workflows/ci.yaml',
    'templates/a/b.yaml',
    'docs/clusters/a.yaml',
    'clusters',
  ])('none by %s', (path) => {
    expect(purpose([modified(path)])).toBe('none');
  });

  test('nothing more is read for what touches nothing of ours', () => {
    const world = worldOf({ pullRequest: pullRequestOf({ files: [modified('README.md')] }) });
    expect(pullRequestNeeds(world)).toEqual({ teams: [], account: null, standing: false });
  });

  test('one from a fork is refused unread: a fork is anybody’s, and judging costs time', () => {
    const world = worldOf({ pullRequest: pullRequestOf({ files: [modified(rolePath)], fromFork: true }) });
    expect(pullRequestNeeds(world).standing).toBe(false);
    expect(decidePullRequest(world, context)).toMatchObject({
      findings: [{ code: 'from-fork' }],
      check: { conclusion: 'failure' },
    });
  });

  test('one from a fork leaves the check run of a shared head to the other', () => {
    const shared = { files: [modified(rolePath)], fromFork: true, sameHead: [13] };
    expect(decidePullRequest(worldOf({ pullRequest: pullRequestOf(shared) }), context).check).toBeNull();
  });

  test('where there is no policy only one that brings it is judged', () => {
    const tip = { ...standing().world.tip, policy: null };
    const elsewhere = worldOf({ tip, pullRequest: pullRequestOf({ files: [modified(templatePath)] }) });
    expect(pullRequestNeeds(elsewhere).standing).toBe(false);
    expect(decidePullRequest(elsewhere, context).findings).toMatchObject([{ code: 'not-ours' }]);
    const first = worldOf({ tip, pullRequest: pullRequestOf({ files: [modified(policyPath)] }) });
    expect(pullRequestNeeds(first).standing).toBe(true);
    const adopting = standing({ grant: null });
    const change = proposed({ [policyPath]: shipped.get(policyPath) ?? '' });
    const report = judgeProposal(change, { ...adopting, world: { ...adopting.world, tip } });
    expect(report.findings.map(({ code }) => code)).toEqual(['proposal-sound']);
  });

  test('it is decided with no comment and no merge, whatever it brings', () => {
    const world = worldOf({
      pullRequest: pullRequestOf({
        files: [modified(rolePath)],
        proposed: proposed({ [rolePath]: widerRole }),
      }),
    });
    expect(pullRequestNeeds(world)).toEqual({ teams: [], account: null, standing: true });
    const decision = decidePullRequest(world, { ...context, standing: standing() });
    expect(decision).toMatchObject({ action: 'none', comment: null, check: { conclusion: 'success' } });
    expect(() => decidePullRequest(world, context)).toThrow('pullRequestNeeds');
  });
});

describe('the proposed tip', () => {
  const { tip } = standing().world;

  test('has the changed files in place of those of the tip, and the others as they are', () => {
    const after = proposedTip(
      tip,
      proposed({ [rolePath]: null, 'templates/new.yaml': 'x', [policyPath]: 'y' }),
    );
    expect(after.roles.map(({ path }) => path)).not.toContain(rolePath);
    expect(after.roles).toHaveLength(tip.roles.length - 1);
    expect(after.templates.map(({ path }) => path)).toContain('templates/new.yaml');
    expect(after.policy?.text).toBe('y');
    expect(after.clusters).toBe(tip.clusters);
    expect(after.grants).toBe(tip.grants);
  });

  test('reads the CODEOWNERS that GitHub would', () => {
    const path = (texts: Record<string, string | null>) => proposedTip(tip, proposed(texts)).codeowners?.path;
    expect(path({ 'docs/CODEOWNERS': 'x', [ownersPath]: 'y' })).toBe(ownersPath);
    expect(path({ CODEOWNERS: 'x', [ownersPath]: null })).toBe('CODEOWNERS');
    expect(path({ [ownersPath]: null })).toBeUndefined();
    const inDocs = { ...tip, codeowners: file('docs/CODEOWNERS', '* @a') };
    const change = { files: new Map([['CODEOWNERS', file('CODEOWNERS', '* @b')]]) };
    expect(proposedTip(inDocs, { ...proposed({}), ...change }).codeowners?.path).toBe('CODEOWNERS');
  });
});

describe('valid or not', () => {
  test('a file in fault is refused with its line, and what follows from it is not said', () => {
    const text = widerRole.replace(/verbs: \[get\]\n$/, 'verb: [get]\n');
    const { findings, faults } = judge({ [rolePath]: text });
    const line = text.split('\n').length - 1;
    expect(findings).toMatchObject([{ code: 'proposal-invalid' }]);
    expect(faults.every((fault) => fault.file === rolePath)).toBe(true);
    expect(faults).toContainEqual(expect.objectContaining({ line }));
  });

  test.each([
    ['a policy that is none', { [policyPath]: 'apiVersion: curfew.dev/v1\nkind: Policy\nspec: {}\n' }],
    ['no policy', { [policyPath]: null }],
    ['a snapshot that is no YAML', { [policiesPath]: 'a: [b\n' }],
    ['a snapshot of no cluster of the policy', { 'clusters/prod-us/a.yaml': '' }],
    ['a role that a template still binds', { [rolePath]: null }],
    ['a template that the policy still names', { [templatePath]: null }],
    ['a role under another name', { 'templates/roles/other.yaml': shipped.get(rolePath) ?? '' }],
  ])('%s', (_, texts) => {
    expect(codes(texts)).toContain('proposal-invalid');
  });

  test('a link, and a file that is no text, are refused', () => {
    for (const bad of [file(rolePath, '../x', '120000'), { ...file(rolePath, ''), text: null }]) {
      const change = { ...proposed({}), files: new Map([[rolePath, bad]]) };
      expect(judgeProposal(change, standing()).findings).toMatchObject([{ code: 'proposal-invalid' }]);
    }
  });

  test('faults that were there in other files are not held against it', () => {
    const broken = { 'templates/roles/read-logs.yaml': 'x: 1\n' };
    expect(codes({ [rolePath]: narrowerRole }, { files: broken })).toEqual(['proposal-sound']);
    const repaired = shipped.get('templates/roles/read-logs.yaml') ?? '';
    expect(codes({ 'templates/roles/read-logs.yaml': repaired }, { files: broken })).toEqual([
      'proposal-sound',
    ]);
    expect(codes({ [policyPath]: shipped.get(policyPath) ?? '' }, { files: { [policyPath]: '{' } })).toEqual([
      'proposal-sound',
    ]);
  });

  test('too much is not judged', () => {
    const excess = judgeProposal(proposed({}, { excess: 'It changes 1000 files' }), standing());
    expect(excess).toMatchObject({ findings: [{ code: 'proposal-too-large' }], sections: [], faults: [] });
    const role = (n: number) =>
      `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r${n}, labels: {x: "1"}}\naggregationRule: {clusterRoleSelectors: [{matchLabels: {x: "1"}}]}\n`;
    const roles = Array.from({ length: 500 }, (_, n) => role(n)).join('---\n');
    const { findings } = judge({ 'clusters/prod-eu/roles.yaml': roles });
    expect(findings).toMatchObject([{ code: 'proposal-too-large' }]);
    expect(findings[0]?.message).toContain('500 aggregated roles');
  });
});

describe('what templates give', () => {
  const heading = 'What templates give';

  test('a wider role: what is gained, where, and that nobody gets it while the cluster has another', () => {
    const report = judge({ [rolePath]: widerRole });
    const [production, ...others] = itemsOf(report, heading);
    expect(others).toEqual([]);
    expect(production).toContain(
      '**debug-pod** in payments on prod-eu (production) and payments on staging (staging), with app=payments-api',
    );
    expect(production).toContain('gains: get configmaps in payments');
    expect(production).toContain('every request for it would be refused there');
    expect(report.sections.flatMap(({ exact }) => exact)).toContain('+ configmaps: get (in payments)');
  });

  test('says in the title that dangers come', () => {
    const secrets = moreRules.replace('configmaps', 'secrets');
    const { findings } = judge({ [rolePath]: `${(shipped.get(rolePath) ?? '').trimEnd()}\n${secrets}` });
    expect(findings[0]?.message).toContain('1 template would give something else, with new dangers');
    expect(judge({ [rolePath]: narrowerRole }).findings[0]?.message).not.toContain('dangers');
  });

  test('a narrower role: what is lost', () => {
    const report = judge({ [rolePath]: narrowerRole, [catalogPath]: null });
    expect(itemsOf(report, heading).join('\n')).toContain('loses: watch');
  });

  test('another template: what it opens, and what not any more', () => {
    const text = edited(templatePath, /- \{protocol: TCP, port: 53\}\n/, '- {protocol: TCP, port: 5353}\n');
    const [production] = itemsOf(judge({ [templatePath]: text }), heading);
    expect(production).toContain('app=payments-api, port=8443, protocol=TCP');
    expect(production).toMatch(/network: .*5353/);
  });

  test('a new template: all that it gives', () => {
    const text = shipped.get('templates/debug-pod.yaml') ?? '';
    const policy = edited(policyPath, /templates: \[debug-pod, /, 'templates: [debug-more, debug-pod, ');
    const [first] = itemsOf(judge({ 'templates/debug-more.yaml': text, [policyPath]: policy }), heading);
    expect(first).toContain('**debug-more** in payments on prod-eu');
    expect(first).toContain('gains: ');
    expect(first).toContain('further approvals would be asked for there');
  });

  test('one of another scope: nothing is compared that cannot be', () => {
    const cluster = edited('templates/cluster-read.yaml', 'scope: cluster', 'scope: namespace').replace(
      'ClusterRoleBinding',
      'RoleBinding',
    );
    const policy = edited(
      policyPath,
      '[prod-eu/_cluster, staging/_cluster]',
      '[prod-eu/payments, staging/payments]',
    );
    const [item] = itemsOf(judge({ 'templates/cluster-read.yaml': cluster, [policyPath]: policy }), heading);
    expect(item).toContain('**cluster-read** in payments on prod-eu');
    expect(item).toContain('gains: ');
    const back = { files: { 'templates/cluster-read.yaml': cluster, [policyPath]: policy } };
    const original = shipped.get('templates/cluster-read.yaml') ?? '';
    expect(
      itemsOf(
        judge({ 'templates/cluster-read.yaml': original, [policyPath]: shipped.get(policyPath) ?? '' }, back),
        heading,
      )[0],
    ).toContain('**cluster-read** in the whole cluster on prod-eu');
  });

  test('one that is removed, and one that nobody may ask for', () => {
    const policy = edited(
      policyPath,
      /\[read-logs, debug-pod, network-path, restart-deployment\]/,
      '[read-logs]',
    ).replace('[debug-pod, network-path, restart-deployment]', '[read-logs]');
    const gone = judge({ [templatePath]: null, [policyPath]: policy });
    expect(itemsOf(gone, heading)).toContain('**network-path** is removed: nobody can ask for it any more');
    const text = edited(templatePath, 'max: 4h', 'max: 3h');
    expect(itemsOf(judge({ [templatePath]: text, [policyPath]: policy }), heading)).toContain(
      '**network-path**: no entry of the policy lets anybody ask for it',
    );
  });

  test('nothing where no template changes', () => {
    expect(
      itemsOf(judge({ [policyPath]: edited(policyPath, 'maxDuration: 8h', 'maxDuration: 7h') }), heading),
    ).toEqual([]);
  });
});

describe('grants in force', () => {
  const heading = 'Grants in force';
  const withoutAlice = edited(policyPath, /^.*login: alice.*\n/m, '');

  test.each([
    ['a role that is wider', { [rolePath]: widerRole }, 'The role curfew:&#8203;debug-pod gives more'],
    ['a role that is gone', { [rolePath]: null }, 'is not in the catalog any more'],
    ['an identity that is gone', { [policyPath]: withoutAlice }, 'The policy no longer maps alice'],
    [
      'a namespace that is protected',
      {
        [policyPath]: edited(
          policyPath,
          'protectedNamespaces: [vault]',
          'protectedNamespaces: [vault, payments]',
        ),
      },
      'The policy no longer lets alice have this',
    ],
  ])('end by %s', (_, texts, why) => {
    const report = judge(texts);
    const [item] = itemsOf(report, heading);
    expect(item).toContain(
      '#12: **alice** has **debug-pod** in payments on staging until 2026-12-01T13:00:00Z',
    );
    expect(item).toContain('would end: ');
    expect(item).toContain(why);
  });

  test('go on with less', () => {
    const [item] = itemsOf(judge({ [rolePath]: narrowerRole }), heading);
    expect(item).toContain('loses: watch');
    expect(item).not.toContain('would end');
  });

  test('come to be dangerous by what a snapshot shows', () => {
    const snapshot = edited(catalogPath, 'resources: [pods, events]', 'resources: [pods, secrets]');
    const [item] = itemsOf(judge({ [catalogPath]: snapshot }), heading);
    expect(item).toContain('new danger, critical: ClusterRole');
  });

  test('are nothing to speak of where nothing becomes of them', () => {
    expect(itemsOf(judge({ [policiesPath]: shipped.get(policiesPath) ?? '' }), heading)).toEqual([]);
    expect(itemsOf(judge({ [rolePath]: widerRole }, { grant: null }), heading)).toEqual([]);
  });
});

describe('requests on the way', () => {
  const heading = 'Requests on the way';
  const given: Given = { open: [openRequest] };

  test.each([
    [
      'refused',
      { [policyPath]: edited(policyPath, /    - name: on-call debugs production\n(?:      .*\n)+/, '') },
      'would be refused: No entry of the policy allows this',
    ],
    [
      'by more people',
      {
        [policyPath]: edited(
          policyPath,
          'approvals: {owners: 1, acme/sre: 1}',
          'approvals: {owners: 1, acme/sre: 2}',
        ),
      },
      'would ask for one of @&#8203;acme/payments (CODEOWNERS line 13), one of @&#8203;acme/security and two of @&#8203;acme/sre to approve, in place of',
    ],
    [
      'by others',
      {
        [ownersPath]: edited(
          ownersPath,
          /^(\/access-requests\/prod-eu\/payments\/\s+).*$/m,
          '$1@acme/orders',
        ),
      },
      'would ask for one of @&#8203;acme/orders (CODEOWNERS line 13)',
    ],
    [
      'of another content',
      {
        'templates/debug-pod.yaml': edited(
          'templates/debug-pod.yaml',
          'curfew.dev/app',
          'curfew.dev/workload',
        ),
      },
      'what it would grant changes, so approvals given until then would no longer count',
    ],
  ])('%s', (_, texts, said) => {
    const [item] = itemsOf(judge(texts, given), heading);
    expect(item).toContain('#21: **alice** asks for **debug-pod** in payments on prod-eu');
    expect(item).toContain(said);
  });

  test('allowed where it was refused', () => {
    const file = openRequest.addedFile;
    const text = (file?.text ?? '').replace('1h', '3h');
    const longer = { ...openRequest, addedFile: file === null ? null : { ...file, text, sha: sha(text) } };
    const policy = edited(policyPath, 'maxDuration: 2h', 'maxDuration: 3h');
    const report = judge({ [policyPath]: policy }, { open: [longer] });
    expect(itemsOf(report, heading).join()).toContain('is refused now, and would be allowed');
  });

  test('the same where nothing of it changes', () => {
    expect(
      itemsOf(judge({ [templatePath]: edited(templatePath, 'max: 4h', 'max: 3h') }, given), heading),
    ).toEqual([]);
  });

  test('says of a team that the tip does not name nothing but its name', () => {
    const policy = edited(policyPath, /requesters: \[acme\/oncall\]/g, 'requesters: [acme/secret]');
    const [item] = itemsOf(judge({ [policyPath]: policy }, given), heading);
    expect(item).toContain('would be refused, unless by way of acme/secret');
  });

  test('all held up', () => {
    const items = itemsOf(
      judge({ [policyPath]: edited(policyPath, 'paused: false', 'paused: true') }),
      heading,
    );
    expect(items).toEqual(['Nothing new would be granted: The policy pauses new grants']);
  });
});

describe('owners', () => {
  const heading = 'Owners';

  test.each([
    ['what decides', edited(ownersPath, /^\/templates\/ .*$/m, '/templates/'), 'templates/new.yaml'],
    ['the grants', edited(ownersPath, /^\/grants\/ .*$/m, '/grants/'), 'grants/new/new/new.yaml'],
    ['CODEOWNERS itself', edited(ownersPath, /^\/\.github\/ .*$/m, '/.github/'), ownersPath],
    ['everything', null, 'clusters/new/new.yaml'],
  ])('who lose %s are a refusal', (_, text, path) => {
    const { findings } = judge({ [ownersPath]: text });
    expect(findings[0]?.code).toBe('proposal-unprotected');
    expect(findings.map(({ message }) => message)).toContain(
      `${path} would have no owner whom GitHub accepts`,
    );
  });

  test('a line in which GitHub finds an error protects nothing', () => {
    const line =
      (shipped.get(ownersPath) ?? '').split('\n').findIndex((each) => each.startsWith('/clusters/')) + 1;
    const change = proposed(
      { [ownersPath]: `${shipped.get(ownersPath)}# more\n` },
      { codeownersErrorLines: [line] },
    );
    const report = judgeProposal(change, standing());
    expect(report.findings[0]).toMatchObject({ code: 'proposal-unprotected' });
    expect(itemsOf(report, heading)).toContain(
      `line ${line}: GitHub finds an error, so nobody owns what it names`,
    );
  });

  test('who change are named, before and after', () => {
    const text = edited(ownersPath, /^(\/access-requests\/staging\/payments\/\s+).*$/m, '$1@acme/sre');
    const report = judge({ [ownersPath]: text });
    expect(report.findings[0]).toMatchObject({
      code: 'proposal-sound',
      message: 'Sound: owners would change',
    });
    expect(itemsOf(report, heading)).toEqual([
      '`access-requests/staging/payments/`: @&#8203;acme/payments → @&#8203;acme/sre',
    ]);
  });

  test('what had no owner before is not held against it', () => {
    const files = { [ownersPath]: edited(ownersPath, /^\/grants\/ .*$/m, '/grants/') };
    expect(codes({ [rolePath]: narrowerRole }, { files })).toEqual(['proposal-sound']);
  });
});

describe('network statements', () => {
  const withoutBaseline = edited(
    policiesPath,
    /metadata:\n  name: default-deny\n  namespace: vault/,
    'metadata:\n  name: some\n  namespace: kube-system',
  );
  const statement =
    '    - {name: no ingress, never: {from: {namespace: kube-system}, to: {namespace: payments}}}\n';
  const brokenPolicy = edited(policyPath, /^  paused:/m, `${statement}  paused:`);

  test('a snapshot that breaks one is refused, with the flow', () => {
    const { findings, sections } = judge({ [policiesPath]: withoutBaseline });
    expect(findings).toContainEqual({
      code: 'invariant-broken',
      message:
        '"every production namespace denies by default" would not hold on prod-eu: vault has no default deny for ingress',
    });
    expect(sections[0]).toMatchObject({ heading: 'Network statements' });
    expect(sections[0]?.items.join()).toContain('no policy selects every pod there');
  });

  test('a statement that does not hold is refused when it comes, and not held against what comes later', () => {
    expect(codes({ [policyPath]: brokenPolicy })).toContain('invariant-broken');
    expect(codes({ [rolePath]: narrowerRole }, { files: { [policyPath]: brokenPolicy } })).toEqual([
      'proposal-sound',
    ]);
    const fixed = { [policyPath]: shipped.get(policyPath) ?? '' };
    expect(codes(fixed, { files: { [policyPath]: brokenPolicy } })).toEqual(['proposal-sound']);
  });

  test('a snapshot that goes leaves them without anything to be checked on, and that is said', () => {
    const gone = Object.fromEntries(
      [...shipped.keys()].flatMap((path) => (path.startsWith('clusters/staging/') ? [[path, null]] : [])),
    );
    const report = judge(gone);
    expect(itemsOf(report, 'Network statements')).toEqual([
      'no statement could be checked on staging any more: its snapshot would be gone',
    ]);
    expect(report.findings[0]).toMatchObject({
      code: 'proposal-sound',
      message: 'Sound: no statement could be checked on staging',
    });
    const noStatements = { [policyPath]: edited(policyPath, /^  invariants:[^]*?(?=^  paused:)/m, '') };
    expect(itemsOf(judge(gone, { files: noStatements }), 'Network statements')).toEqual([]);
  });

  test('of which more is broken than is looked for: what comes on top is not known, and that is said', () => {
    const lab = Array.from(
      { length: 12 },
      (_, n) => `apiVersion: v1\nkind: Pod\nmetadata: {name: toy-${n}, namespace: lab}\nspec: {}\n`,
    ).join('---\n');
    const noisy = edited(
      policyPath,
      /^  paused:/m,
      '    - {name: quiet, never: {from: {namespace: lab}, to: {namespace: lab}}, clusters: [staging]}\n  paused:',
    );
    const report = judge(
      { [rolePath]: narrowerRole },
      { files: { [policyPath]: noisy, 'clusters/staging/lab.yaml': lab } },
    );
    expect(itemsOf(report, 'Network statements')).toEqual([
      '"quiet" does not hold on staging: more than 100 flows break it, and only those are known',
    ]);
    expect(report.findings).toMatchObject([{ code: 'proposal-sound' }]);
  });

  test('what cannot be worked out is refused', () => {
    const { findings } = judge({ 'clusters/prod-eu/more.yaml': tooComplex() });
    expect(findings[0]?.code).toBe('invariant-broken');
    expect(findings[0]?.message).toContain('too complex');
  });
});

describe('whatever is in the files', () => {
  const paths = [...shipped.keys()].filter((path) => !path.startsWith('clusters/') || path.includes('polic'));

  test('there is a verdict, in text that GitHub takes', () => {
    const edit = fc.record({
      path: fc.constantFrom(...paths),
      at: fc.nat(200),
      what: fc.constantFrom('delete', 'repeat', 'indent', 'empty', 'cut', 'remove'),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const texts: Record<string, string | null> = {};
        for (const { path, at, what } of edits) {
          const lines = (texts[path] ?? shipped.get(path) ?? '').split('\n');
          const index = at % lines.length;
          const line = lines[index] ?? '';
          if (what === 'delete') lines.splice(index, 1);
          if (what === 'repeat') lines.splice(index, 0, line);
          if (what === 'indent') lines[index] = `  ${line}`;
          if (what === 'empty') lines[index] = line.replace(/:.*/, ':');
          if (what === 'cut') lines.length = index;
          texts[path] = what === 'remove' ? null : lines.join('\n');
        }
        const report = judgeProposal(proposed(texts), standing({ open: [openRequest] }));
        const { title, summary } = describeProposal(report);
        expect(report.findings.length).toBeGreaterThan(0);
        expect(title).not.toBe('');
        expect(title).not.toContain('\n');
        expect(summary.startsWith('**')).toBe(true);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

describe('nothing of it is believed', () => {
  test('an open request is decided by the tip, whatever else is proposed', () => {
    const world = worldOf();
    const before = decidePullRequest(world, context);
    judgeProposal(proposed({ [policyPath]: null, [ownersPath]: `* @mallory\n` }), standing());
    expect(decidePullRequest(world, context)).toEqual(before);
  });

  test('a proposal of the requester does not name them an owner', () => {
    const world = worldOf({
      pullRequest: pullRequestOf({
        files: [{ path: ownersPath, change: 'modified', previousPath: null }],
        addedFile: null,
        proposed: proposed({ [ownersPath]: '* @alice\n' }),
        author: people.alice,
        head,
      }),
    });
    const decision = decidePullRequest(world, { ...context, standing: standing({ open: [openRequest] }) });
    expect(decision).toMatchObject({ action: 'none', comment: null, branchTouched: false });
  });
});
