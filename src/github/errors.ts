/**
 * What can go wrong with GitHub, typed by what the caller must do. Every other exception is a defect.
 */
import type { Instant } from '../base/instant.ts';

/** What all of these are; thrown itself of a refusal that is none of the kinds below. */
export class GitHubError extends Error {
  override readonly name: string = 'GitHubError';
}

/** Nothing is known; ask again, not before `retryAt`. Timeouts, 5xx, rate limits, lost connections, partial answers. */
export class RetryLater extends GitHubError {
  override readonly name = 'RetryLater';
  readonly retryAt: Instant | null;

  constructor(message: string, retryAt: Instant | null = null, options?: ErrorOptions) {
    super(message, options);
    this.retryAt = retryAt;
  }
}

/** What was asked for is not there (any more), or is hidden from the App. */
export class NotFound extends GitHubError {
  override readonly name = 'NotFound';
}

/** The App lacks a permission, or the installation is gone; a person must act. */
export class Denied extends GitHubError {
  override readonly name = 'Denied';
}

/** GitHub gave only a part of a list or of a blob: refuse rather than decide on a part. */
export class Truncated extends GitHubError {
  override readonly name = 'Truncated';
}
