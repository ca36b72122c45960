/** `curfew guard`: the process in the cluster that removes what is past its end. */
import { hostname } from 'node:os';
import { connect, NoConnection, type Connection } from '../cluster/guard/connection.ts';
import type { GitRepositoryName } from '../cluster/guard/git.ts';
import { createLog, logLevels } from '../cluster/guard/log.ts';
import { NotPermitted } from '../cluster/guard/permission.ts';
import { runGuard, type GuardOptions } from '../cluster/guard/run.ts';
import { Refused } from '../cluster/guard/api.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, InputError, UsageError, type Command } from './command.ts';

export const guardCommand: Command = {
  name: 'guard',
  summary: 'Run in a cluster: remove what is past its end, whatever GitHub and the GitOps engine do',
  usage: `curfew guard [--cluster NAME --git-repository NAMESPACE/NAME] [options]

Watches everything in a cluster that carries the label curfew.dev/grant and removes it at the time in its annotation
curfew.dev/expires-at: bindings first, then pods, then network policies and service accounts. It needs neither GitHub nor a
GitOps engine, keeps nothing, and may run any number of times. What carries no such label it never touches.

With --git-repository it also removes what git no longer grants, as soon as Flux has fetched the commit, even while
Flux cannot apply it. What cannot be read of git ends nothing early.

Options:
  --cluster NAME                   the folder below grants/ that is this cluster's; for --git-repository
  --git-repository NAMESPACE/NAME  the GitRepository of Flux that fetches the access repository
  --context NAME                   a context of the kubeconfig (default: in a pod its service account, else the
                                   current context)
  --host ADDRESS                   where /metrics, /healthz and /readyz answer (default: 127.0.0.1)
  --port NUMBER                    and on which port; 0 takes any free one (default: 8080)
  --log-level LEVEL                ${logLevels.join(', ')} (default: info)

Environment:
  KUBECONFIG                       a kubeconfig to be used also in a pod

Ends on SIGTERM or Ctrl-C. Exits with 2 where the cluster lets it remove nothing at all; "curfew manifests guard" prints all
that it needs, and how to run it in a cluster.

Example:
  curfew guard --context staging --cluster staging --git-repository curfew-system/curfew-access
`,
  run: async (args, io) => {
    const { values } = parseArguments(
      args,
      {
        cluster: { type: 'string' },
        'git-repository': { type: 'string' },
        context: { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8080' },
        'log-level': { type: 'string', default: 'info' },
      },
      { max: 0 },
    );
    const git = readGit(values.cluster, values['git-repository']);
    const level = logLevels.find((each) => each === values['log-level']);
    if (level === undefined)
      throw new UsageError(`--log-level is one of ${logLevels.join(', ')}, not "${values['log-level']}"`);
    const port = readPort(values.port);
    const connection = await connectOrRefuse(io.env, values.context);
    const instance = io.env['HOSTNAME'] ?? hostname();
    const log = createLog(level);
    await runOrRefuse({ connection, git, host: values.host, port, log, clock: () => io.now(), instance });
    return exitCode.ok;
  },
};

/** The name of a Kubernetes object of most kinds, and of a namespace. */
const objectName = /^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/;

function readGit(cluster: string | undefined, repository: string | undefined): GuardOptions['git'] {
  if (cluster === undefined && repository === undefined) return null;
  if (cluster === undefined)
    throw new UsageError('--git-repository needs --cluster: the folder below grants/');
  if (repository === undefined)
    throw new UsageError('--cluster is of use with --git-repository only: without git, every grant counts');
  if (!objectName.test(cluster)) throw new UsageError(`--cluster: "${cluster}" is no name of a cluster`);
  return { cluster, repository: readRepository(repository) };
}

function readRepository(text: string): GitRepositoryName {
  const [namespace = '', name = '', ...rest] = text.split('/');
  if (!objectName.test(namespace) || !objectName.test(name) || rest.length > 0)
    throw new UsageError(`--git-repository: "${text}" is not of the form NAMESPACE/NAME`);
  return { namespace, name };
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port > 65_535) throw new UsageError(`--port: "${text}" is no port`);
  return port;
}

async function connectOrRefuse(
  env: Readonly<Record<string, string | undefined>>,
  context: string | undefined,
): Promise<Connection> {
  try {
    return await connect(env, context);
  } catch (error) {
    throw error instanceof NoConnection ? new InputError(error.message, { cause: error }) : error;
  }
}

async function runOrRefuse(options: GuardOptions): Promise<void> {
  const stop = new AbortController();
  const end = (signal: NodeJS.Signals): void => {
    options.log.info({ signal }, 'shutting down');
    stop.abort();
  };
  process.once('SIGTERM', end).once('SIGINT', end);
  try {
    await runGuard(options, stop.signal);
  } catch (error) {
    if (error instanceof NotPermitted)
      throw new InputError(
        `the guard cannot do its work:\n${error.message}\n"curfew manifests guard" prints the roles that it needs`,
      );
    if (error instanceof Refused) throw new InputError(error.message);
    throw error;
  } finally {
    process.removeListener('SIGTERM', end).removeListener('SIGINT', end);
  }
}
