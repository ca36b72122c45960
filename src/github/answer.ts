/** What a status means: an answer becomes checked data, or one of the errors that say what the caller must do. */
import { z } from 'zod';
import type { Instant } from '../base/instant.ts';
import { Denied, GitHubError, NotFound, RetryLater } from './errors.ts';
import type { Headers, HttpAnswer } from './transport.ts';

const refusalBody = z.object({
  message: z.string(),
  errors: z.array(z.unknown()).optional(),
});

const errorItem = z.union([
  z.string(),
  z.object({ message: z.string() }).transform(({ message }) => message),
]);

/** What GitHub says about a refusal, in one line; its further errors behind it. */
export function messageOf(body: unknown): string {
  const parsed = refusalBody.safeParse(body);
  if (!parsed.success)
    return typeof body === 'string' && body !== '' ? body.slice(0, 200) : 'no reason given';
  const details = (parsed.data.errors ?? []).flatMap((item) => {
    const detail = errorItem.safeParse(item);
    return detail.success ? [detail.data] : [];
  });
  return [parsed.data.message, ...details].join(': ');
}

/** True where GitHub did nothing because a limit was hit: 429, or a 403 that says so. */
export function isLimited(status: number, headers: Headers, body: unknown): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    headers['retry-after'] !== undefined ||
    headers['x-ratelimit-remaining'] === '0' ||
    /rate limit/i.test(messageOf(body))
  );
}

/** The error for an answer that is not a success. `task` is what was tried: `read pull request #5 of acme/access`. */
export function errorFor(task: string, answer: HttpAnswer): GitHubError {
  if (answer.kind === 'none') {
    return new RetryLater(`Could not ${task}: no answer (${reasonOf(answer.cause)})`, null, {
      cause: answer.cause,
    });
  }
  const { status, headers, body } = answer;
  const said = `Could not ${task}: ${status} ${messageOf(body)}`;
  if (isLimited(status, headers, body)) return new RetryLater(said);
  if (status >= 500) return new RetryLater(said);
  if (status >= 300 && status < 400) return new NotFound(`${said}; the repository was renamed or moved`);
  if (status === 404 || status === 410 || status === 451) {
    return new NotFound(`${said}; it does not exist, or the App is not installed there`);
  }
  if (status === 401) {
    return new Denied(
      `${said}; check APP_ID and the private key, and that the installation is not suspended`,
    );
  }
  if (status === 403) {
    const needed = headers['x-accepted-github-permissions'];
    return new Denied(
      needed === undefined
        ? `${said}; check the permissions that the installation has accepted`
        : `${said}; the App needs one of these permissions: ${needed}`,
    );
  }
  return new GitHubError(said);
}

/**
 * The checked body of a success.
 * @throws GitHubError of the kind that `errorFor` gives; RetryLater where the body is not what GitHub documents.
 */
export function bodyOf<T extends z.ZodType>(task: string, answer: HttpAnswer, schema: T): z.output<T> {
  if (answer.kind === 'none' || answer.status >= 300) throw errorFor(task, answer);
  return checked(task, schema, answer.body);
}

/** @throws RetryLater where the value is not what GitHub documents: nothing can be said about it then. */
export function checked<T extends z.ZodType>(task: string, schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined ? '' : ` at ${issue.path.join('.') || 'its root'}: ${issue.message}`;
  throw new RetryLater(`Could not ${task}: the answer has an unexpected shape${where}`, null, {
    cause: parsed.error,
  });
}

/**
 * GitHub's clock at the time of an answer.
 * @throws RetryLater where the answer carries no date.
 */
export function dateOf(task: string, headers: Headers): Instant {
  const date = Date.parse(headers['date'] ?? '');
  if (Number.isNaN(date)) throw new RetryLater(`Could not ${task}: the answer carries no Date`);
  return date;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
