/**
 * What the app has seen of the repositories that it looks after: where they are, and which are access repositories. Kept
 * in memory only to know what to sweep; after a restart it fills again by itself.
 */
import type { RepositoryAddress } from './work.ts';

interface Entry {
  readonly address: RepositoryAddress;
  readonly adopted: boolean;
}

/** Repositories by id. */
export class Directory {
  readonly #repositories = new Map<number, Entry>();
  /** Installations whose repositories have not been listed yet; null until the installations have been. */
  #unlisted: Set<number> | null = null;

  /** These are all installations. What lies in others is forgotten. */
  listInstallations(installations: readonly number[]): void {
    this.#unlisted ??= new Set(installations);
    this.#forget(({ installation }) => !installations.includes(installation));
  }

  /** These are all repositories of the installation. */
  listRepositories(installation: number, addresses: readonly RepositoryAddress[]): void {
    const listed = new Set(addresses.map(({ id }) => id));
    this.#forget((address) => address.installation === installation && !listed.has(address.id));
    for (const address of addresses) {
      const adopted = this.#repositories.get(address.id)?.adopted ?? false;
      this.#repositories.set(address.id, { address, adopted });
    }
    this.leaveOut(installation);
  }

  /** The repositories of the installation cannot be listed: the first sweep does not wait for them. */
  leaveOut(installation: number): void {
    this.#unlisted?.delete(installation);
  }

  /** Whether every repository has come to light since the start. */
  get complete(): boolean {
    return this.#unlisted?.size === 0;
  }

  /** Keeps whether it is an access repository, as `BranchOutcome` says; gives true where that is news. */
  adopt(address: RepositoryAddress, adopted: boolean): boolean {
    const before = this.#repositories.get(address.id)?.adopted ?? false;
    this.#repositories.set(address.id, { address, adopted });
    return adopted && !before;
  }

  isAdopted({ id }: RepositoryAddress): boolean {
    return this.#repositories.get(id)?.adopted ?? false;
  }

  /** The access repositories. */
  adopted(): readonly RepositoryAddress[] {
    return [...this.#repositories.values()].filter(({ adopted }) => adopted).map(({ address }) => address);
  }

  #forget(gone: (address: RepositoryAddress) => boolean): void {
    for (const [id, { address }] of this.#repositories) if (gone(address)) this.#repositories.delete(id);
  }
}
