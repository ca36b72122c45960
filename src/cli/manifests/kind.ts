import type { CommandIo } from '../command.ts';

/** One kind of manifests, as `curfew manifests <name>` prints it. */
export interface ManifestKind {
  readonly name: string;
  /** The arguments after the name, for the synopsis. */
  readonly synopsis: string;
  /** What it prints, its options, an example: for `--help`. */
  readonly help: string;
  run(args: readonly string[], io: CommandIo): Promise<number> | number;
}
