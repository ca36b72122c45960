/** Somebody at the page, without a browser: keeps the cookie, and sends forms with what the page put into them. */
import { createPage } from '../../../src/sandbox/page/page.ts';
import type { PageOptions } from '../../../src/sandbox/page/options.ts';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { startAcme } from '../support.ts';
import type { World } from '../support.ts';

const origin = 'http://github.sandbox.localhost';

export const pageOptions: PageOptions = { name: 'Sandbox' };

/** The acme world with its page. */
export async function startPage(
  options: SandboxOptions & {
    readonly files?: Readonly<Record<string, string>>;
    readonly pageOptions?: PageOptions;
  } = {},
): Promise<World> {
  const { pageOptions: given = pageOptions, ...rest } = options;
  return await startAcme({ ...rest, page: (sandbox) => createPage(sandbox.context, given) });
}

export interface Shown {
  readonly status: number;
  /** Of a page with every run of white space as one space. */
  readonly text: string;
  readonly headers: Headers;
  /** Where a redirect leads. */
  readonly location: string | null;
}

export class Visitor {
  readonly #world: World;
  #cookie = '';

  constructor(world: World) {
    this.#world = world;
  }

  static async signedIn(world: World, login: string): Promise<Visitor> {
    const visitor = new Visitor(world);
    await visitor.post('/-/session', { login }, '/');
    return visitor;
  }

  get cookie(): string {
    return this.#cookie;
  }

  async get(path: string): Promise<Shown> {
    return await this.send(path, { method: 'GET' });
  }

  /** Sends a form of the page at `on` (the target itself where left out), with its proof. */
  async post(path: string, fields: Readonly<Record<string, string>>, on = path): Promise<Shown> {
    const { text } = await this.get(on);
    const token = /name="csrf_token" value="([^"]+)"/.exec(text)?.[1] ?? '';
    return await this.postRaw(path, { csrf_token: token, ...fields });
  }

  async postRaw(path: string, fields: Readonly<Record<string, string>>): Promise<Shown> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return await this.send(path, { method: 'POST', headers, body: new URLSearchParams(fields).toString() });
  }

  async send(path: string, init: RequestInit): Promise<Shown> {
    const headers = new Headers(init.headers);
    if (this.#cookie !== '') headers.set('cookie', this.#cookie);
    const response = await this.#world.sandbox.handle(new Request(`${origin}${path}`, { ...init, headers }));
    const cookie = response.headers.get('set-cookie');
    if (cookie !== null) this.#cookie = cookie.split(';')[0] ?? '';
    const text = await response.text();
    const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
    return {
      status: response.status,
      text: isPage ? text.replaceAll(/\s+/g, ' ') : text,
      headers: response.headers,
      location: response.headers.get('location'),
    };
  }
}
