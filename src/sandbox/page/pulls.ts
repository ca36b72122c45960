/** Lists of pull requests. */
import { pullRequests } from '../state.ts';
import type { PullRequest } from '../state.ts';
import { pushedBranches } from './compare.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import { fullName, pullRequestPath, repositoryPath } from './links.ts';
import { count, emptyState, paged } from './parts.ts';
import { checksOf, stateBadge, stateOf, toneIcon, worstTone } from './pull-request-state.ts';
import { repositoryFrame } from './repository-frame.ts';
import { ago } from './time.ts';
import { repositoryOf } from './visit.ts';
import type { Reply, SignedVisit } from './visit.ts';

const filters = ['open', 'merged', 'closed'] as const;
type Filter = (typeof filters)[number];

const filterWords: Readonly<Record<Filter, string>> = { open: 'Open', merged: 'Merged', closed: 'Closed' };

/** The pull requests of a repository that are open, merged or closed. */
export function pullsPage(visit: SignedVisit): Reply {
  const repository = repositoryOf(visit);
  const asked = visit.url.searchParams.get('state');
  const filter = filters.find((each) => each === asked) ?? 'open';
  const groups = Map.groupBy(pullRequests(repository), filterOf);
  const { items, navigation } = paged(visit, groups.get(filter) ?? []);
  const { prefills } = visit.options;
  const invitation =
    prefills?.repository === fullName(repository) &&
    html`<a
      class="button primary"
      href="${repositoryPath(repository, `/new/${encodeURIComponent(repository.defaultBranch)}`)}"
      >${prefills.title}</a
    >`;
  const body = html`<div class="heading">
      <h1>Pull requests</h1>
      <div class="heading-actions">
        ${invitation}
        <a class="button" href="${repositoryPath(repository, '/compare')}">From a branch</a>
      </div>
    </div>
    ${pushedBranches(repository)}
    <div class="card">
      <nav class="card-head filters" aria-label="State">
        ${filters.map(
          (each) =>
            html`<a href="?state=${each}" ${each === filter && html`aria-current="true"`}
              >${filterWords[each]} <span class="counter">${groups.get(each)?.length ?? 0}</span></a
            >`,
        )}
      </nav>
      ${pullRequestRows(visit, items, `There is no ${filter} pull request.`)}
    </div>
    ${navigation}`;
  const main = repositoryFrame(visit, repository, 'pulls', body);
  return { kind: 'page', title: `Pull requests · ${fullName(repository)}`, main };
}

function filterOf(pullRequest: PullRequest): Filter {
  const state = stateOf(pullRequest);
  return state === 'draft' ? 'open' : state;
}

/** One row for each; a sentence where there are none. */
export function pullRequestRows(visit: SignedVisit, items: readonly PullRequest[], none: string): Html {
  if (items.length === 0) return emptyState('open', none, 'What people ask for appears here.');
  return html`<ul class="rows">
    ${items.map((pullRequest) => html`<li>${row(visit, pullRequest)}</li>`)}
  </ul>`;
}

function row({ now }: SignedVisit, pullRequest: PullRequest): Html {
  const { number, title, author, createdAt, comments } = pullRequest;
  const checks = checksOf(pullRequest);
  const tone = worstTone(checks);
  const said = checks.find(({ word }) => word.tone === tone);
  return html`<div class="pull-row">
    ${stateBadge(pullRequest)}
    <div class="pull-main">
      <p>
        <a class="pull-title" href="${pullRequestPath(pullRequest)}">${title}</a>
        ${
          tone !== null &&
          html`<span title="${said?.name}: ${said?.word.text}"
            >${toneIcon(tone)}<span class="hidden">check ${said?.word.text}</span></span
          >`
        }
      </p>
      <p class="muted small">
        #${number} by ${author.login}
        ${ago(createdAt, now)}${said !== undefined && said.title !== '' && ` · ${said.title}`}
      </p>
    </div>
    ${
      comments.length > 0 &&
      html`<span class="muted nowrap" title="${count(comments.length, 'comment')}"
        >${icon('comment')} ${comments.length}</span
      >`
    }
  </div>`;
}
