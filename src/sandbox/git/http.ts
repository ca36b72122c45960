/** Smart HTTP by `git http-backend`: clones and fetches are streamed, pushes ask the rulesets ref by ref. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Writable } from 'node:stream';
import { gitEnvironment } from './environment.ts';
import type { GitRepository } from './repository.ts';

/** A ref that a push wants to move; null where it does not exist. */
export interface PushedRef {
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Says what is wrong with moving a ref, in lines for the person who pushes; empty to let it through. */
export type JudgePush = (ref: PushedRef) => readonly string[];

/** The children that answer requests; killed when the sandbox closes. */
export class GitBackend {
  readonly #children = new Set<ChildProcess>();

  /** Answers a fetch, or the first request of a push. */
  async serve(git: GitRepository, path: string, request: Request, user: string | null): Promise<Response> {
    const child = this.#start(git, path, request, user);
    return await response(child);
  }

  /** Answers a push once it is over; `judge` is asked for each ref after its objects have arrived. */
  async receive(git: GitRepository, request: Request, user: string, judge: JudgePush): Promise<Response> {
    const child = this.#start(git, '/git-receive-pack', request, user);
    const [, , , questions, answers] = child.stdio;
    if (questions instanceof Readable && isWritable(answers)) answerHook(questions, answers, judge);
    const closed = once(child, 'close');
    const streamed = await response(child);
    const body = await streamed.arrayBuffer();
    await closed;
    return new Response(body, { status: streamed.status, headers: streamed.headers });
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  #start(git: GitRepository, path: string, request: Request, user: string | null): ChildProcess {
    const child = spawn('git', ['http-backend'], {
      env: { ...gitEnvironment, ...cgi(git, path, request, user) },
      stdio: ['pipe', 'pipe', 'ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    // Without git there is no output, which `response` answers by 500.
    child.once('error', () => this.#children.delete(child));
    if (child.stdin !== null) feed(request, child.stdin);
    return child;
  }
}

function isWritable(stream: unknown): stream is Writable {
  return typeof stream === 'object' && stream !== null && 'write' in stream;
}

function cgi(git: GitRepository, path: string, request: Request, user: string | null): NodeJS.ProcessEnv {
  const header = (name: string): string => request.headers.get(name) ?? '';
  return {
    GIT_PROJECT_ROOT: git.directory,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: header('git-protocol'),
    REQUEST_METHOD: request.method,
    PATH_INFO: path,
    QUERY_STRING: new URL(request.url).search.slice(1),
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    REMOTE_ADDR: '127.0.0.1',
    ...(user === null ? {} : { REMOTE_USER: user }),
  };
}

/** Sends the request's body; a child that has heard enough may close early. */
function feed(request: Request, stdin: Writable): void {
  stdin.on('error', () => {});
  if (request.body === null) {
    stdin.end();
    return;
  }
  Readable.fromWeb(request.body)
    .on('error', () => stdin.destroy())
    .pipe(stdin);
}

/** Reads the CGI headers and passes the rest on as it comes. */
async function response(child: ChildProcess): Promise<Response> {
  const { stdout } = child;
  if (stdout === null) throw new Error('git http-backend has no output');
  let head = Buffer.alloc(0);
  let split = -1;
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    head = Buffer.concat([head, Buffer.from(chunk)]);
    split = head.indexOf('\r\n\r\n');
    if (split !== -1) break;
  }
  if (split === -1) return new Response('git http-backend failed', { status: 500 });
  const headers = new Headers();
  let status = 200;
  for (const line of head.toString('latin1', 0, split).split('\r\n')) {
    const [name = '', value = ''] = line.split(/: *(.*)/s);
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else headers.append(name, value);
  }
  stdout.unshift(head.subarray(split + 4));
  return new Response(Readable.toWeb(stdout), { status, headers });
}

/** Answers the update hook: one line asks for one ref. */
function answerHook(questions: Readable, answers: Writable, judge: JudgePush): void {
  answers.on('error', () => {});
  createInterface({ input: questions }).on('line', (line) => {
    const [ref = '', before, after] = line.split(' ');
    const complaints = judge({ ref, before: existing(before), after: existing(after) });
    const verdict = complaints.length === 0 ? 'ok' : 'refused';
    answers.write(`${[...complaints, verdict].join('\n')}\n`);
  });
}

/** Git writes forty zeros for a ref that does not exist. */
function existing(sha: string | undefined): string | null {
  return sha === undefined || /^0+$/.test(sha) ? null : sha;
}
