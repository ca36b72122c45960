/**
 * The history of an access repository as plain git has it, with nobody to ask: what the default branch was, commit by
 * commit, and by whose commits access began and ended.
 */
import type { Instant } from '../base/instant.ts';
import { readEndings, readEvidence, type GrantEvidence } from './evidence.ts';
import type { AccountFacts } from './facts.ts';
import type { ReasonCode } from '../base/reasons.ts';
import { requestPathOfGrant } from './grant-state.ts';
import { clusterOfReadme, readPin, type Pin } from './pin.ts';

/** An author or committer as a commit names them; anybody can write anything here. */
export interface GitPerson {
  readonly name: string;
  readonly email: string;
}

/** A commit as git has it. */
export interface GitCommit {
  readonly sha: string;
  /** The first is what the branch was before. */
  readonly parents: readonly string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  /** The committer's date. */
  readonly committedAt: Instant;
  readonly message: string;
}

/** A file in a tree. */
export interface TreeEntry {
  /** `100644`, `100755`, `120000` (symlink), `160000` (submodule). */
  readonly mode: string;
  readonly sha: string;
}

/** What a commit did to one file. */
export interface EntryChange {
  readonly path: string;
  /** Null where the file was not there. */
  readonly before: TreeEntry | null;
  /** Null where it is gone. */
  readonly after: TreeEntry | null;
}

/** A commit of the first-parent history: each of them was what the branch stood at. */
export interface MainlineCommit extends GitCommit {
  /** Every file in which it differs from its first parent. */
  readonly changes: readonly EntryChange[];
  /** The commits that came along by its other parents. */
  readonly brought: readonly GitCommit[];
}

/** The first-parent history, oldest first, with where each commit stands in it. */
export class Mainline {
  readonly commits: readonly MainlineCommit[];
  readonly #positions: ReadonlyMap<string, number>;

  constructor(commits: readonly MainlineCommit[]) {
    this.commits = commits;
    this.#positions = new Map(commits.map(({ sha }, index) => [sha, index]));
  }

  /** -1 for a commit that is not in it. */
  position(sha: string): number {
    return this.#positions.get(sha) ?? -1;
  }
}

/** Texts of blobs by SHA; null for what is no UTF-8 text. */
export type BlobTexts = ReadonlyMap<string, string | null>;

/** Who Curfew is in this history, and what it adopted: by its first commit that wrote a README below `grants/`. */
export interface Adoption {
  readonly commit: string;
  readonly bot: AccountFacts;
  readonly pin: Pin;
}

/** Access as the history tells it: a grant file from the commit of Curfew that added it to the one that took it away. */
export interface AccessLife {
  /** Of the grant file. */
  readonly path: string;
  readonly entry: TreeEntry;
  readonly evidence: GrantEvidence;
  readonly adoption: Adoption;
  readonly commit: MainlineCommit;
  /** Null while the file is there as it was granted. */
  readonly end: LifeEnd | null;
}

/** How access was taken away. */
export interface LifeEnd {
  readonly commit: MainlineCommit;
  /** False where somebody else took the grant away, or changed it. */
  readonly byCurfew: boolean;
  /** Why, as Curfew says; null where nothing is said about this grant. */
  readonly code: ReasonCode | null;
}

/** A file that appeared or changed below `grants/` and that is no grant of Curfew. */
export interface Stray {
  readonly change: EntryChange;
  readonly commit: MainlineCommit;
  /** Who Curfew was by then; null before it adopted the repository. */
  readonly adoption: Adoption | null;
  readonly why: string;
}

/** A README of a cluster that was written or deleted. */
export interface ReadmeChange {
  readonly change: EntryChange;
  readonly commit: MainlineCommit;
  readonly adoption: Adoption;
  /** Whether files of the same cluster stand beside it afterwards. */
  readonly besideGrants: boolean;
}

/** Everything that ever happened below `grants/`. */
export interface AccessStory {
  /** The newest; null where Curfew never adopted the repository, or everything below `grants/` is gone. */
  readonly adoption: Adoption | null;
  /** In the order in which they began. */
  readonly lives: readonly AccessLife[];
  readonly strays: readonly Stray[];
  readonly readmes: readonly ReadmeChange[];
}

/**
 * The account behind an address that GitHub itself gives out, `1001+alice@users.noreply.github.com`; null for any other,
 * which does not say whose it is.
 */
export function accountOf({ email }: GitPerson): AccountFacts | null {
  const match = /^([1-9]\d{0,15})\+([^@\s]+)@users\.noreply\.[^@\s]+$/.exec(email);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return { id: Number(match[1]), login: match[2], type: match[2].endsWith('[bot]') ? 'Bot' : 'User' };
}

