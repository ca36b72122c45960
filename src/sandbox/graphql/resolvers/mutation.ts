/** Writing: every mutation goes through the same operations as REST, and so through the same rules and webhooks. */
import type * as GitHub from '@octokit/graphql-schema';
import { authorizeWrite } from '../../access.ts';
import type { AccountActor } from '../../auth.ts';
import { isAncestor } from '../../git/history.ts';
import { createComment, updateComment } from '../../operations/comments.ts';
import { createCommitOnBranch } from '../../operations/commits.ts';
import { mergePullRequest } from '../../operations/merge.ts';
import { createPullRequest, updatePullRequest } from '../../operations/pull-requests.ts';
import { changeRef } from '../../operations/refs.ts';
import { createReview } from '../../operations/reviews.ts';
import type { MergeMethod, Repository } from '../../state.ts';
import type { Context, Fields } from '../context.ts';
import { GraphQLFailure } from '../errors.ts';
import { commitWith, refNamed } from '../git-objects.ts';
import { given } from '../given.ts';
import { nodeOfType } from '../nodes.ts';

interface Input<T> {
  readonly input: T;
}

export const mutationFields: Fields<'Mutation'> = {
  createCommitOnBranch(_source, { input }: Input<GitHub.CreateCommitOnBranchInput>, context) {
    const { sandbox, actor } = context;
    const { repository, branch } = committableBranch(context, input.branch);
    const sha = createCommitOnBranch(sandbox, actor, repository, {
      branch,
      expectedHead: String(input.expectedHeadOid),
      headline: input.message.headline,
      body: input.message.body ?? '',
      additions: (input.fileChanges?.additions ?? []).map(({ path, contents }) => ({
        path,
        content: decodeContents(path, String(contents)),
      })),
      deletions: (input.fileChanges?.deletions ?? []).map(({ path }) => path),
    });
    const ref = refNamed(repository, `refs/heads/${branch}`);
    return payload(input, { commit: commitWith(repository, sha), ref });
  },

  createRef(_source, { input }: Input<GitHub.CreateRefInput>, context) {
    const repository = nodeOfType(context, input.repositoryId, 'Repository');
    const account = authorizeContents(context, repository);
    if (!/^refs\/(heads|tags)\/./.test(input.name)) {
      throw unprocessable(`${input.name} is not a valid ref name.`);
    }
    const after = existingCommit(repository, String(input.oid));
    if (repository.git.refs.has(input.name)) {
      throw unprocessable(`A ref named "${input.name}" already exists in the repository.`);
    }
    changeRef(context.sandbox, account, { repository, ref: input.name, before: null, after });
    return payload(input, { ref: refNamed(repository, input.name) });
  },
  updateRef(_source, { input }: Input<GitHub.UpdateRefInput>, context) {
    const { repository, name: ref, sha: before } = nodeOfType(context, input.refId, 'Ref');
    const account = authorizeContents(context, repository);
    const after = existingCommit(repository, String(input.oid));
    if (input.force !== true && !isAncestor(repository.git, before, after)) {
      throw unprocessable('Update is not a fast forward');
    }
    if (before !== after) changeRef(context.sandbox, account, { repository, ref, before, after });
    return payload(input, { ref: refNamed(repository, ref) });
  },
  deleteRef(_source, { input }: Input<GitHub.DeleteRefInput>, context) {
    const { repository, name: ref, sha: before } = nodeOfType(context, input.refId, 'Ref');
    const account = authorizeContents(context, repository);
    changeRef(context.sandbox, account, { repository, ref, before, after: null });
    return payload(input, {});
  },

  createPullRequest(_source, { input }: Input<GitHub.CreatePullRequestInput>, context) {
    const repository = nodeOfType(context, input.repositoryId, 'Repository');
    const pullRequest = createPullRequest(context.sandbox, context.actor, repository, {
      title: input.title,
      body: input.body ?? null,
      head: input.headRefName,
      base: input.baseRefName,
      draft: input.draft === true,
    });
    return payload(input, { pullRequest });
  },
  closePullRequest(_source, { input }: Input<GitHub.ClosePullRequestInput>, context) {
    const pullRequest = nodeOfType(context, input.pullRequestId, 'PullRequest');
    updatePullRequest(context.sandbox, context.actor, pullRequest, { state: 'closed' });
    return payload(input, { pullRequest });
  },
  mergePullRequest(_source, { input }: Input<GitHub.MergePullRequestInput>, context) {
    const pullRequest = nodeOfType(context, input.pullRequestId, 'PullRequest');
    mergePullRequest(context.sandbox, context.actor, pullRequest, {
      method: mergeMethods[input.mergeMethod ?? 'MERGE'],
      ...(given(input.expectedHeadOid) && { expectedHead: String(input.expectedHeadOid) }),
      ...(given(input.commitHeadline) && { title: input.commitHeadline }),
      ...(given(input.commitBody) && { message: input.commitBody }),
    });
    return payload(input, { pullRequest, actor: context.actor.user });
  },

  addComment(_source, { input }: Input<GitHub.AddCommentInput>, context) {
    const subject = nodeOfType(context, input.subjectId, 'PullRequest');
    const node = createComment(context.sandbox, context.actor, subject, input.body);
    return payload(input, { subject, commentEdge: { node } });
  },
  updateIssueComment(_source, { input }: Input<GitHub.UpdateIssueCommentInput>, context) {
    const comment = nodeOfType(context, input.id, 'IssueComment');
    return payload(input, {
      issueComment: updateComment(context.sandbox, context.actor, comment, input.body),
    });
  },
  addPullRequestReview(_source, { input }: Input<GitHub.AddPullRequestReviewInput>, context) {
    const pullRequest = nodeOfType(context, input.pullRequestId, 'PullRequest');
    if (input.event === 'DISMISS') throw unprocessable('A new review cannot be dismissed.');
    const pullRequestReview = createReview(context.sandbox, context.actor, pullRequest, {
      body: input.body ?? '',
      ...(given(input.event) && { event: input.event }),
      ...(given(input.commitOID) && { commitId: String(input.commitOID) }),
    });
    return payload(input, { pullRequestReview });
  },
};

