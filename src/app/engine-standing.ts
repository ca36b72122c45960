/**
 * What a change of the trusted files could alter, read for a pull request that brings one: the grants in force, the
 * requests on the way. Nothing is granted by it, so it takes what is left of the budgets.
 */
import type { Logger } from 'pino';
import type { RepositoryPort } from '../github/port.ts';
import { purposeOf } from '../lifecycle/candidate.ts';
import type { PullRequestFacts } from '../lifecycle/facts.ts';
import type { Standing } from '../lifecycle/proposal/side.ts';
import { decidingTeams } from '../lifecycle/teams.ts';
import type { Clock } from './clock.ts';
import { readKnown, readRest, type Memory } from './engine-facts.ts';

/** Of the open pull requests the oldest: one that names more on the way says no more about the change. */
const mostOpen = 100;

/**
 * Reads it all in one or two requests, and one more for every twenty open pull requests.
 * @param open every open pull request, where they were read just now.
 */
export async function readStanding(
  port: RepositoryPort,
  clock: Pick<Clock, 'now'>,
  memory: Memory,
  log: Logger,
  open?: readonly PullRequestFacts[],
): Promise<Standing> {
  const display = port.withPurpose('display');
  const known = await readKnown(display, clock, memory);
  const { world, context } = await readRest(display, known, memory, log);
  const all = open ?? (await readOpen(display));
  const requests = all
    .slice(0, mostOpen)
    .filter((pullRequest) => purposeOf(pullRequest, world.repository).kind === 'request');
  const paths = [...world.landings.keys(), ...requests.flatMap(({ addedFile }) => addedFile?.path ?? [])];
  const teams = await display.readTeams(decidingTeams(world.tip, paths));
  return { world, context: { ...context, teams: new Map([...context.teams, ...teams]) }, open: requests };
}

async function readOpen(port: RepositoryPort): Promise<readonly PullRequestFacts[]> {
  const open: PullRequestFacts[] = [];
  for await (const page of port.readOpenPullRequests()) {
    open.push(...page.map(({ pullRequest }) => pullRequest));
    if (open.length >= mostOpen) break;
  }
  return open;
}