/** `Erin <erin@example.com>` */
export function formatPerson({ name, email }: GitPerson): string {
  return `${name} <${email}>`;
}

/**
 * Tells the whole story of `grants/`.
 *
 * @param mainline oldest first
 * @param texts of every README of a cluster that ever was
 */
export function tellStory(mainline: readonly MainlineCommit[], texts: BlobTexts): AccessStory {
  const teller = new Teller(texts);
  for (const commit of mainline) teller.tell(commit);
  return teller.story();
}

class Teller {
  readonly #texts: BlobTexts;
  /** Every file below `grants/`. */
  readonly #standing = new Set<string>();
  readonly #lives: AccessLife[] = [];
  /** Where in `#lives` the one is that is open at a path. */
  readonly #open = new Map<string, number>();
  readonly #strays: Stray[] = [];
  readonly #readmes: ReadmeChange[] = [];
  #adoption: Adoption | null = null;

  constructor(texts: BlobTexts) {
    this.#texts = texts;
  }

  story(): AccessStory {
    return {
      adoption: this.#adoption,
      lives: this.#lives,
      strays: this.#strays,
      readmes: this.#readmes,
    };
  }

  tell(commit: MainlineCommit): void {
    const changes = commit.changes.filter(({ path }) => path.startsWith('grants/'));
    for (const { path, after } of changes) {
      if (after === null) this.#standing.delete(path);
      else this.#standing.add(path);
    }
    this.#adoption ??= adoptionBy(commit, changes, this.#texts);
    for (const change of changes) {
      const cluster = clusterOfReadme(change.path);
      if (cluster === null) this.#tellGrant(change, commit);
      else this.#tellReadme(change, commit, cluster);
    }
    // Whoever moves a repository deletes grants/ whole, and Curfew adopts it anew.
    if (this.#standing.size === 0) this.#adoption = null;
  }

  #tellReadme(change: EntryChange, commit: MainlineCommit, cluster: string): void {
    if (this.#adoption === null) return;
    const besideGrants = [...this.#standing].some((path) => path.startsWith(`grants/${cluster}/`));
    this.#readmes.push({ change, commit, adoption: this.#adoption, besideGrants });
  }

  #tellGrant(change: EntryChange, commit: MainlineCommit): void {
    const { path, after } = change;
    this.#end(path, commit);
    if (after === null) return;
    const began = this.#begin(change, commit);
    if (typeof began === 'string') {
      this.#strays.push({ change, commit, adoption: this.#adoption, why: began });
      return;
    }
    this.#open.set(path, this.#lives.length);
    this.#lives.push({ path, entry: after, commit, end: null, ...began });
  }

  /** What the commit proves, or why it proves nothing. */
  #begin(
    { path }: EntryChange,
    commit: MainlineCommit,
  ): { readonly evidence: GrantEvidence; readonly adoption: Adoption } | string {
    const adoption = this.#adoption;
    if (adoption === null) return 'was put here before Curfew adopted the repository';
    if (accountOf(commit.author)?.id !== adoption.bot.id)
      return `was put here by ${formatPerson(commit.author)}, who is not Curfew`;
    const evidence = readEvidence(commit.message);
    if (evidence === null) return 'was put here by a commit whose message carries no complete evidence';
    if (evidence.request !== requestPathOfGrant(path))
      return `was put here by a commit whose evidence is about ${evidence.request}`;
    return { evidence, adoption };
  }

  #end(path: string, commit: MainlineCommit): void {
    const index = this.#open.get(path);
    const life = index === undefined ? undefined : this.#lives[index];
    if (index === undefined || life === undefined) return;
    this.#lives[index] = { ...life, end: endOf(life, commit) };
    this.#open.delete(path);
  }
}

/** The commit adopts the repository if it is a bot's and leaves a pin in a README. */
function adoptionBy(
  commit: MainlineCommit,
  changes: readonly EntryChange[],
  texts: BlobTexts,
): Adoption | null {
  const bot = accountOf(commit.author);
  if (bot === null || bot.type !== 'Bot') return null;
  for (const { path, after } of changes) {
    if (clusterOfReadme(path) === null || after === null) continue;
    const pin = readPin(texts.get(after.sha) ?? '');
    if (pin !== null) return { commit: commit.sha, bot, pin };
  }
  return null;
}

/** A person may have pressed the button that merged Curfew's own commit: then that commit says why. */
function endOf({ evidence, adoption }: AccessLife, commit: MainlineCommit): LifeEnd {
  const own = [commit, ...commit.brought].filter(({ author }) => accountOf(author)?.id === adoption.bot.id);
  const codes = own.flatMap(({ message }) => readEndings(message).get(evidence.grant) ?? []);
  return {
    commit,
    byCurfew: own.includes(commit) || codes.length > 0,
    code: codes[0] ?? null,
  };
}
