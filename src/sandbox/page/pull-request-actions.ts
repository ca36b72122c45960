/** What a person does to a pull request in the page: the same operations that GitHub's API calls. */
import { ApiError, notFound } from '../errors.ts';
import { createComment } from '../operations/comments.ts';
import { mergePullRequest } from '../operations/merge.ts';
import { setDraft, updatePullRequest } from '../operations/pull-requests.ts';
import { createReview, dismissReview } from '../operations/reviews.ts';
import type { PullRequest } from '../state.ts';
import type { Form } from './form.ts';
import { pullRequestPath } from './links.ts';
import { conversationPage, pullRequestOfVisit } from './pull-request.ts';
import { reasonOf } from './refusals.ts';
import { actorOf } from './visit.ts';
import type { Reply, SignedVisit } from './visit.ts';

const actions = [
  'comment',
  'approve',
  'request-changes',
  'dismiss',
  'merge',
  'close',
  'reopen',
  'draft',
  'ready',
] as const;

/** Does it and leads back; a refusal is shown on the page where it happened, with what had been typed. */
export function actOnPullRequest(visit: SignedVisit, sent: Form): Reply {
  const pullRequest = pullRequestOfVisit(visit);
  try {
    return { kind: 'redirect', to: pullRequestPath(pullRequest, perform(visit, pullRequest, sent)) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return conversationPage(visit, {
      status: error.status,
      message: reasonOf(error),
      typed: sent.raw('body'),
    });
  }
}

/** Gives the place on the page where the outcome is. */
function perform(visit: SignedVisit, pullRequest: PullRequest, sent: Form): string {
  const { context } = visit;
  const actor = actorOf(visit);
  const body = sent.text('body');
  const action = sent.choice('action', actions);
  switch (action) {
    case 'comment':
      return `#issuecomment-${createComment(context, actor, pullRequest, body).id}`;
    case 'approve':
    case 'request-changes': {
      const event = action === 'approve' ? 'APPROVE' : 'REQUEST_CHANGES';
      // What was looked at, not what has been pushed meanwhile.
      const commitId = sent.text('head');
      return reviewed(createReview(context, actor, pullRequest, { event, body, commitId }));
    }
    case 'dismiss': {
      const review = pullRequest.reviews.find(({ id }) => id === Number(sent.text('review')));
      if (review === undefined) throw notFound();
      return reviewed(dismissReview(context, actor, review, sent.text('message')));
    }
    case 'merge': {
      const method = sent.choice('method', pullRequest.repository.mergeMethods);
      mergePullRequest(context, actor, pullRequest, { method, expectedHead: sent.text('head') });
      return '';
    }
    case 'close':
      updatePullRequest(context, actor, pullRequest, { state: 'closed' });
      return '';
    case 'reopen':
      updatePullRequest(context, actor, pullRequest, { state: 'open' });
      return '';
    case 'draft':
    case 'ready':
      setDraft(context, actor, pullRequest, action === 'draft');
      return '';
    default:
      return action satisfies never;
  }
}

function reviewed({ id }: { readonly id: number }): string {
  return `#pullrequestreview-${id}`;
}
