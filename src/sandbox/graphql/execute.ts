/**
 * `POST /graphql`: GitHub's own schema, executed over the sandbox's records and repositories. Everything is resolved
 * synchronously, so that a query sees one state and a mutation is one step.
 */
import { executeSync } from 'graphql';
import type { Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { ApiError } from '../errors.ts';
import type { RateStatus } from '../limits.ts';
import type { PartialAnswer } from './context.ts';
import { costOf, largestNodeCount } from './cost.ts';
import { prepare } from './documents.ts';
import { shapeError, shapeVariableError, type ErrorEntry } from './errors.ts';
import { resolveField, resolveType } from './fields.ts';
import { loadSchema } from './schema.ts';

export type { PartialAnswer } from './context.ts';

/** The parsed JSON body of the request. */
export interface GraphQLRequest {
  readonly query?: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
}

export interface GraphQLAnswer {
  /** Null where the query was refused before it ran or a field that may not be null failed. */
  readonly data?: unknown;
  readonly errors?: readonly ErrorEntry[];
}

export interface GraphQLOutcome {
  /** What HTTP 200 carries, errors included. */
  readonly answer: GraphQLAnswer;
  /** Points that the query takes from the budget. */
  readonly cost: number;
}

export interface GraphQLOptions {
  /** The actor's budget; what the query costs beyond one point is not yet taken from it. */
  readonly rateLimit: RateStatus;
  /** A fault to inject; null for none. */
  readonly partial?: PartialAnswer | null;
}

/**
 * Answers one GraphQL request.
 * @throws ApiError 401 without an account, 400 without a query; all else is in the answer
 */
export function executeGraphQL(
  sandbox: SandboxContext,
  actor: Actor,
  request: GraphQLRequest,
  { rateLimit, partial = null }: GraphQLOptions,
): GraphQLOutcome {
  if (actor.kind === 'anonymous' || actor.kind === 'app') {
    throw new ApiError(401, 'This endpoint requires you to be authenticated.');
  }
  if (typeof request.query !== 'string') {
    throw new ApiError(400, 'A query attribute must be specified and must be a string.');
  }
  const prepared = prepare(request.query);
  if (!prepared.ok) return { answer: { errors: prepared.errors }, cost: 1 };

  const { document } = prepared;
  const variableValues = isRecord(request.variables) ? request.variables : {};
  const operationName = typeof request.operationName === 'string' ? request.operationName : undefined;
  const cost = costOf(document, operationName, variableValues);
  if (cost.nodes > largestNodeCount) return { answer: { errors: [tooManyNodes(cost.nodes)] }, cost: 1 };

  const result = executeSync({
    schema: loadSchema(),
    document,
    variableValues,
    ...(operationName !== undefined && { operationName }),
    contextValue: { sandbox, actor, cost, rateLimit, partial },
    fieldResolver: resolveField,
    typeResolver: resolveType,
  });
  const shape = result.data === undefined ? shapeVariableError : shapeError;
  return {
    answer: {
      ...(result.data !== undefined && { data: result.data }),
      ...(result.errors !== undefined && { errors: result.errors.map(shape) }),
    },
    cost: cost.points,
  };
}

function tooManyNodes(nodes: number): ErrorEntry {
  const asked = nodes.toLocaleString('en-US');
  const limit = largestNodeCount.toLocaleString('en-US');
  return {
    type: 'MAX_NODE_LIMIT_EXCEEDED',
    message: `This query requests up to ${asked} possible nodes which exceeds the maximum limit of ${limit}.`,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
