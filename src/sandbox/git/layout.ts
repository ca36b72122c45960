/** A new bare repository on disk, as `git init --bare` lays it out (gitrepository-layout), without the child process. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Pushes are unpacked, never kept as packs, so that objects can be read in process; nothing is ever collected,
 * for GitHub too keeps what a pull request once pointed at.
 */
const configuration = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[gc]
\tauto = 0
[receive]
\tunpackLimit = 2147483647
\tautogc = false
\thideRefs = refs/pull
[fetch]
\tunpackLimit = 2147483647
[http]
\treceivepack = true
[uploadpack]
\tallowAnySHA1InWant = true
`;

/**
 * Runs for each ref of a push, once its objects are there: asks the sandbox over the descriptors 3 and 4 that
 * `http.ts` opens. Without them (a push to the folder itself) it refuses.
 */
const updateHook = `#!/bin/sh
printf '%s %s %s\\n' "$1" "$2" "$3" >&3 || exit 1
while IFS= read -r line <&4; do
  case $line in
    ok) exit 0 ;;
    refused) exit 1 ;;
    *) printf '%s\\n' "$line" >&2 ;;
  esac
done
exit 1
`;

/** Lays out an empty bare repository in a folder that does not exist yet. */
export function layOut(directory: string, defaultBranch: string): void {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'hooks']) {
    mkdirSync(join(directory, folder), { recursive: true });
  }
  writeFileSync(join(directory, 'config'), configuration);
  writeFileSync(join(directory, 'hooks', 'update'), updateHook, { mode: 0o755 });
  writeHead(directory, defaultBranch);
}

/** Points HEAD, and with it what a clone checks out, at a branch. */
export function writeHead(directory: string, branch: string): void {
  writeFileSync(join(directory, 'HEAD'), `ref: refs/heads/${branch}\n`);
}
