import { z } from 'zod';
import type { TeamFacts } from '../../approval/approval.ts';
import { checked } from '../answer.ts';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import { NotFound } from '../errors.ts';
import { isUnseen } from '../graphql-errors.ts';
import { teamsQuery } from '../queries/teams.ts';
import { id, pageInfo } from '../schema.ts';
import { aliasesOf, indexed } from './aliases.ts';

/** Teams in one request. */
const batch = 20;

const writing: readonly string[] = ['WRITE', 'MAINTAIN', 'ADMIN'];

const shape = z
  .object({
    team: z
      .object({
        members: z.object({ pageInfo, nodes: z.array(z.object({ databaseId: id, login: z.string() })) }),
        repositories: z.object({
          edges: z.array(z.object({ permission: z.string(), node: z.object({ nameWithOwner: z.string() }) })),
        }),
      })
      .nullable(),
  })
  .nullable();

interface Asked {
  /** `org/slug` */
  readonly team: string;
  readonly after: string | null;
}

interface Seen {
  readonly members: Map<number, string>;
  readonly canWrite: boolean;
}

/** Teams with their members, those of child teams included; a team that cannot be seen is left out. */
export async function readTeams(
  context: RepositoryContext,
  teams: readonly string[],
): Promise<ReadonlyMap<string, TeamFacts>> {
  const seen = new Map<string, Seen>();
  const unseen = new Set<string>();
  let open: readonly Asked[] = [...new Set(teams)].map((team) => ({ team, after: null }));
  while (open.length > 0) {
    const part = open.slice(0, batch);
    const answer = await query(context, part, unseen);
    const further: Asked[] = [];
    for (const [{ team }, raw] of aliasesOf(answer, 't', part)) {
      const found = checked('read teams', shape, unseen.has(team) ? null : raw)?.team ?? null;
      if (found === null) {
        unseen.add(team);
        continue;
      }
      const known = seen.get(team) ?? { members: new Map(), canWrite: await canWrite(context, team, found) };
      for (const member of found.members.nodes) known.members.set(member.databaseId, member.login);
      seen.set(team, known);
      if (found.members.pageInfo.hasNextPage) further.push({ team, after: found.members.pageInfo.endCursor });
    }
    open = [...further, ...open.slice(batch)];
  }
  return new Map([...seen].filter(([team]) => !unseen.has(team)));
}

async function query(
  context: RepositoryContext,
  asked: readonly Asked[],
  unseen: Set<string>,
): Promise<Readonly<Record<string, unknown>>> {
  const parts = asked.map(({ team }) => team.split('/'));
  const { data } = await context.client.query(
    `read teams for ${context.fullName}`,
    teamsQuery(asked.length),
    {
      repository: context.name,
      ...indexed(
        'org',
        parts.map(([organization]) => organization ?? ''),
      ),
      ...indexed(
        'slug',
        parts.map(([, slug]) => slug ?? ''),
      ),
      ...indexed(
        'after',
        asked.map(({ after }) => after),
      ),
    },
    z.record(z.string(), z.unknown()),
    (error) => {
      const index = /^t(\d+)$/.exec(String(error.path?.[0]))?.[1];
      const hidden = index === undefined ? undefined : asked[Number(index)];
      if (hidden === undefined || !isUnseen(error)) return false;
      unseen.add(hidden.team);
      return true;
    },
  );
  return data;
}

const restTeam = z.object({ permissions: z.object({ push: z.boolean() }).optional() });

/** Whether the team may write to the repository: by what GraphQL lists, else by REST, which knows of parent teams. */
async function canWrite(
  context: RepositoryContext,
  team: string,
  found: NonNullable<NonNullable<z.output<typeof shape>>['team']>,
): Promise<boolean> {
  const listed = found.repositories.edges.some(
    ({ permission, node }) =>
      writing.includes(permission) && node.nameWithOwner.toLowerCase() === context.fullName.toLowerCase(),
  );
  if (listed) return true;
  const [org, slug] = team.split('/');
  try {
    const data = await context.client.get(
      `read the permission of @${team} on ${context.fullName}`,
      'GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}',
      {
        ...repositoryParameters(context),
        org,
        team_slug: slug,
        // Without this media type the answer is an empty 204.
        mediaType: { format: 'repository+json' },
      },
      restTeam,
    );
    return data.permissions?.push === true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
