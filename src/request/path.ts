/** The path of a request: its identity and its scope. */
import { failure, success, type Result } from '../base/result.ts';
import { quote, visible } from '../base/text.ts';
import { dnsLabel, dnsLabelRule } from './names.ts';
import type { RequestPath } from './request.ts';

const directory = 'access-requests';

/** In place of a namespace: the whole cluster. No namespace can have this name. */
export const clusterScope = '_cluster';

/**
 * Whether a file is Curfew's to judge as a request: everything at or below `access-requests` but its README. The case
 * of letters does not matter here, so that `Access-Requests/…` is refused and not overlooked.
 */
export function isRequestFile(path: string): boolean {
  const lower = path.toLowerCase();
  return (lower === directory || lower.startsWith(`${directory}/`)) && path !== `${directory}/README.md`;
}

/** Reads `access-requests/<cluster>/<namespace>/<name>.yaml`; `_cluster` stands for cluster scope. */
export function parseRequestPath(path: string): Result<RequestPath> {
  const fault = (message: string, remedy: string): Result<RequestPath> =>
    failure({ file: visible(path), line: 1, column: 1, message, remedy });
  const [top, cluster, namespace, file, ...rest] = path.split('/');
  const shape = `name it ${directory}/<cluster>/<namespace>/<name>.yaml`;
  if (
    top !== directory ||
    cluster === undefined ||
    namespace === undefined ||
    file === undefined ||
    rest.length > 0
  ) {
    return fault('this is not the path of an access request', shape);
  }
  if (!file.endsWith('.yaml')) return fault(`the file name ${quote(file)} does not end in .yaml`, shape);
  const name = file.slice(0, -'.yaml'.length);
  if (!dnsLabel.test(cluster)) return fault(`${quote(cluster)} is not the name of a cluster`, dnsLabelRule);
  if (namespace !== clusterScope && !dnsLabel.test(namespace)) {
    return fault(
      `${quote(namespace)} is not the name of a namespace`,
      `${dnsLabelRule}, or ${clusterScope} for the whole cluster`,
    );
  }
  if (!dnsLabel.test(name)) return fault(`${quote(name)} is not a name for a request`, dnsLabelRule);
  return success({ cluster, namespace: namespace === clusterScope ? null : namespace, name });
}

/** The request file of a path. */
export function requestPath(path: RequestPath): string {
  return `${directory}/${below(path)}`;
}

/** The grant file that belongs to a request. */
export function grantPath(path: RequestPath): string {
  return `grants/${below(path)}`;
}

function below({ cluster, namespace, name }: RequestPath): string {
  return `${cluster}/${namespace ?? clusterScope}/${name}.yaml`;
}
