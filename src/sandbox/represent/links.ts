/** Addresses of things, in the API and in the page. */
import type { SandboxContext } from '../context.ts';
import type { Account, Repository } from '../state.ts';

/** `http://…/api/v3`, as on Enterprise Server. */
export function apiUrl(context: SandboxContext, path = ''): string {
  return `${context.baseUrl}/api/v3${path}`;
}

export function repositoryApiUrl(context: SandboxContext, repository: Repository, path = ''): string {
  return apiUrl(context, `/repos/${repository.owner.login}/${repository.name}${path}`);
}

export function repositoryPageUrl(context: SandboxContext, repository: Repository, path = ''): string {
  return `${context.baseUrl}/${repository.owner.login}/${repository.name}${path}`;
}

/** The addresses that GitHub adds to every account. */
export function accountLinks(context: SandboxContext, account: Pick<Account, 'login' | 'id'>) {
  const url = apiUrl(context, `/users/${encodeURIComponent(account.login)}`);
  return {
    avatar_url: `${context.baseUrl}/avatars/u/${account.id}`,
    gravatar_id: '',
    url,
    html_url: `${context.baseUrl}/${account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
  };
}

/** The addresses that GitHub adds to every repository. */
export function repositoryLinks(context: SandboxContext, repository: Repository) {
  const url = repositoryApiUrl(context, repository);
  return {
    html_url: repositoryPageUrl(context, repository),
    url,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
  };
}