const mergeMethods: Readonly<Record<GitHub.PullRequestMergeMethod, MergeMethod>> = {
  MERGE: 'merge',
  SQUASH: 'squash',
  REBASE: 'rebase',
};

function payload(input: { readonly clientMutationId?: string | null }, fields: object): object {
  return { clientMutationId: input.clientMutationId ?? null, ...fields };
}

function authorizeContents({ sandbox, actor }: Context, repository: Repository): AccountActor {
  return authorizeWrite(sandbox.state, actor, repository, { app: ['contents:write'], role: 'write' });
}

function existingCommit(repository: Repository, sha: string): string {
  if (repository.git.readCommit(sha) === undefined) throw unprocessable(`No commit found for SHA: ${sha}`);
  return sha;
}

/** A branch by the id of its ref, or by the names of repository and branch. */
function committableBranch(
  context: Context,
  { id, repositoryNameWithOwner, branchName }: GitHub.CommittableBranch,
): { readonly repository: Repository; readonly branch: string } {
  if (given(id)) {
    const { repository, name } = nodeOfType(context, id, 'Ref');
    return { repository, branch: name.replace(/^refs\/heads\//, '') };
  }
  const [owner = '', name = ''] = (repositoryNameWithOwner ?? '').split('/');
  const repository = context.sandbox.state.repository(owner, name);
  if (repository === undefined || !given(branchName)) {
    throw new GraphQLFailure('NOT_FOUND', 'The requested branch could not be found.');
  }
  return { repository, branch: branchName.replace(/^refs\/heads\//, '') };
}

/** GitHub wants base64 after RFC 4648, padded, without line breaks. */
function decodeContents(path: string, base64: string): Buffer {
  const content = Buffer.from(base64, 'base64');
  if (content.toString('base64') === base64) return content;
  throw unprocessable(`The contents of ${path} are not valid base64.`);
}

function unprocessable(message: string): GraphQLFailure {
  return new GraphQLFailure('UNPROCESSABLE', message);
}
