/** The rulesets that an access repository needs. */
import { rulesets } from '../../app/rulesets.ts';
import { parseArguments } from '../arguments.ts';
import { exitCode, UsageError, type CommandIo } from '../command.ts';
import type { ManifestKind } from './kind.ts';

export const rulesetsKind: ManifestKind = {
  name: 'rulesets',
  synopsis: '--app-id N',
  help: `the two rulesets that an access repository needs, as a JSON array. One way to create them:

  curfew manifests rulesets --app-id 4711 | jq -c '.[]' |
    while read -r ruleset; do gh api repos/acme/access/rulesets --input - <<<"$ruleset"; done

  --app-id N     the App's id, from its settings page
`,
  run: printRulesets,
};

function printRulesets(args: readonly string[], io: CommandIo): number {
  const { values } = parseArguments(args, { 'app-id': { type: 'string' } }, { max: 0 });
  const appId = values['app-id'];
  if (appId === undefined) throw new UsageError('--app-id is missing');
  if (!/^[1-9]\d{0,14}$/.test(appId)) throw new UsageError(`--app-id: "${appId}" is no App ID`);
  io.stdout.write(`${JSON.stringify(rulesets(Number(appId)), null, 2)}\n`);
  return exitCode.ok;
}
