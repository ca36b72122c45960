/** The manifest with which GitHub registers the App. */
import { appManifest } from '../../app/app-manifest.ts';
import { parseArguments } from '../arguments.ts';
import { exitCode, UsageError, type CommandIo } from '../command.ts';
import type { ManifestKind } from './kind.ts';

export const appKind: ManifestKind = {
  name: 'app',
  synopsis: '--url URL [--name NAME] [--org ORG] [--github URL] [--form]',
  help: `the manifest with which GitHub registers the App, with the least permissions and the events that Curfew uses. A
manifest is sent by a page: --form prints that page. Open it in a browser and press its button; GitHub then shows an
address that ends in ?code=…, and within an hour

  curl -X POST https://api.github.com/app-manifests/CODE/conversions

answers with APP_ID (id), PRIVATE_KEY (pem) and WEBHOOK_SECRET (webhook_secret).

  --url URL      where GitHub reaches Curfew, such as https://curfew.example.com
  --name NAME    name of the App, unique on GitHub (default: curfew)
  --org ORG      organization that is to own the App, for --form (default: your own account)
  --github URL   address of GitHub, for --form (default: https://github.com)
  --form         print a page that sends the manifest
`,
  run: printApp,
};

function printApp(args: readonly string[], io: CommandIo): number {
  const { values } = parseArguments(
    args,
    {
      url: { type: 'string' },
      name: { type: 'string', default: 'curfew' },
      org: { type: 'string' },
      github: { type: 'string', default: 'https://github.com' },
      form: { type: 'boolean', default: false },
    },
    { max: 0 },
  );
  if (values.url === undefined) throw new UsageError('--url is missing');
  if (!/^[\w .-]{1,34}$/.test(values.name))
    throw new UsageError('--name is up to 34 letters, digits, ".", "-" or "_"');
  if (values.org !== undefined && !/^[\w-]{1,39}$/.test(values.org))
    throw new UsageError('--org is no login');
  const manifest = JSON.stringify(appManifest(webAddress('--url', values.url), values.name), null, 2);
  const github = webAddress('--github', values.github);
  const owner = values.org === undefined ? '' : `organizations/${values.org}/`;
  const target = new URL(`${owner}settings/apps/new`, github);
  io.stdout.write(values.form ? registrationPage(manifest, target) : `${manifest}\n`);
  return exitCode.ok;
}

/** An address to which paths can be added: one that does not end in a slash would lose its last part. */
function webAddress(option: string, text: string): URL {
  const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== '' ||
    url.hash !== '' ||
    url.username !== ''
  ) {
    throw new UsageError(`${option}: "${text}" is no address such as https://curfew.example.com`);
  }
  return url;
}

function registrationPage(manifest: string, target: URL): string {
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Register Curfew</title>
  <form method="post" action="${escapeHtml(target.href)}">
    <input type="hidden" name="manifest" value="${escapeHtml(manifest)}">
    <button>Register this App on ${escapeHtml(target.host)}</button>
  </form>
  <pre>${escapeHtml(manifest)}</pre>
</html>
`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
