/** How the App proves who it is: a signed token of ten minutes, and for each installation a token of one hour. */
import { createAppAuth } from '@octokit/auth-app';
import { z } from 'zod';
import type { Instant } from '../base/instant.ts';
import { bodyOf } from './answer.ts';
import { instant } from './schema.ts';
import type { Transport } from './transport.ts';

export interface Credentials {
  /** The value of the `authorization` header; null sends none. */
  authorization(): Promise<string | null>;
  /** Called when GitHub no longer accepts what was given last. */
  forget(): void;
}

/** Milliseconds before its end at which a token is renewed: a request may take a while. */
const margin = 5 * 60_000;

const tokenSchema = z.object({ token: z.string(), expires_at: instant });

/** The App itself, for `/app…`. */
export function appCredentials(options: {
  readonly appId: number;
  readonly privateKey: string;
}): Credentials {
  const auth = createAppAuth({ ...options });
  return {
    authorization: async () => `bearer ${(await auth({ type: 'app' })).token}`,
    forget: () => {},
  };
}

/** The App in one installation. Whoever asks while a token is on its way waits for the same one. */
export function installationCredentials(options: {
  readonly app: Credentials;
  readonly installationId: number;
  readonly transport: Transport;
  readonly now: () => Instant;
}): Credentials {
  const { app, installationId, transport, now } = options;
  let current: Promise<z.output<typeof tokenSchema>> | null = null;

  async function fetchToken(): Promise<z.output<typeof tokenSchema>> {
    const answer = await transport.send({
      route: 'POST /app/installations/{installation_id}/access_tokens',
      parameters: { installation_id: installationId },
      authorization: await app.authorization(),
    });
    return bodyOf(`get a token for installation ${installationId}`, answer, tokenSchema);
  }

  async function token(): Promise<string> {
    const asked = (current ??= fetchToken());
    try {
      const { token: value, expires_at: expiresAt } = await asked;
      if (expiresAt - margin > now()) return value;
    } catch (error) {
      if (current === asked) current = null;
      throw error;
    }
    if (current === asked) current = fetchToken();
    return (await (current ?? fetchToken())).token;
  }

  return {
    authorization: async () => `token ${await token()}`,
    forget: () => {
      current = null;
    },
  };
}
