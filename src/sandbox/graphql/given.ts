/** Whether an argument has a value: GitHub treats null like an argument that is left out. */
export function given<T>(value: T): value is NonNullable<T> {
  return value !== null && value !== undefined;
}
