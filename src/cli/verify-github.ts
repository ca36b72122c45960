/** Asks GitHub about the grants of a history: a page of them with one request, and nothing that git tells. */
import { z } from 'zod';
import type { Instant } from '../base/instant.ts';
import { checked } from '../github/answer.ts';
import { isGitHubCloud } from '../github/app.ts';
import { Client } from '../github/client.ts';
import { Denied } from '../github/errors.ts';
import { Limiter } from '../github/limiter.ts';
import { account, document } from '../github/queries/fragments.ts';
import { aliases, aliasesOf, indexed } from '../github/read/aliases.ts';
import { reviewShape } from '../github/read/pull-request-shape.ts';
import { actor, gitActor, id, instant, oid, signature } from '../github/schema.ts';
import { createTransport } from '../github/transport.ts';
import type { GitHubRecord, ReviewRecord } from '../lifecycle/verify-github.ts';

/** Grants in one request. */
const batch = 20;

export interface GitHubAnswer {
  readonly repositoryId: number;
  /** The tip of the default branch. */
  readonly tip: string;
  /** Whether this GitHub signs what an App commits, and therefore has to have signed every grant. */
  readonly signs: boolean;
}

/** One grant to ask about. */
export interface GrantAsked {
  readonly commit: string;
  readonly pullRequest: number;
}

export interface Corroborator {
  /** About the repository. Where it may or may not sign, the commit that adopted it tells. */
  readRepository(adoption: string): Promise<GitHubAnswer>;
  /** About these grants, in their order; `progress` is told how many are done. */
  readRecords(
    grants: readonly GrantAsked[],
    progress: (done: number) => void,
  ): Promise<readonly GitHubRecord[]>;
}

const repositoryQuery = /* GraphQL */ `
  query VerifyRepository($owner: String!, $name: String!, $adoption: GitObjectID!) {
    repository(owner: $owner, name: $name) {
      databaseId
      defaultBranchRef {
        target {
          oid
        }
      }
      object(oid: $adoption) {
        ... on Commit {
          signature {
            isValid
            wasSignedByGitHub
          }
        }
      }
    }
  }
`;

const repositoryAnswer = z.object({
  repository: z.object({
    databaseId: id,
    defaultBranchRef: z.object({ target: z.object({ oid }) }).nullable(),
    object: z.object({ signature }).nullable(),
  }),
});

/** `c0`, `p0`: the commit `$commit0` and the pull request `$number0`, and so on. */
function recordsQuery(count: number): string {
  const indexes = Array.from({ length: count }, (_, i) => i);
  const parts = indexes.map(
    (i) => `c${i}: object(oid: $commit${i}) {
      ... on Commit { author { email user { databaseId login } } signature { isValid wasSignedByGitHub } }
    }
    p${i}: pullRequest(number: $number${i}) {
      author { ...Account } createdAt mergedAt mergeCommit { oid } headRefOid
      reviews(first: 100, states: [APPROVED, DISMISSED]) {
        nodes { fullDatabaseId state submittedAt author { ...Account } commit { oid } }
      }
    }`,
  );
  const variables = indexes.map((i) => `$commit${i}: GitObjectID!, $number${i}: Int!`);
  return document(
    `query VerifyGrants($owner: String!, $name: String!, ${variables.join(', ')}) {
      repository(owner: $owner, name: $name) { ${parts.join('\n')} }
    }`,
    account,
  );
}

const commitAnswer = z.object({ author: gitActor.nullable(), signature }).nullable();

const pullRequestAnswer = z
  .object({
    author: actor,
    createdAt: instant,
    mergedAt: instant.nullable(),
    mergeCommit: z.object({ oid }).nullable(),
    headRefOid: oid,
    reviews: z.object({ nodes: z.array(reviewShape) }),
  })
  .nullable();

/** Asks as whoever the token belongs to. @throws GitHubError where GitHub does not answer, or not this token */
export function createCorroborator(options: {
  readonly apiUrl: string;
  readonly token: string;
  readonly owner: string;
  readonly name: string;
  readonly now: () => Instant;
}): Corroborator {
  const { apiUrl, token, owner, name, now } = options;
  const client = new Client({
    transport: createTransport({ apiUrl, fetch }),
    credentials: { authorization: async () => `token ${token}`, refused: refuseToken },
    limiter: new Limiter(now),
    purpose: 'deciding',
  });
  const task = `read the grants of ${owner}/${name}`;

  async function readBatch(grants: readonly GrantAsked[]): Promise<readonly GitHubRecord[]> {
    const { data } = await client.query(
      task,
      recordsQuery(grants.length),
      {
        owner,
        name,
        ...indexed(
          'commit',
          grants.map(({ commit }) => commit),
        ),
        ...indexed(
          'number',
          grants.map(({ pullRequest }) => pullRequest),
        ),
      },
      aliases,
      // What is not there is answered by null, and corroborates nothing.
      ({ type, path }) => type === 'NOT_FOUND' && path?.length === 2,
    );
    const commits = aliasesOf(data.repository, 'c', grants);
    const pullRequests = aliasesOf(data.repository, 'p', grants);
    return grants.map((_, index) => ({
      commit: toCommit(checked(task, commitAnswer, commits[index]?.[1] ?? null)),
      pullRequest: toPullRequest(checked(task, pullRequestAnswer, pullRequests[index]?.[1] ?? null)),
    }));
  }

  return {
    readRepository: async (adoption) => {
      const { data } = await client.query(task, repositoryQuery, { owner, name, adoption }, repositoryAnswer);
      const { databaseId, defaultBranchRef, object } = data.repository;
      const signs = isGitHubCloud(apiUrl) || (object?.signature ?? false);
      return { repositoryId: databaseId, tip: defaultBranchRef?.target.oid ?? '', signs };
    },
    readRecords: async (grants, progress) => {
      const records: GitHubRecord[] = [];
      while (records.length < grants.length) {
        records.push(...(await readBatch(grants.slice(records.length, records.length + batch))));
        progress(records.length);
      }
      return records;
    },
  };
}

/** There is no other one to go on with, as there is for an App. */
function refuseToken(): never {
  throw new Denied(
    'GitHub does not accept GITHUB_TOKEN; it may have ended: make a new one that may read the repository',
  );
}

function toCommit(raw: z.output<typeof commitAnswer>): GitHubRecord['commit'] {
  return raw === null ? null : { authorId: raw.author?.account?.id ?? null, signed: raw.signature };
}

function toPullRequest(raw: z.output<typeof pullRequestAnswer>): GitHubRecord['pullRequest'] {
  if (raw === null) return null;
  const { author, createdAt, mergedAt, mergeCommit, headRefOid, reviews } = raw;
  return {
    author,
    createdAt,
    mergedAt,
    mergeCommit: mergeCommit?.oid ?? null,
    head: headRefOid,
    reviews: reviews.nodes.map(({ fullDatabaseId, commit, ...review }): ReviewRecord => ({
      ...review,
      id: fullDatabaseId,
      commit: commit?.oid ?? null,
    })),
  };
}
