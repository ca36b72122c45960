/** What is around every page of a repository: its name and what can be looked at in it. */
import { pullRequests } from '../state.ts';
import type { Repository } from '../state.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import type { IconName } from './icons.ts';
import { fullName, repositoryPath } from './links.ts';
import type { SignedVisit } from './visit.ts';

export type Tab = 'code' | 'pulls' | 'commits' | 'branches' | 'new';

/** Puts the content of a tab below the repository's name and tabs. */
export function repositoryFrame(visit: SignedVisit, repository: Repository, current: Tab, body: Html): Html {
  const open = pullRequests(repository).filter(({ state }) => state === 'open').length;
  const { prefills } = visit.options;
  const tab = (tab: Tab, name: IconName, label: string, path: string, extra: Html | null = null): Html =>
    html`<li>
      <a href="${repositoryPath(repository, path)}" ${tab === current && html`aria-current="page"`}>
        ${icon(name)} ${label} ${extra}
      </a>
    </li>`;
  return html`<div class="repository">
    <p class="repository-name">
      ${icon('book')} <span>${repository.owner.login} / </span
      ><a href="${repositoryPath(repository)}"><strong>${repository.name}</strong></a>
      <span class="badge">${repository.private ? 'private' : 'public'}</span>
    </p>
    <nav class="tabs" aria-label="${fullName(repository)}">
      <ul>
        ${tab('code', 'file', 'Code', '')}
        ${tab('pulls', 'open', 'Pull requests', '/pulls', html`<span class="counter">${open}</span>`)}
        ${tab('commits', 'commit', 'History', `/commits/${encodeURIComponent(repository.defaultBranch)}`)}
        ${tab('branches', 'branch', 'Branches', '/branches')}
        ${
          prefills?.repository === fullName(repository) &&
          tab('new', 'key', prefills.title, `/new/${encodeURIComponent(repository.defaultBranch)}`)
        }
      </ul>
    </nav>
    ${body}
  </div>`;
}
