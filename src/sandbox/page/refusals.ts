/** What an operation refused, in words for the person at the page. */
import type { ApiError } from '../errors.ts';

/** GitHub's own sentence; where it only says "Validation Failed", what is wrong. */
export function reasonOf({ message, errors }: ApiError): string {
  if (message !== 'Validation Failed') return message;
  const details = errors.map((detail) => {
    if (typeof detail === 'string') return detail;
    const { message, field, code } = detail;
    return typeof message === 'string' ? message : `${String(field)}: ${String(code).replaceAll('_', ' ')}`;
  });
  return details.join(' ') || message;
}
