/**
 * Evidence: what a grant commit's message says, as trailers that a program reads (git-interpret-trailers(1)), so that
 * `curfew verify` can work from git alone when reviews, teams and accounts have long changed.
 */
import { formatInstant, parseInstant, type Instant } from '../base/instant.ts';
import { reasons, type ReasonCode } from '../base/reasons.ts';

/** An approval as it counted when access was granted. */
export interface ApprovalEvidence {
  readonly id: number;
  readonly login: string;
  readonly review: number;
  readonly submittedAt: Instant;
  readonly commit: string;
  /** In words: `owners, CODEOWNERS line 12` or `team acme/sre`. */
  readonly requirement: string;
}

/** A file by which a grant was decided: its name, and the blob that it was. */
export interface BlobEvidence {
  readonly name: string;
  readonly sha: string;
}

/** Everything that the message of a grant commit says. */
export interface GrantEvidence {
  readonly grant: string;
  readonly repositoryId: number;
  readonly pullRequest: number;
  readonly request: string;
  readonly head: string;
  /** The parent at which it was decided. */
  readonly tip: string;
  readonly mergeCommit: string;
  readonly mergedAt: Instant;
  readonly requestBlob: string;
  readonly templateBlob: BlobEvidence;
  readonly roleBlobs: readonly BlobEvidence[];
  readonly policyBlob: string;
  readonly codeownersBlob: string;
  readonly digest: string;
  readonly policyEntry: string;
  readonly requester: { readonly id: number; readonly login: string };
  readonly subject: { readonly id: number; readonly login: string; readonly user: string };
  readonly merger: { readonly id: number; readonly login: string };
  readonly grantedAt: Instant;
  readonly expiresAt: Instant;
  readonly approvals: readonly ApprovalEvidence[];
}

/** The trailers, one a line, in this order. Every value is one line without control characters. */
export function writeEvidence(evidence: GrantEvidence): string {
  const lines: (readonly [string, string | number])[] = [
    ['Curfew-Grant', evidence.grant],
    ['Curfew-Repository', evidence.repositoryId],
    ['Curfew-Pull-Request', evidence.pullRequest],
    ['Curfew-Request', evidence.request],
    ['Curfew-Head', evidence.head],
    ['Curfew-Tip', evidence.tip],
    ['Curfew-Merge', `${evidence.mergeCommit} ${formatInstant(evidence.mergedAt)}`],
    ['Curfew-Request-Blob', evidence.requestBlob],
    ['Curfew-Template-Blob', `${evidence.templateBlob.name} ${evidence.templateBlob.sha}`],
    ...evidence.roleBlobs.map((role) => ['Curfew-Role-Blob', `${role.name} ${role.sha}`] as const),
    ['Curfew-Policy-Blob', evidence.policyBlob],
    ['Curfew-Codeowners-Blob', evidence.codeownersBlob],
    ['Curfew-Digest', evidence.digest],
    ['Curfew-Policy-Entry', evidence.policyEntry],
    ['Curfew-Requester', `${evidence.requester.id} ${evidence.requester.login}`],
    ['Curfew-Subject', `${evidence.subject.id} ${evidence.subject.login} ${evidence.subject.user}`],
    ['Curfew-Merger', `${evidence.merger.id} ${evidence.merger.login}`],
    ['Curfew-Granted-At', formatInstant(evidence.grantedAt)],
    ['Curfew-Expires-At', formatInstant(evidence.expiresAt)],
    ...evidence.approvals.map(
      (approval) =>
        [
          'Curfew-Approval',
          `${approval.id} ${approval.login} ${approval.review} ${formatInstant(approval.submittedAt)} ${approval.commit} ${approval.requirement}`,
        ] as const,
    ),
  ];
  return lines.map(([key, value]) => `${key}: ${oneLine(String(value))}`).join('\n');
}

