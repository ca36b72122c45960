/** What Flux needs, to apply the grants of a cluster. */
import { fluxObjects, fluxSecrets } from '../../cluster/manifests/flux.ts';
import { exitCode, type CommandIo } from '../command.ts';
import { deliveryOptions, deliverySynopsis, readDelivery } from './delivery.ts';
import type { ManifestKind } from './kind.ts';
import { printObjects } from './repository.ts';

/** Secrets are for whoever installs this to make; `token` of the receiver is what GitHub is given as the secret. */
const header = `# Before this, make three Secrets in curfew-system:
#
#   kubectl -n curfew-system create secret generic ${fluxSecrets.git} --from-literal=username=git --from-literal=password=TOKEN
#   kubectl -n curfew-system create secret generic ${fluxSecrets.receiver} --from-literal=token="$(openssl rand -hex 32)"
#   kubectl -n curfew-system create secret generic ${fluxSecrets.status} --from-literal=token=TOKEN
#
# The first TOKEN may read the contents of the access repository, the second may write its commit statuses; neither may
# do more. Afterwards "kubectl -n curfew-system get receiver" shows the path for a webhook of the repository: events
# push, content type application/json, secret as in ${fluxSecrets.receiver}.
`;

export const fluxKind: ManifestKind = {
  name: 'flux',
  synopsis: deliverySynopsis,
  help: `a GitRepository, a Kustomization that prunes, a Receiver by which a commit is acted on at once, and a Provider
with an Alert that report the verdict on each revision as a commit status. Which Secrets they need is said at the top.

${deliveryOptions}

  curfew manifests flux --cluster prod-eu --url https://github.com/acme/access | kubectl apply -f -
`,
  run: printFlux,
};

async function printFlux(args: readonly string[], io: CommandIo): Promise<number> {
  const objects = fluxObjects(await readDelivery(args, io));
  io.stdout.write(header);
  printObjects(objects, io);
  return exitCode.ok;
}
