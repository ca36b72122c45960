/** Who has access, as a table for a person and as JSON for a program. */
import { formatDuration } from '../base/duration.ts';
import { formatInstant, type Instant } from '../base/instant.ts';
import type { Access, AccessEnded, AccessInForce } from '../lifecycle/access.ts';
import { approvedBy } from '../lifecycle/grant-commit.ts';
import { parseRequestPath } from '../request/path.ts';
import type { CommandIo } from './command.ts';
import { paint } from './paint.ts';
import { printTable } from './table.ts';

/** What was asked. */
export interface AccessAsked {
  readonly at: Instant;
  /** Null before the first commit. */
  readonly commit: string | null;
  /** What has ended too. */
  readonly all: boolean;
}

/** Prints who has access. */
export function printAccess(access: Access, asked: AccessAsked, io: CommandIo): void {
  const { stdout } = io;
  const { at, commit, all } = asked;
  const where = commit === null ? 'before the first commit' : `commit ${commit.slice(0, 12)}`;
  const when = `${formatInstant(at)} ${paint(stdout, 'dim', `(${where})`)}`;
  if (access.inForce.length === 0) stdout.write(`Nobody has access at ${when}.\n`);
  else {
    stdout.write(`Access at ${when}\n\n`);
    printTable(
      ['SUBJECT', 'TEMPLATE', 'SCOPE', 'UNTIL', 'PULL REQUEST', 'APPROVED BY'],
      access.inForce.map((each) => {
        const left = formatDuration((each.evidence.expiresAt - at) / 1000);
        const until = `${formatInstant(each.evidence.expiresAt)} (${left} left)`;
        return [...who(each), until, `#${each.evidence.pullRequest}`, approvedBy(each.evidence)];
      }),
      io,
    );
  }
  if (all) printEnded(access.ended, io);
}

function printEnded(ended: readonly AccessEnded[], io: CommandIo): void {
  if (ended.length === 0) {
    io.stdout.write('\nNothing has ended.\n');
    return;
  }
  io.stdout.write('\nEnded\n\n');
  printTable(
    ['SUBJECT', 'TEMPLATE', 'SCOPE', 'FROM', 'ENDED', 'PULL REQUEST', 'APPROVED BY', 'WHY'],
    ended.map((each) => [
      ...who(each),
      formatInstant(each.evidence.grantedAt),
      each.endedAt === null ? 'being taken away' : formatInstant(each.endedAt),
      `#${each.evidence.pullRequest}`,
      approvedBy(each.evidence),
      each.finding.message,
    ]),
    io,
  );
}

/** `alice`, `debug-pod`, `staging/payments` */
function who({ evidence }: AccessInForce): readonly [string, string, string] {
  const scope = evidence.request.split('/').slice(1, 3).join('/');
  return [evidence.subject.login, evidence.templateBlob.name, scope];
}

/** The same as plain data; see the usage of the command. */
export function toJson(access: Access, { at, commit, all }: AccessAsked): object {
  return {
    at: formatInstant(at),
    commit,
    grants: access.inForce.map(entry),
    ...(all ? { ended: access.ended.map(endedEntry) } : {}),
  };
}

function entry({ evidence, commit }: AccessInForce): object {
  const path = parseRequestPath(evidence.request);
  return {
    grant: evidence.grant,
    subject: evidence.subject,
    requester: evidence.requester,
    template: evidence.templateBlob.name,
    cluster: path.ok ? path.value.cluster : null,
    namespace: path.ok ? path.value.namespace : null,
    request: evidence.request,
    grantedAt: formatInstant(evidence.grantedAt),
    expiresAt: formatInstant(evidence.expiresAt),
    pullRequest: evidence.pullRequest,
    approvedBy: [...new Set(evidence.approvals.map(({ login }) => login))],
    policyEntry: evidence.policyEntry,
    commit,
  };
}

function endedEntry(ended: AccessEnded): object {
  return {
    ...entry(ended),
    endedAt: ended.endedAt === null ? null : formatInstant(ended.endedAt),
    reason: ended.finding.code,
    message: ended.finding.message,
    endedBy: ended.endedBy,
  };
}
