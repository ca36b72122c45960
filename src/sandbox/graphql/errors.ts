/**
 * Errors in GitHub's shape: HTTP 200 with `errors`, each with a `type`, the `path` of the field and its place in the
 * query. Errors of validation have no `type` but `extensions.code`.
 */
import { GraphQLError, Kind, print, type GraphQLFormattedError } from 'graphql';
import { ApiError } from '../errors.ts';

/**
 * The types that GitHub gives, as far as the sandbox gives them or can be asked to; the last two are its own: for a
 * defect, and for what it does not resolve.
 */
export type ErrorType =
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'INSUFFICIENT_SCOPES'
  | 'STALE_DATA'
  | 'UNPROCESSABLE'
  | 'MISSING_PAGINATION_BOUNDARIES'
  | 'EXCESSIVE_PAGINATION'
  | 'INVALID_CURSOR_ARGUMENTS'
  | 'MAX_NODE_LIMIT_EXCEEDED'
  | 'RATE_LIMITED'
  | 'SERVICE_UNAVAILABLE'
  | 'INTERNAL'
  | 'UNRESOLVED';

/** Thrown by a resolver: the field becomes null and the error is listed. */
export class GraphQLFailure extends Error {
  override readonly name = 'GraphQLFailure';
  readonly type: ErrorType;

  constructor(type: ErrorType, message: string) {
    super(message);
    this.type = type;
  }
}

/** One entry of `errors` as GitHub prints it. */
export interface ErrorEntry {
  readonly type?: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly locations?: GraphQLFormattedError['locations'];
  readonly message: string;
}

/** An error of parsing, validating or executing as GitHub prints it. */
export function shapeError(error: GraphQLError): ErrorEntry {
  const { path, extensions, originalError } = error;
  const type = originalError === undefined ? undefined : typeOf(originalError);
  return {
    ...(type !== undefined && { type }),
    ...(path !== undefined && { path }),
    ...(Object.keys(extensions).length > 0 && { extensions }),
    ...(type === 'FORBIDDEN' && { extensions: { saml_failure: false } }),
    ...(error.locations !== undefined && { locations: error.locations }),
    message: originalError instanceof ApiError ? messageOf(originalError) : error.message,
  };
}

/** A refusal has its type; anything else is a defect of the sandbox and says so. */
function typeOf(error: Error): string | undefined {
  if (error instanceof GraphQLError) return undefined;
  return error instanceof GraphQLFailure || error instanceof ApiError ? error.type : 'INTERNAL';
}

/** REST says `Validation Failed` and lists what; GraphQL says what. */
function messageOf({ message, errors }: ApiError): string {
  const [first] = errors;
  if (message !== 'Validation Failed' || typeof first !== 'object') return message;
  const { message: reason, field, code } = first;
  return typeof reason === 'string' ? reason : `${String(field)} is ${String(code)}`;
}

/** What GitHub says where a variable's value does not fit its type; other errors as they are. */
export function shapeVariableError(error: GraphQLError): ErrorEntry {
  const [definition] = error.nodes ?? [];
  if (definition?.kind !== Kind.VARIABLE_DEFINITION) return shapeError(error);
  return {
    extensions: { problems: [{ path: [], explanation: error.message }] },
    ...(error.locations !== undefined && { locations: error.locations }),
    message: `Variable $${definition.variable.name.value} of type ${print(definition.type)} was provided invalid value`,
  };
}
