/** Rulesets, and the rules that hold for a branch. */
import type { components } from '@octokit/openapi-types';
import { z } from 'zod';
import { authorize, includes, permits, repositoryPermission } from '../access.ts';
import { authorizeWrite } from '../access.ts';
import type { Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { notFound } from '../errors.ts';
import { createRuleset, deleteRuleset, updateRuleset } from '../operations/repositories.ts';
import type { RulesetInput } from '../operations/repositories.ts';
import { branchRule, repositoryRuleset } from '../represent/repository.ts';
import { bypassOf, effectiveRules } from '../rules.ts';
import type { Repository, Ruleset } from '../state.ts';
import { json, noContent, numberParam, paginate, param, parseBody, repositoryOf, route } from './route.ts';
import type { Answer, Call } from './route.ts';

type Schemas = components['schemas'];

const metadata = { app: ['metadata:read'], role: 'read' } as const;
const administration = { app: ['administration:write'], role: 'admin' } as const;

export const rulesetRoutes = [
  route('GET /repos/{owner}/{repo}/rules/branches/{branch}', (call) => {
    const repository = repositoryOf(call);
    authorize(call.context.state, call.actor, repository, metadata);
    const rules = effectiveRules(repository, `refs/heads/${param(call, 'branch')}`);
    return paginate(call, rules, ({ ruleset, rule }) => branchRule(ruleset, rule));
  }),
  route('GET /repos/{owner}/{repo}/rulesets', (call) => {
    const repository = repositoryOf(call);
    authorize(call.context.state, call.actor, repository, metadata);
    return paginate(call, repository.rulesets, (ruleset) => {
      const {
        rules: _,
        conditions: _conditions,
        ...listed
      } = repositoryRuleset(call.context, ruleset, false);
      return listed;
    });
  }),
  route('POST /repos/{owner}/{repo}/rulesets', postRuleset),
  route('GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', (call) => {
    const ruleset = rulesetOf(call);
    authorize(call.context.state, call.actor, ruleset.repository, metadata);
    return json(shown(call, ruleset));
  }),
  route('PUT /repos/{owner}/{repo}/rulesets/{ruleset_id}', putRuleset),
  route('DELETE /repos/{owner}/{repo}/rulesets/{ruleset_id}', (call) => {
    const ruleset = rulesetOf(call);
    authorizeWrite(call.context.state, call.actor, ruleset.repository, administration);
    deleteRuleset(call.context, ruleset);
    return noContent;
  }),
];

function rulesetOf(call: Call): Ruleset {
  const ruleset = repositoryOf(call).rulesets.find(({ id }) => id === numberParam(call, 'ruleset_id'));
  if (ruleset === undefined) throw notFound();
  return ruleset;
}

function shown(call: Call, ruleset: Ruleset) {
  const { context, actor } = call;
  const own = actor.kind === 'user' || actor.kind === 'installation' ? actor : null;
  return {
    ...repositoryRuleset(context, ruleset, seesBypass(context, actor, ruleset.repository)),
    ...(own === null ? {} : { current_user_can_bypass: bypassOf(context, own, ruleset) }),
  } satisfies Schemas['repository-ruleset'];
}

/** An App without administration is not told who may bypass (facts §10). */
function seesBypass(context: SandboxContext, actor: Actor, repository: Repository): boolean {
  if (actor.kind === 'installation') return permits(actor.permissions, ['administration:write']);
  return (
    actor.kind === 'user' && includes(repositoryPermission(context.state, repository, actor.user), 'admin')
  );
}

const mergeMethod = z.enum(['merge', 'squash', 'rebase']);

const rule = z.discriminatedUnion('type', [
  z.object({ type: z.literal('deletion') }),
  z.object({ type: z.literal('non_fast_forward') }),
  z.object({ type: z.literal('creation') }),
  z.object({ type: z.literal('update') }),
  z.object({ type: z.literal('required_linear_history') }),
  z.object({ type: z.literal('required_signatures') }),
  z.object({
    type: z.literal('merge_queue'),
    parameters: z.object({
      check_response_timeout_minutes: z.number(),
      grouping_strategy: z.enum(['ALLGREEN', 'HEADGREEN']),
      max_entries_to_build: z.number(),
      max_entries_to_merge: z.number(),
      merge_method: z.enum(['MERGE', 'SQUASH', 'REBASE']),
      min_entries_to_merge: z.number(),
      min_entries_to_merge_wait_minutes: z.number(),
    }),
  }),
  z.object({
    type: z.literal('pull_request'),
    parameters: z.object({
      required_approving_review_count: z.number(),
      dismiss_stale_reviews_on_push: z.boolean(),
      require_code_owner_review: z.boolean(),
      require_last_push_approval: z.boolean(),
      required_review_thread_resolution: z.boolean(),
      allowed_merge_methods: z.array(mergeMethod).exactOptional(),
    }),
  }),
  z.object({
    type: z.literal('required_status_checks'),
    parameters: z.object({
      strict_required_status_checks_policy: z.boolean(),
      required_status_checks: z.array(
        z.object({ context: z.string(), integration_id: z.number().exactOptional() }),
      ),
    }),
  }),
]);

/** The body of `POST /repos/{owner}/{repo}/rulesets`; other kinds of rules are refused, never ignored. */
const rulesetBody = z.object({
  name: z.string(),
  target: z.literal('branch').optional(),
  enforcement: z.enum(['active', 'evaluate', 'disabled']),
  bypass_actors: z
    .array(
      z.object({
        actor_type: z.enum(['Integration', 'OrganizationAdmin', 'RepositoryRole', 'Team']),
        actor_id: z.number().nullable(),
        bypass_mode: z.enum(['always', 'pull_request']),
      }),
    )
    .default([]),
  conditions: z.object({
    ref_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }),
  }),
  rules: z.array(rule).default([]),
});

/** A ruleset as people post it to GitHub, in the words of the state. @throws ZodError */
export function parseRuleset(body: unknown): RulesetInput {
  return toInput(rulesetBody.parse(body));
}

function toInput(body: z.infer<typeof rulesetBody>): RulesetInput {
  const { name, enforcement, rules, bypass_actors: bypassActors, conditions } = body;
  return { name, enforcement, rules, bypassActors, refs: conditions.ref_name };
}

function postRuleset(call: Call): Answer {
  const repository = repositoryOf(call);
  authorizeWrite(call.context.state, call.actor, repository, administration);
  const ruleset = createRuleset(call.context, repository, toInput(parseBody(call, rulesetBody)));
  return json(shown(call, ruleset), 201);
}

function putRuleset(call: Call): Answer {
  const ruleset = rulesetOf(call);
  authorizeWrite(call.context.state, call.actor, ruleset.repository, administration);
  return json(shown(call, updateRuleset(call.context, ruleset, toInput(parseBody(call, rulesetBody)))));
}
