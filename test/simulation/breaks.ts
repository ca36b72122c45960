/**
 * `npm run simulate:breaks [-- <part of a name>…]`: what the simulation is worth. Breaks a copy of the engine on purpose,
 * one break at a time, and expects the simulation to see it within a hundred histories. Exits with 1 where it does not.
 */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const left = new Set(['node_modules', '.git', 'dist']);
const histories = 100;

interface Break {
  readonly name: string;
  /** Relative to the root of the project. */
  readonly file: string;
  /** Stands exactly once in that file. */
  readonly find: string;
  readonly replace: string;
}

const verdict = 'src/approval/verdict.ts';
const landing = 'src/lifecycle/landing.ts';
const branch = 'src/lifecycle/branch.ts';
const engineBranch = 'src/app/engine-branch.ts';
const engineRevert = 'src/app/engine-revert.ts';

const breaks: readonly Break[] = [
  {
    name: 'an approval from before the plan was shown counts',
    file: verdict,
    find: "if (notBefore.digest === null || !(submittedAt >= notBefore.digest)) return 'before-plan';",
    replace: '',
  },
  {
    name: 'an approval of an older commit counts',
    file: verdict,
    find: "if (commit !== head) return 'older-commit';",
    replace: '',
  },
  {
    name: 'an approval after the merge counts',
    file: verdict,
    find: "if (mergedAt !== null && !(submittedAt <= mergedAt)) return 'after-merge';",
    replace: '',
  },
  {
    name: 'a grant after the time to grant',
    file: landing,
    find: "if (now > deadline) return ended(finding('not-granted-in-time'));",
    replace: '',
  },
  {
    name: 'who pushed last may approve',
    file: 'src/lifecycle/candidate.ts',
    find: "for (const pusher of others.pushers) add(pusher, 'last-pusher');",
    replace: '',
  },
  {
    name: 'the end is judged by a clock that jumped back',
    file: 'src/app/engine-facts.ts',
    find: 'latestNow: Math.max(memory.latestNow, localNow),',
    replace: 'latestNow: localNow,',
  },
  {
    name: 'a grant that was deleted by hand is granted again',
    file: landing,
    find: 'if (evidence === undefined || evidence === null) return null;',
    replace: 'if (evidence !== null) return null;',
  },
  {
    name: 'no direct commit where the revert pull request is refused',
    file: engineRevert,
    find: 'if (revert.grantDeletions.length > 0) {',
    replace: 'if (Number.isNaN(revert.grantDeletions.length)) {',
  },
  {
    name: 'a revert takes whatever stands at the path',
    file: branch,
    find: '({ path, sha }) => path === grant.evidence.request && sha === grant.evidence.requestBlob,',
    replace: '({ path }) => path === grant.evidence.request,',
  },
  {
    name: 'a lost race is run again with the old decision',
    file: engineBranch,
    find: "return { again: true, grantEndsAt: null };\n    case 'refused': {",
    replace:
      "return await grant(port, { ...world, tip: (await port.readBranch()).tip }, commit, context);\n    case 'refused': {",
  },
  {
    name: 'a limit of open grants that nobody keeps',
    file: landing,
    find: 'if (plan.limits.openPerPerson !== null && open >= plan.limits.openPerPerson) {',
    replace: 'if (plan.limits.openPerPerson !== null && open > 1000) {',
  },
  {
    name: 'a policy that pauses grants all the same',
    file: 'src/lifecycle/protection.ts',
    find: "return trusted.policy.value.paused ? [finding('paused')] : [];",
    replace: 'return [];',
  },
  {
    name: 'an unprotected branch is granted on',
    file: 'src/lifecycle/protection.ts',
    find: '    ...ruleObstacles(repository),\n',
    replace: '',
  },
  {
    name: 'who leaves the team keeps the access',
    file: 'src/lifecycle/grant-state.ts',
    find: "if (withdrawn !== null) return finding('not-entitled', withdrawn);",
    replace: '',
  },
  {
    name: 'anybody may revoke',
    file: 'src/lifecycle/revocation.ts',
    find: "if (account === null || account.type !== 'User') return false;",
    replace: "if (account !== null && account.type === 'User') return true;",
  },
  {
    name: 'nothing is merged',
    file: 'src/lifecycle/pull-request.ts',
    find: "action: !ready ? 'none' : context.lastPush === 'unread' ? 'confirm' : 'merge',\n    mergeMethod: method,\n    recheckAt",
    replace: "action: 'none',\n    mergeMethod: method,\n    recheckAt",
  },
];

async function copyProject(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'curfew-breaks-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  await cp(root, copy, {
    recursive: true,
    filter: (path) => !left.has(relative(root, path).split(sep)[0] ?? ''),
  });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** What the simulation says about a copy: its first failure, and how many histories it took; null where all pass. */
async function simulate(copy: string): Promise<string | null> {
  const options = ['--histories', String(histories), '--first'];
  const output = await new Promise<string>((done) => {
    const program = [join(copy, 'test/simulation/simulate.ts'), ...options];
    execFile(process.execPath, program, { cwd: copy, maxBuffer: 1 << 26 }, (_, stdout, stderr) => {
      done(stderr + stdout);
    });
  });
  const failure = /^seed \d+ failed: (.*)$/m.exec(output)?.[1];
  const played = /^(\d+) histories, /m.exec(output)?.[1];
  if (played === undefined) throw new Error(`the simulation did not come to its end:\n${output}`);
  return failure === undefined ? null : `${played} histories: ${failure}`;
}

async function main(parts: readonly string[]): Promise<number> {
  const chosen = breaks.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
  const copy = await copyProject();
  let missed = 0;
  for (const { name, file, find, replace } of chosen) {
    const path = join(copy, file);
    const source = await readFile(path, 'utf8');
    const places = source.split(find).length - 1;
    if (places !== 1) throw new Error(`${name}: its find stands ${places} times in ${file}`);
    // A function, for in a replacement text `$` has a meaning.
    await writeFile(
      path,
      source.replace(find, () => replace),
    );
    const seen = await simulate(copy);
    await writeFile(path, source);
    if (seen === null) missed += 1;
    process.stdout.write(`${name}\n    ${seen ?? `NOT SEEN in ${histories} histories`}\n`);
  }
  process.stdout.write(`${chosen.length - missed} seen, ${missed} not seen\n`);
  return missed === 0 ? 0 : 1;
}

// So that the copy goes, whatever ends this.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main(process.argv.slice(2));
