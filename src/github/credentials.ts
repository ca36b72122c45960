/** How the App proves who it is: a signed token of ten minutes, and for each installation a token of one hour. */
import { createAppAuth } from '@octokit/auth-app';
import { z } from 'zod';
import { bodyOf, messageOf } from './answer.ts';
import { instant } from './schema.ts';
import type { HttpAnswer, Transport } from './transport.ts';

/** What requests prove themselves by. */
export interface Credentials {
  /** The value of the `authorization` header; null sends none. */
  authorization(): Promise<string | null>;
  /** Called with GitHub's 401 to what was given last: the next one is another. */
  refused(answer: Answered): void;
}

type Answered = Extract<HttpAnswer, { kind: 'answer' }>;

/** Milliseconds before its end at which a token is renewed: a request may take a while. */
const margin = 5 * 60_000;

const tokenSchema = z.object({ token: z.string(), expires_at: instant });

type Token = z.output<typeof tokenSchema>;

/**
 * The App itself, for `/app…`. GitHub accepts no token from the future: where the clock of this machine is wrong, the
 * time is taken from GitHub's refusal, for ending access must go on.
 */
export function appCredentials(appId: number, privateKey: string): Credentials {
  /** Seconds by which GitHub's clock is ahead of ours. */
  let timeDifference = 0;
  return {
    authorization: async () => {
      const auth = createAppAuth({ appId, privateKey, timeDifference });
      return `bearer ${(await auth({ type: 'app' })).token}`;
    },
    refused: ({ headers, body }) => {
      const date = Date.parse(headers['date'] ?? '');
      const aboutTime = /'(Issued at|Expiration time)' claim/.test(messageOf(body));
      if (aboutTime && !Number.isNaN(date)) timeDifference = Math.round((date - Date.now()) / 1000);
    },
  };
}

/** The App in one installation. Whoever asks while a token is on its way waits for the same one. */
export function installationCredentials(options: {
  readonly app: Credentials;
  readonly installationId: number;
  readonly transport: Transport;
}): Credentials {
  const { app, installationId, transport } = options;
  let current: Promise<Token> | null = null;

  async function ask(): Promise<HttpAnswer> {
    return transport.send({
      route: 'POST /app/installations/{installation_id}/access_tokens',
      parameters: { installation_id: installationId },
      authorization: await app.authorization(),
    });
  }

  async function fetchToken(): Promise<Token> {
    let answer = await ask();
    if (answer.kind === 'answer' && answer.status === 401) {
      app.refused(answer);
      answer = await ask();
    }
    return bodyOf(`get a token for installation ${installationId}`, answer, tokenSchema);
  }

  /** A failure is for those who waited for it; who comes next asks again. */
  async function shared(): Promise<Token> {
    const asked = (current ??= fetchToken());
    try {
      return await asked;
    } catch (error) {
      if (current === asked) current = null;
      throw error;
    }
  }

  async function token(): Promise<string> {
    const held = current;
    const given = await shared();
    // What was not held before is as new as can be, whatever our clock says of its end.
    if (held === null || given.expires_at - margin > Date.now()) return given.token;
    if (current === held) current = null;
    return (await shared()).token;
  }

  return {
    authorization: async () => `token ${await token()}`,
    refused: () => {
      current = null;
    },
  };
}
