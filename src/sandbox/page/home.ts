/** The start page: what this is, what to do next, and how things stand. */
import { pullRequests } from '../state.ts';
import type { Repository } from '../state.ts';
import { personalToken } from '../operations/apps.ts';
import { clockPanel } from './clock.ts';
import { grantsInForce } from './grants.ts';
import type { ListedGrant } from './grants.ts';
import { guideLead, guideSteps } from './guide.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import { contentPath, fullName, repositoryPath } from './links.ts';
import { count, emptyState } from './parts.ts';
import { pullRequestRows } from './pulls.ts';
import { ago, formatMoment, remaining } from './time.ts';
import { visibleRepositories } from './visit.ts';
import type { Reply, SignedVisit } from './visit.ts';

/** How many open pull requests the start page shows. */
const shown = 5;

export function homePage(visit: SignedVisit): Reply {
  const repositories = visibleRepositories(visit);
  const open = repositories.flatMap(pullRequests).filter(({ state }) => state === 'open');
  const main = html`${guideLead(visit)} ${guideSteps(visit)}
    <div class="columns">
      <div class="wide">
        <section aria-labelledby="grants">
          <h2 id="grants">Grants in force</h2>
          ${grantList(visit, repositories.flatMap(grantsInForce))}
        </section>
        <section aria-labelledby="pulls">
          <h2 id="pulls">Open pull requests</h2>
          <div class="card">
            ${pullRequestRows(
              visit,
              open.sort((a, b) => b.updatedAt - a.updatedAt).slice(0, shown),
              'Nothing waits',
            )}
          </div>
        </section>
        <section aria-labelledby="git">
          <h2 id="git">With plain git</h2>
          ${repositories.map((repository) => cloneCard(visit, repository))}
        </section>
      </div>
      <aside class="narrow" aria-label="Clock and repositories">
        <section class="card card-body" aria-labelledby="clock">
          <h2 id="clock">Clock</h2>
          ${clockPanel(visit)}
        </section>
        <section aria-labelledby="repositories">
          <h2 id="repositories">Repositories</h2>
          ${repositories.map((repository) => repositoryCard(repository))}
        </section>
      </aside>
    </div>`;
  return { kind: 'page', title: 'Start', main };
}

function grantList(visit: SignedVisit, grants: readonly ListedGrant[]): Html {
  if (grants.length === 0) {
    return html`<div class="card">
      ${emptyState('key', 'Nobody has access', 'A grant appears here with the time that it has left.')}
    </div>`;
  }
  return html`<ul class="card rows">
    ${grants.map((grant) => html`<li>${grantRow(visit, grant)}</li>`)}
  </ul>`;
}

function grantRow({ now }: SignedVisit, grant: ListedGrant): Html {
  const { repository, path, name, subject, approvedBy, pullRequest, expiresAt } = grant;
  return html`<div class="grant">
    <div class="grant-head">
      <span class="tone ok">${icon('key')}</span>
      <a class="pull-title" href="${contentPath(repository, 'blob', repository.defaultBranch, path)}"
        >${name}</a
      >
      <span class="spacer"></span>
      ${
        expiresAt !== null &&
        (expiresAt > now
          ? html`<strong class="nowrap">${remaining(expiresAt, now)} left</strong>`
          : html`<span class="badge attention">ended ${ago(expiresAt, now)}, being removed</span>`)
      }
    </div>
    ${lifetime(grant, now)}
    <p class="muted small">
      ${subject !== null && html`<strong>${subject}</strong>`}${expiresAt !== null && html` until ${formatMoment(expiresAt)}`}
      ${approvedBy !== null && html`· approved by ${approvedBy}`}
      ${
        pullRequest !== null &&
        html`· <a href="${repositoryPath(repository, `/pull/${pullRequest}`)}">#${pullRequest}</a>`
      }
    </p>
  </div>`;
}

/** How much of its time is left. */
function lifetime({ grantedAt, expiresAt, name }: ListedGrant, now: number): Html | null {
  if (grantedAt === null || expiresAt === null || expiresAt <= grantedAt) return null;
  return html`<progress
    max="${expiresAt - grantedAt}"
    value="${Math.max(0, expiresAt - now)}"
    data-until="${expiresAt}"
    aria-label="Time left of ${name}"
  ></progress>`;
}

function repositoryCard(repository: Repository): Html {
  const open = pullRequests(repository).filter(({ state }) => state === 'open').length;
  return html`<div class="card card-body repository-card">
    <p>
      ${icon('book')} <a class="pull-title" href="${repositoryPath(repository)}">${fullName(repository)}</a>
    </p>
    <p class="muted small">${count(open, 'open pull request')}</p>
  </div>`;
}

function cloneCard(visit: SignedVisit, repository: Repository): Html {
  return html`<div class="card">
    <p class="card-head">
      ${icon('branch')} <span>Clone <strong>${fullName(repository)}</strong> as ${visit.viewer.login}</span>
    </p>
    <pre class="copy"><code>${cloneCommands(visit, repository)}</code></pre>
  </div>`;
}

/** Ready to paste: with the viewer's own credentials, which are good for nothing but this sandbox. */
function cloneCommands({ context, viewer }: SignedVisit, repository: Repository): string {
  const remote = new URL(`${context.baseUrl}${repositoryPath(repository)}.git`);
  remote.username = viewer.login;
  remote.password = personalToken(context, viewer);
  const [email = ''] = viewer.emails;
  return [
    `git clone ${remote.href}`,
    `cd ${repository.name}`,
    `git config user.name ${viewer.login}`,
    `git config user.email ${email}`,
  ].join('\n');
}