function oneLine(value: string): string {
  // Whoever could smuggle a line break into a value could write trailers of their own.
  return value.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

const patterns = {
  sha: /^[0-9a-f]{40}([0-9a-f]{24})?$/,
  integer: /^[1-9]\d{0,15}$/,
};

/**
 * Reads the evidence out of a commit message; null where it is not complete. Only the last paragraph counts, as for
 * git's own trailers, and every key but `Curfew-Role-Blob` and `Curfew-Approval` must stand exactly once.
 */
export function readEvidence(message: string): GrantEvidence | null {
  const values = new Map<string, string[]>();
  for (const line of (message.trimEnd().split(/\n\n+/).at(-1) ?? '').split('\n')) {
    const match = /^(Curfew-[A-Za-z-]+): (.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    values.set(match[1], [...(values.get(match[1]) ?? []), match[2]]);
  }
  const reader = new TrailerReader(values);
  const [mergeCommit = '', mergedAt = ''] = reader.words('Curfew-Merge', 2);
  const [templateName = '', templateBlob = ''] = reader.words('Curfew-Template-Blob', 2);
  const [requesterId = '', requesterLogin = ''] = reader.words('Curfew-Requester', 2);
  const [subjectId = '', subjectLogin = '', subjectUser = ''] = reader.words('Curfew-Subject', 3);
  const [mergerId = '', mergerLogin = ''] = reader.words('Curfew-Merger', 2);
  const evidence: GrantEvidence = {
    grant: reader.text('Curfew-Grant'),
    repositoryId: reader.integer(reader.text('Curfew-Repository')),
    pullRequest: reader.integer(reader.text('Curfew-Pull-Request')),
    request: reader.text('Curfew-Request'),
    head: reader.sha(reader.text('Curfew-Head')),
    tip: reader.sha(reader.text('Curfew-Tip')),
    mergeCommit: reader.sha(mergeCommit),
    mergedAt: reader.instant(mergedAt),
    requestBlob: reader.sha(reader.text('Curfew-Request-Blob')),
    templateBlob: { name: templateName, sha: reader.sha(templateBlob) },
    roleBlobs: reader.all('Curfew-Role-Blob').map((line) => {
      const [name = '', sha = ''] = reader.split(line, 2);
      return { name, sha: reader.sha(sha) };
    }),
    policyBlob: reader.sha(reader.text('Curfew-Policy-Blob')),
    codeownersBlob: reader.sha(reader.text('Curfew-Codeowners-Blob')),
    digest: reader.text('Curfew-Digest'),
    policyEntry: reader.text('Curfew-Policy-Entry'),
    requester: { id: reader.integer(requesterId), login: requesterLogin },
    subject: { id: reader.integer(subjectId), login: subjectLogin, user: subjectUser },
    merger: { id: reader.integer(mergerId), login: mergerLogin },
    grantedAt: reader.instant(reader.text('Curfew-Granted-At')),
    expiresAt: reader.instant(reader.text('Curfew-Expires-At')),
    approvals: reader.all('Curfew-Approval').map((line) => {
      const [id = '', login = '', review = '', submittedAt = '', commit = '', requirement = ''] =
        reader.split(line, 6);
      return {
        id: reader.integer(id),
        login,
        review: reader.integer(review),
        submittedAt: reader.instant(submittedAt),
        commit: reader.sha(commit),
        requirement,
      };
    }),
  };
  return reader.complete ? evidence : null;
}

/** One line for each thing that a commit of ours ended: what, and why. */
export function writeEnding(code: ReasonCode, grant: string | null, request: string): string {
  return `Curfew-Ended: ${code} ${grant ?? 'not-granted'} ${oneLine(request)}`;
}

/** Reason by grant id, as a commit of ours that ended grants says it. */
export function readEndings(message: string): ReadonlyMap<string, ReasonCode> {
  const endings = new Map<string, ReasonCode>();
  for (const [, code, grant] of message.matchAll(/^Curfew-Ended: (\S+) (\S+) /gm)) {
    if (code !== undefined && grant !== undefined && isReasonCode(code)) endings.set(grant, code);
  }
  return endings;
}

function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(reasons, code);
}

/** Reads trailers and remembers whether any of them was missing, repeated or malformed. */
class TrailerReader {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  complete = true;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  all(key: string): readonly string[] {
    return this.#values.get(key) ?? [];
  }

  text(key: string): string {
    const [value, ...more] = this.all(key);
    if (value === undefined || value === '' || more.length > 0) this.complete = false;
    return value ?? '';
  }

  words(key: string, count: number): readonly string[] {
    return this.split(this.text(key), count);
  }

  /** Splits at spaces into exactly so many words; the last one keeps the rest. */
  split(line: string, count: number): readonly string[] {
    const words = line.split(' ');
    const parts = [...words.slice(0, count - 1), words.slice(count - 1).join(' ')];
    if (parts.length !== count || parts.includes('')) this.complete = false;
    return parts;
  }

  sha(text: string): string {
    if (!patterns.sha.test(text)) this.complete = false;
    return text;
  }

  integer(text: string): number {
    if (!patterns.integer.test(text)) this.complete = false;
    return Number(text);
  }

  instant(text: string): Instant {
    const instant = parseInstant(text);
    if (instant === null) this.complete = false;
    return instant ?? 0;
  }
}
