/**
 * How much YAML is read of each kind of file. The gate counts while it reads and stops at the first excess, so the
 * work that anybody's file can cause is bounded by these numbers and not by the parser behind the gate.
 */
export interface YamlLimits {
  /** UTF-8 bytes. */
  readonly bytes: number;
  /** Collections inside collections. */
  readonly depth: number;
  /** Keys of all mappings together. */
  readonly keys: number;
  /** Lexical tokens: indicators, scalars, comments, runs of white space, line breaks. */
  readonly tokens: number;
  readonly documents: number;
  /**
   * Whether files of other tools are expected: then text may hold what cannot be seen (dashboards and banners do), and
   * numbers may be written in any way. What people write for Curfew, and others approve, may not.
   */
  readonly foreign: boolean;
}

/** Anybody with write access sends these at will: small enough that the worst of them costs a few milliseconds. */
export const requestLimits: YamlLimits = {
  bytes: 8192,
  depth: 6,
  keys: 64,
  tokens: 1000,
  documents: 1,
  foreign: false,
};

/** Written by few, but a pull request may still bring any text. */
export const templateLimits: YamlLimits = {
  bytes: 32_768,
  depth: 24,
  keys: 500,
  tokens: 3000,
  documents: 1,
  foreign: false,
};

/** Grows with the people of an organization: room for about 1,000 identities. */
export const policyLimits: YamlLimits = {
  bytes: 131_072,
  depth: 10,
  keys: 5000,
  tokens: 45_000,
  documents: 1,
  foreign: false,
};

/** Snapshots, ceilings and grants. GitHub gives no more than 512,000 bytes of a file in one answer. */
export const manifestLimits: YamlLimits = {
  bytes: 500_000,
  depth: 64,
  keys: 40_000,
  tokens: 200_000,
  documents: 5000,
  foreign: true,
};

/**
 * Comments, blank lines and white space in a row, in tokens. The parser looks through such a run again for each
 * comment in it; unbounded, that is quadratic.
 */
export const longestTrivia = 1000;

/** More than this many faults of one file help nobody, and each costs a little. */
export const mostFaults = 20;
