/** Who was asked to review, and what those who did it said; with a way to act as each of them. */
import { teamMembers } from '../access.ts';
import { latestOpinionatedReviews } from '../reviews.ts';
import type { PullRequest, Review, ReviewRequest, User } from '../state.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import type { IconName } from './icons.ts';
import { avatar, form, returnHere } from './parts.ts';
import type { SignedVisit } from './visit.ts';

/** The list beside the conversation. */
export function reviewersPanel(visit: SignedVisit, pullRequest: PullRequest): Html {
  const reviews = latestOpinionatedReviews(pullRequest);
  const { reviewRequests } = pullRequest;
  const nobody = reviews.length === 0 && reviewRequests.length === 0;
  return html`<section class="panel" aria-label="Reviewers">
    <h2>Reviewers</h2>
    ${nobody && html`<p class="muted">Nobody was asked.</p>`}
    <ul class="plain">
      ${reviews.map((review) => html`<li>${opinion(review)}</li>`)}
      ${reviewRequests.map((request) => html`<li>${asked(visit, pullRequest, request)}</li>`)}
    </ul>
  </section>`;
}

const opinions: Readonly<Partial<Record<Review['state'], { icon: IconName; tone: string; text: string }>>> = {
  APPROVED: { icon: 'check', tone: 'ok', text: 'approved' },
  CHANGES_REQUESTED: { icon: 'cross', tone: 'bad', text: 'requested changes' },
  DISMISSED: { icon: 'waiting', tone: 'neutral', text: 'dismissed' },
};

function opinion({ author, state }: Review): Html {
  const said = opinions[state];
  return html`<div class="reviewer">
    ${avatar(author)} <strong>${author.login}</strong>
    ${said !== undefined && html`<span class="tone ${said.tone}">${icon(said.icon)}</span> <span class="muted small">${said.text}</span>`}
  </div>`;
}

function asked(visit: SignedVisit, pullRequest: PullRequest, { reviewer, asCodeOwner }: ReviewRequest): Html {
  const members = 'slug' in reviewer ? activeMembers(reviewer) : [reviewer];
  const others = members.filter((user) => user !== visit.viewer && user !== pullRequest.author);
  const name = 'slug' in reviewer ? `${reviewer.organization.login}/${reviewer.slug}` : reviewer.login;
  return html`<div class="reviewer">
      ${'slug' in reviewer ? icon('people') : avatar(reviewer)} <strong>${name}</strong>
      <span class="muted small">
        ${asCodeOwner ? 'asked as code owner' : 'asked'}${members.includes(visit.viewer) && ', you are one of them'}
      </span>
    </div>
    ${
      others.length > 0 &&
      pullRequest.state === 'open' &&
      form(
        visit,
        '/-/session',
        html`${returnHere(visit)}
          <div class="buttons">
            ${others.map(
              (user) =>
                html`<button class="small" name="login" value="${user.login}">
                  ${avatar(user)} Act as ${user.login}
                </button>`,
            )}
          </div>`,
      )
    }`;
}

function activeMembers(team: Parameters<typeof teamMembers>[0]): User[] {
  return [...teamMembers(team).values()].filter(({ state }) => state === 'active').map(({ user }) => user);
}
