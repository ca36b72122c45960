import type { SandboxContext } from '../context.ts';
import type { Issue, PullRequest, TimelineEvent, User } from '../state.ts';

type Details<E> = E extends unknown ? Omit<E, 'id' | 'nodeId' | 'actor' | 'createdAt'> : never;

/** Adds what happened to the timeline of an issue or pull request. */
export function addTimelineEvent(
  context: SandboxContext,
  issue: Issue | PullRequest,
  actor: User,
  details: Details<TimelineEvent>,
): void {
  const prefix = details.event
    .split('_')
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
  issue.timeline.push(context.state.create(prefix, { ...details, actor, createdAt: context.clock.now() }));
}
