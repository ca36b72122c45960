/** What Argo CD needs, to apply the grants of a cluster. */
import { argocdObjects } from '../../cluster/manifests/argocd.ts';
import { exitCode, type CommandIo } from '../command.ts';
import { deliveryOptions, deliverySynopsis, readDelivery } from './delivery.ts';
import type { ManifestKind } from './kind.ts';
import { printObjects } from './repository.ts';

export const argocdKind: ManifestKind = {
  name: 'argocd',
  synopsis: deliverySynopsis,
  help: `an AppProject that lets through only the kinds of grants, and an Application that prunes and retries, for an
Argo CD in the namespace argocd of the cluster. Argo CD 3.2 or later, with application.sync.impersonation.enabled: "true"
in argocd-cm: it applies grants as curfew-applier.

${deliveryOptions}

  curfew manifests argocd --cluster prod-eu --url https://github.com/acme/access | kubectl apply -f -
`,
  run: printArgocd,
};

async function printArgocd(args: readonly string[], io: CommandIo): Promise<number> {
  printObjects(argocdObjects(await readDelivery(args, io)), io);
  return exitCode.ok;
}
