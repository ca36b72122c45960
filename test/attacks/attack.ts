/** What an attack is: data, and one function that does what a person would do. */
import type { DeliveryResult } from '../../src/app/metrics.ts';
import type { ReasonCode } from '../../src/base/reasons.ts';
import type { Field } from './field.ts';

/** Where the refusal is read afterwards. */
export type Aim =
  /** The check run or the comment of a pull request. */
  | { readonly pullRequest: number }
  /** The commit of the App by which a path went from the default branch. */
  | { readonly removed: string }
  /** What the attacker was told directly: an answer of the App or of GitHub. */
  | { readonly told: string };

/** The reason of a verdict, or what became of a webhook. */
export type Refusal = ReasonCode | DeliveryResult;

export interface Attack {
  readonly name: string;
  /** What the attacker wanted and did not get, for the table. */
  readonly refused: string;
  readonly reason: Refusal;
  /** What a person reads, in check run, comment, commit or answer; whether in capitals or not does not matter. */
  readonly says: RegExp;
  /** Whether the App tells its operators, by an error in the log and a metric; a list of what it tells them besides. */
  readonly alert?: true | readonly ReasonCode[];
  /**
   * Where time passes, trusted files stay changed or rules go: a world of its own. The others of a file share one, and
   * meet what those before them left behind.
   */
  readonly alone?: true;
  /** Plays the attack to its end, and gives where the refusal stands. */
  readonly play: (field: Field) => Promise<Aim>;
  /** The time of the bystander passes on the way, though the clock does not say so in the end. */
  readonly lapses?: true;
  /** Grants of other people's that have to be in force afterwards; nothing else may be. */
  readonly stays?: readonly string[];
}
