/** The branches of a repository. */
import { pullRequests } from '../state.ts';
import type { PullRequest, Repository } from '../state.ts';
import { commitLine } from './commits.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import { contentPath, fullName, pullRequestPath } from './links.ts';
import { paged } from './parts.ts';
import { stateBadge } from './pull-request-state.ts';
import { repositoryFrame } from './repository-frame.ts';
import { repositoryOf } from './visit.ts';
import type { Reply, SignedVisit } from './visit.ts';

/** All branches, the default one first. */
export function branchesPage(visit: SignedVisit): Reply {
  const repository = repositoryOf(visit);
  const { git, defaultBranch } = repository;
  const names = git.branches().toSorted((a, b) => Number(b === defaultBranch) - Number(a === defaultBranch));
  const { items, navigation } = paged(visit, names);
  const body = html`<div class="heading"><h1>Branches</h1></div>
    <ul class="card rows">
      ${items.map((name) => html`<li>${branchRow(visit, repository, name)}</li>`)}
    </ul>
    ${navigation}`;
  const main = repositoryFrame(visit, repository, 'branches', body);
  return { kind: 'page', title: `Branches · ${fullName(repository)}`, main };
}

function branchRow(visit: SignedVisit, repository: Repository, name: string): Html {
  const tip = repository.git.branch(name);
  const commit = tip === undefined ? undefined : repository.git.readCommit(tip);
  const newest = pullRequests(repository).find((pullRequest) => pullRequest.headRef === name);
  return html`<div class="branch">
    <p class="branch-name">
      ${icon('branch')} <a href="${contentPath(repository, 'tree', name, '')}"><code>${name}</code></a>
      ${name === repository.defaultBranch && html`<span class="badge">default</span>`}
      ${newest !== undefined && link(newest)}
    </p>
    <p class="branch-commit">${commit !== undefined && commitLine(visit, repository, commit)}</p>
  </div>`;
}

function link(pullRequest: PullRequest): Html {
  return html`<a class="quiet-link" href="${pullRequestPath(pullRequest)}"
    >${stateBadge(pullRequest)} #${pullRequest.number}</a
  >`;
}
