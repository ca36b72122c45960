/** `curfew manifests`: what GitHub needs to know of Curfew, as files. */
import { appManifest } from '../app/app-manifest.ts';
import { rulesets } from '../app/rulesets.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, UsageError, type Command, type CommandIo } from './command.ts';
import { didYouMean } from '../base/suggest.ts';

export const manifestsCommand: Command = {
  name: 'manifests',
  summary: 'Print the App manifest and the rulesets to set up on GitHub',
  usage: `curfew manifests app --url URL [--name NAME] [--org ORG] [--github URL] [--form]
       curfew manifests rulesets --app-id N

app prints the manifest with which GitHub registers the App, with the least permissions and the events that Curfew
uses. A manifest is sent by a page: --form prints that page. Open it in a browser and press its button; GitHub then
shows an address that ends in ?code=…, and within an hour

  curl -X POST https://api.github.com/app-manifests/CODE/conversions

answers with APP_ID (id), PRIVATE_KEY (pem) and WEBHOOK_SECRET (webhook_secret).

rulesets prints the two rulesets that an access repository needs, as a JSON array. One way to create them:

  curfew manifests rulesets --app-id 4711 | jq -c '.[]' |
    while read -r ruleset; do gh api repos/acme/access/rulesets --input - <<<"$ruleset"; done

Options:
  --url URL      where GitHub reaches Curfew, such as https://curfew.example.com
  --name NAME    name of the App, unique on GitHub (default: curfew)
  --org ORG      organization that is to own the App, for --form (default: your own account)
  --github URL   address of GitHub, for --form (default: https://github.com)
  --form         print a page that sends the manifest
  --app-id N     the App's id, from its settings page
`,
  run: async (args, io) => {
    const [kind, ...rest] = args;
    if (kind === 'app') return printApp(rest, io);
    if (kind === 'rulesets') return printRulesets(rest, io);
    throw new UsageError(
      kind === undefined
        ? 'say which: app or rulesets'
        : `there is no manifest "${kind}"; ${didYouMean(kind, ['app', 'rulesets'])}`,
    );
  },
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

function printRulesets(args: readonly string[], io: CommandIo): number {
  const { values } = parseArguments(args, { 'app-id': { type: 'string' } }, { max: 0 });
  const appId = values['app-id'];
  if (appId === undefined) throw new UsageError('--app-id is missing');
  if (!/^[1-9]\d{0,14}$/.test(appId)) throw new UsageError(`--app-id: "${appId}" is no App ID`);
  io.stdout.write(`${JSON.stringify(rulesets(Number(appId)), null, 2)}\n`);
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
