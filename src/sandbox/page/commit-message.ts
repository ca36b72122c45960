/** A commit's message: its subject, its text, and the trailers in which programs keep evidence. */

export interface Trailer {
  readonly key: string;
  readonly value: string;
}

export interface CommitMessage {
  readonly subject: string;
  /** What stands between subject and trailers; empty where nothing does. */
  readonly text: string;
  readonly trailers: readonly Trailer[];
}

const trailer = /^([A-Za-z0-9][A-Za-z0-9-]*): +(.*)$/;

/** Trailers are the last paragraph, if every line of it is one (git-interpret-trailers(1), strictly read). */
export function parseMessage(message: string): CommitMessage {
  const [subject = '', ...rest] = message.trim().split('\n');
  const paragraphs = rest
    .join('\n')
    .trim()
    .split(/\n{2,}/);
  const last = (paragraphs.at(-1) ?? '').split('\n').map((line) => trailer.exec(line));
  const trailers = last.flatMap((match) =>
    match === null ? [] : [{ key: match[1] ?? '', value: match[2] ?? '' }],
  );
  const isBlock = trailers.length === last.length && paragraphs.at(-1) !== '';
  return {
    subject,
    text: (isBlock ? paragraphs.slice(0, -1) : paragraphs).join('\n\n').trim(),
    trailers: isBlock ? trailers : [],
  };
}
