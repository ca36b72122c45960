/**
 * The programs of the test cluster, built from the pinned Go modules in `go-kubernetes` and `go-flux` beside this file.
 *
 * They are kept outside git, in `${XDG_CACHE_HOME:-~/.cache}/curfew/cluster/<digest>`, where the digest covers the
 * modules and the flags of the build: what is there is right, and nothing is built twice.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { withLock } from './lock.ts';

interface Module {
  /** The folder beside this file, with go.mod and go.sum. */
  readonly folder: string;
  /** The name of each program, and the package that it is built from. */
  readonly programs: Readonly<Record<string, string>>;
  /** Go modules whose `config/crd/bases` is copied to `crds`. */
  readonly definitions: readonly string[];
  readonly linkerFlags: readonly string[];
}

const version = 'k8s.io/component-base/version';

const kubernetes: Module = {
  folder: 'go-kubernetes',
  programs: {
    'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
    'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    etcd: 'go.etcd.io/etcd/server/v3',
  },
  definitions: [],
  linkerFlags: ['gitVersion=v1.36.3', 'gitMajor=1', 'gitMinor=36'].map((value) => `-X ${version}.${value}`),
};

const flux: Module = {
  folder: 'go-flux',
  programs: {
    'source-controller': 'github.com/fluxcd/source-controller',
    'kustomize-controller': 'github.com/fluxcd/kustomize-controller',
    'notification-controller': 'github.com/fluxcd/notification-controller',
  },
  definitions: [
    'github.com/fluxcd/source-controller',
    'github.com/fluxcd/kustomize-controller',
    'github.com/fluxcd/notification-controller',
  ],
  linkerFlags: [],
};

/** Told what is being built, line by line. */
export type Progress = (line: string) => void;

const silent: Progress = () => undefined;

/** Builds what is missing; the folder then holds kube-apiserver, kube-controller-manager, kubectl and etcd. */
export async function kubernetesBinaries(progress: Progress = silent): Promise<string> {
  return await built(kubernetes, progress);
}

/** Builds what is missing; the folder then holds Flux's three controllers, and in `crds` what they need installed. */
export async function fluxBinaries(progress: Progress = silent): Promise<string> {
  return await built(flux, progress);
}

async function built(module: Module, progress: Progress): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'curfew', 'cluster');
  const target = join(cache, await digest(module));
  if (await isFolder(target)) return target;
  await mkdir(cache, { recursive: true });
  await withLock(`${target}.lock`, progress, async () => {
    if (await isFolder(target)) return;
    await removeAbandoned(cache, `${basename(target)}.building-`);
    const temporary = await mkdtemp(`${target}.building-`);
    try {
      await build(module, temporary, progress);
      // Where two built it after all, the one that is there already is as good.
      await rename(temporary, target).catch(async (error: unknown) => {
        if (!(await isFolder(target))) throw error;
      });
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
  return target;
}

/** What builds left behind that were killed. */
async function removeAbandoned(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith(prefix)) await rm(join(folder, name), { recursive: true, force: true });
}

async function digest(module: Module): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(source(module), file)));
  hash.update(JSON.stringify([module, process.platform, process.arch]));
  return `${module.folder}-${hash.digest('hex').slice(0, 20)}`;
}

function source({ folder }: Module): string {
  return join(import.meta.dirname, folder);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}

async function build(module: Module, target: string, progress: Progress): Promise<void> {
  await requireGo(module);
  const began = Date.now();
  const linker = ['-s', '-w', ...module.linkerFlags].join(' ');
  for (const [name, path] of Object.entries(module.programs)) {
    const ticker = setInterval(() => progress(`building ${name} … ${elapsed(began)}`), 20_000);
    progress(`building ${name} from ${path}`);
    try {
      await go(module, ['build', '-trimpath', '-ldflags', linker, '-o', join(target, name), path]);
    } finally {
      clearInterval(ticker);
    }
  }
  if (module.definitions.length > 0) await copyDefinitions(module, join(target, 'crds'));
  progress(`${Object.keys(module.programs).join(', ')}: built in ${elapsed(began)}`);
}

async function copyDefinitions(module: Module, target: string): Promise<void> {
  await mkdir(target);
  for (const each of module.definitions) {
    const folder = (await go(module, ['list', '-m', '-f', '{{.Dir}}', each])).trim();
    const bases = join(folder, 'config', 'crd', 'bases');
    for (const file of await readdir(bases)) await copyFile(join(bases, file), join(target, file));
  }
}

/** Throws where Go is missing, or older than the module asks for. */
async function requireGo(module: Module): Promise<void> {
  const required = /^go (\S+)$/m.exec(await readFile(join(source(module), 'go.mod'), 'utf8'))?.[1] ?? '';
  const found = await go(module, ['env', 'GOVERSION']).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Error(`the test cluster is built from Go modules: install Go ${required} or later`, {
        cause: error,
      });
    }
    throw error;
  });
  if (!isAtLeast(found.trim().replace(/^go/, ''), required))
    throw new Error(`the test cluster needs Go ${required} or later; this is ${found.trim()}`);
}

function isAtLeast(found: string, required: string): boolean {
  return found.localeCompare(required, 'en', { numeric: true }) >= 0;
}

async function go(module: Module, args: readonly string[]): Promise<string> {
  const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=readonly' };
  const child = spawn('go', args, {
    cwd: source(module),
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`go ${args[0] ?? ''} failed in ${module.folder}\n${stderr.slice(-4000)}`);
  return stdout;
}

function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
