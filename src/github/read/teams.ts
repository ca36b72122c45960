import { z } from 'zod';
import type { TeamFacts } from '../../approval/approval.ts';
import { checked } from '../answer.ts';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import { GitHubError, NotFound } from '../errors.ts';
import { isUnseen, type GraphQLErrorItem, type Tolerate } from '../graphql-errors.ts';
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

/**
 * Teams with their members, those of child teams included; a team that cannot be seen is left out. No request for
 * teams that came along with a read just before.
 */
export async function readTeams(
  context: RepositoryContext,
  teams: readonly string[],
): Promise<ReadonlyMap<string, TeamFacts>> {
  const wanted = [...new Set(teams)];
  const known = context.memory.teamsJustRead(wanted);
  const unknown = wanted.filter((team) => !known.has(team));
  const read = await readFrom(
    context,
    unknown.map((team) => ({ team, after: null })),
    new Map(),
  );
  return new Map(
    wanted.flatMap((team) => {
      const facts = known.get(team) ?? read.get(team) ?? null;
      return facts === null ? [] : [[team, facts] as const];
    }),
  );
}

/** Teams as a part of another query, to be had for nothing. */
export class TeamsAlong {
  readonly teams: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly #context: RepositoryContext;
  readonly #hidden = new Set<string>();
  readonly #failed = new Set<string>();

  constructor(context: RepositoryContext) {
    this.#context = context;
    this.teams = context.memory.wantedTeams;
    this.variables = variablesOf(this.teams.map((team) => ({ team, after: null })));
  }

  /** What goes wrong with a team must not spoil the read that it came along with: it is asked about by itself then. */
  readonly tolerate: Tolerate = (error) => {
    const team = teamOf(error, this.teams);
    if (team === null) return false;
    (isUnseen(error) ? this.#hidden : this.#failed).add(team);
    return true;
  };

  /** Takes the teams from the answer. */
  async keep(answer: Readonly<Record<string, unknown>>): Promise<void> {
    const asked = this.teams.map((team) => ({ team, after: null }));
    try {
      const { seen, further } = await partOf(this.#context, answer, asked, this.#hidden, new Map());
      const teams = await readFrom(this.#context, further, seen);
      for (const team of this.#failed) teams.delete(team);
      this.#context.memory.keepTeams(teams);
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      this.#context.memory.keepTeams(new Map());
    }
  }
}

type Teams = Map<string, Seen | null>;

/** Reads what is asked for, and whatever pages follow, into `seen`; null stands for a team that cannot be seen. */
async function readFrom(context: RepositoryContext, asked: readonly Asked[], seen: Teams): Promise<Teams> {
  let open = asked;
  let all = seen;
  while (open.length > 0) {
    const part = open.slice(0, batch);
    const hidden = new Set<string>();
    const { data } = await context.client.query(
      `read teams for ${context.fullName}`,
      teamsQuery(part.length),
      { name: context.name, ...variablesOf(part) },
      z.record(z.string(), z.unknown()),
      (error) => hides(error, part, hidden),
    );
    const read = await partOf(context, data, part, hidden, all);
    all = read.seen;
    open = [...read.further, ...open.slice(batch)];
  }
  return all;
}

/** What one answer says, added to what was seen before, and the pages that it leaves open. */
async function partOf(
  context: RepositoryContext,
  answer: Readonly<Record<string, unknown>>,
  asked: readonly Asked[],
  hidden: ReadonlySet<string>,
  before: Teams,
): Promise<{ readonly seen: Teams; readonly further: readonly Asked[] }> {
  const seen: Teams = new Map(before);
  const further: Asked[] = [];
  for (const [{ team }, raw] of aliasesOf(answer, 't', asked)) {
    const found = hidden.has(team) ? null : (checked('read teams', shape, raw)?.team ?? null);
    if (found === null) {
      seen.set(team, null);
      continue;
    }
    const known = seen.get(team) ?? { members: new Map(), canWrite: await canWrite(context, team, found) };
    for (const member of found.members.nodes) known.members.set(member.databaseId, member.login);
    seen.set(team, known);
    const { hasNextPage, endCursor } = found.members.pageInfo;
    if (hasNextPage) further.push({ team, after: endCursor });
  }
  return { seen, further };
}

function variablesOf(asked: readonly Asked[]): Readonly<Record<string, unknown>> {
  const parts = asked.map(({ team }) => team.split('/'));
  return {
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
  };
}

/** The team that an error is about; null where it is about none. */
function teamOf(error: GraphQLErrorItem, teams: readonly string[]): string | null {
  const index = /^t(\d+)$/.exec(String(error.path?.[0]))?.[1];
  return index === undefined ? null : (teams[Number(index)] ?? null);
}

/** True for an error that only hides one of the teams, which is noted. */
function hides(error: GraphQLErrorItem, asked: readonly Asked[], hidden: Set<string>): boolean {
  const team = teamOf(
    error,
    asked.map((each) => each.team),
  );
  if (team === null || !isUnseen(error)) return false;
  hidden.add(team);
  return true;
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
  const { teamsThatCannotWrite } = context.memory;
  if (listed) return true;
  if (teamsThatCannotWrite.has(team)) return false;
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
    if (data.permissions?.push === true) return true;
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
  teamsThatCannotWrite.set(team, true);
  return false;
}
