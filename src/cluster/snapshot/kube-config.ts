/** Which cluster is meant: always said by name, for a snapshot of the wrong one would be worse than none. */
import { KubeConfig } from '@kubernetes/client-node';
import { didYouMean } from '../../base/suggest.ts';
import { ClusterUnreadable } from './read.ts';

/**
 * The context of that name from a file; without a file from where kubectl looks, and in a pod from its service
 * account, whose context is `inClusterContext`. @throws ClusterUnreadable
 */
export function loadContext(name: string, file: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ClusterUnreadable(`the kubeconfig cannot be read: ${why}`);
  }
  if (config.getContextObject(name) === null) {
    const known = didYouMean(
      name,
      config.getContexts().map((context) => context.name),
    );
    throw new ClusterUnreadable(`the kubeconfig has no context "${name}"; ${known}`);
  }
  config.setCurrentContext(name);
  if (config.getCurrentCluster() === null)
    throw new ClusterUnreadable(`the context "${name}" names a cluster that is not in the kubeconfig`);
  return config;
}
