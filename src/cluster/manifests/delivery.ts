/** Where grants of a cluster lie, for Flux and Argo CD. */
export interface Delivery {
  /** A cluster of the policy. */
  readonly cluster: string;
  /** Of the access repository, as git clones it: `https://github.com/acme/access`. */
  readonly url: string;
  readonly branch: string;
}

/** The folder whose files are applied, and nothing else. */
export function grantsFolder({ cluster }: Delivery): string {
  return `grants/${cluster}`;
}

/** What names the source, the applied folder, and the verdict on a revision. */
export function deliveryName({ cluster }: Pick<Delivery, 'cluster'>): string {
  return `curfew-${cluster}`;
}
