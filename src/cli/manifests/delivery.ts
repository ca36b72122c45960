/** What Flux and Argo CD have to be told alike: which repository, which branch, which cluster. */
import type { Delivery } from '../../cluster/manifests/delivery.ts';
import { parseArguments } from '../arguments.ts';
import { UsageError, type CommandIo } from '../command.ts';
import { clusterNamed, clusterOption, dirOption, readAccessRepository } from './repository.ts';

export const deliverySynopsis = '--cluster NAME --url URL [--branch NAME] [--dir DIR]';

export const deliveryOptions = `  --cluster NAME the cluster, as the policy names it
  --url URL      the access repository, such as https://github.com/acme/access
  --branch NAME  its default branch (default: main)
  --dir DIR      a clone of it (default: the nearest one from here upwards)`;

export async function readDelivery(args: readonly string[], io: CommandIo): Promise<Delivery> {
  const options = {
    ...clusterOption,
    ...dirOption,
    url: { type: 'string' },
    branch: { type: 'string', default: 'main' },
  } as const;
  const { values } = parseArguments(args, options, { max: 0 });
  const cluster = clusterNamed(values.cluster, (await readAccessRepository(values.dir, io)).policy);
  if (values.url === undefined) throw new UsageError('--url is missing');
  const url = URL.parse(values.url);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '')
    throw new UsageError(`--url: "${values.url}" is no address such as https://github.com/acme/access`);
  return { cluster, url: url.href.replace(/\/$/, ''), branch: values.branch };
}
