/** Every route of the REST API. */
import { appRoutes } from './apps.ts';
import { checkRoutes } from './checks.ts';
import { collaboratorRoutes } from './collaborators.ts';
import { commitRoutes, singleCommitRoute } from './commits.ts';
import { contentsRoutes } from './contents.ts';
import { gitRoutes } from './git.ts';
import { issueRoutes } from './issues.ts';
import { metaRoutes } from './meta.ts';
import { peopleRoutes } from './people.ts';
import { pullRequestRoutes } from './pulls.ts';
import { repositoryRoutes } from './repositories.ts';
import { reviewRoutes } from './reviews.ts';
import { Router } from './route.ts';
import { rulesetRoutes } from './rulesets.ts';

export const restRouter = new Router([
  ...metaRoutes,
  ...appRoutes,
  ...peopleRoutes,
  ...collaboratorRoutes,
  ...repositoryRoutes,
  ...rulesetRoutes,
  ...gitRoutes,
  ...contentsRoutes,
  ...pullRequestRoutes,
  ...reviewRoutes,
  ...issueRoutes,
  ...checkRoutes,
  ...commitRoutes,
  singleCommitRoute,
]);
