import type { SandboxClock } from './clock.ts';
import type { SandboxEvent } from './events.ts';
import type { State } from './state.ts';

/** What every read and every operation of the sandbox needs. */
export interface SandboxContext {
  readonly state: State;
  readonly clock: SandboxClock;
  readonly settings: SandboxSettings;
  /** Where the sandbox answers: `http://127.0.0.1:3000`; pages live below it, the API at `/api/v3`. */
  readonly baseUrl: string;
  /** Tells the Apps that listen. */
  emit(event: SandboxEvent): void;
}

export interface SandboxSettings {
  /** Milliseconds after a merge during which commit and pull request are not linked yet (facts §10). */
  readonly linkDelay: number;
}
