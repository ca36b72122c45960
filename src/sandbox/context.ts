import type { SandboxClock } from './clock.ts';
import type { State } from './state.ts';

/** What every read and every operation of the sandbox needs. */
export interface SandboxContext {
  readonly state: State;
  readonly clock: SandboxClock;
  readonly settings: SandboxSettings;
}

export interface SandboxSettings {
  /** Milliseconds after a merge during which commit and pull request are not linked yet (facts §10). */
  readonly linkDelay: number;
  /** Whether the content-creation limits of GitHub hold: 80 a minute, 500 an hour. */
  readonly contentLimits: boolean;
}
