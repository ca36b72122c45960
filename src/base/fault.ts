/**
 * Something wrong in a file that a person wrote: where it is, what is there, what is allowed and what to do.
 * Faults are what `curfew validate` prints and what becomes an annotation of the check run.
 */
export interface Fault {
  /** The file, relative to the root of the access repository. */
  readonly file: string;
  /** 1-based; 1 where the fault is about the whole file. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** One sentence without a full stop, naming the field: `spec.duration: "3 hours" is not a duration`. */
  readonly message: string;
  /** What would be right, or what to do: `write it as 90m, 2h or 1h30m`; empty where nothing helps. */
  readonly remedy: string;
}

/** `access-requests/prod/a/b.yaml:4:13: message; remedy`, the shape that editors and CI turn into links. */
export function formatFault(fault: Fault): string {
  const where = `${fault.file}:${fault.line}:${fault.column}`;
  return fault.remedy === '' ? `${where}: ${fault.message}` : `${where}: ${fault.message}; ${fault.remedy}`;
}
