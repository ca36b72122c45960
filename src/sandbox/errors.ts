/** An answer that is not success: GitHub's status and message, for REST; and its type, for GraphQL. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** What GraphQL says as `errors[].type`. */
  readonly type: string;
  /** The `errors` list of a 422. */
  readonly errors: readonly (string | Readonly<Record<string, unknown>>)[];

  constructor(status: number, message: string, details: { type?: string; errors?: ApiError['errors'] } = {}) {
    super(message);
    this.status = status;
    this.type = details.type ?? graphqlTypes[status] ?? 'UNPROCESSABLE';
    this.errors = details.errors ?? [];
  }
}

const graphqlTypes: Readonly<Record<number, string>> = {
  401: 'FORBIDDEN',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
};

/** 404: absent, or hidden from who asks; GitHub does not tell which. */
export function notFound(): ApiError {
  return new ApiError(404, 'Not Found');
}

/** 403 for an App without the permission. */
export function notAccessible(): ApiError {
  return new ApiError(403, 'Resource not accessible by integration');
}

/** 403 for a person without the right. */
export function forbidden(message: string): ApiError {
  return new ApiError(403, message);
}

/** 422 with one error as GitHub words it. */
export function validationFailed(resource: string, field: string, code: string, message?: string): ApiError {
  return new ApiError(422, 'Validation Failed', {
    errors: [{ resource, field, code, ...(message === undefined ? {} : { message }) }],
  });
}

/** 422 with a sentence. */
export function unprocessable(message: string, type?: string): ApiError {
  return new ApiError(422, message, type === undefined ? {} : { type });
}
