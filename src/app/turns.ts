/** Whose turn it is: what is ready to run, in an order that is fair to every tenant. */

interface Tenant {
  running: number;
  /** Number of the turn in which it was served last. */
  servedAt: number;
  // A Set keeps the order of insertion and gives up its first element in constant time.
  readonly urgent: Set<string>;
  readonly normal: Set<string>;
}

/**
 * Urgent keys first; then the tenant with the fewest runs going on; among those the one that has waited longest; each
 * tenant's keys in their own order.
 */
export class Turns {
  readonly #tenants = new Map<number, Tenant>();
  #turn = 0;

  add(key: string, tenant: number, urgent: boolean): void {
    const entry = this.#tenants.get(tenant) ?? {
      running: 0,
      servedAt: 0,
      urgent: new Set(),
      normal: new Set(),
    };
    this.#tenants.set(tenant, entry);
    (urgent ? entry.urgent : entry.normal).add(key);
  }

  /** Takes out the key that is to run next; null where none is ready. */
  take(which: 'any' | 'urgent'): string | null {
    const line = this.#next('urgent') ?? (which === 'any' ? this.#next('normal') : null);
    if (line === null) return null;
    const [key] = line.keys;
    if (key === undefined) return null;
    line.keys.delete(key);
    line.tenant.running += 1;
    line.tenant.servedAt = ++this.#turn;
    return key;
  }

  /** A run of this tenant is over. */
  finished(tenant: number): void {
    const entry = this.#tenants.get(tenant);
    if (entry === undefined) return;
    entry.running -= 1;
    if (entry.running === 0 && entry.urgent.size + entry.normal.size === 0) this.#tenants.delete(tenant);
  }

  get size(): number {
    let size = 0;
    for (const { urgent, normal } of this.#tenants.values()) size += urgent.size + normal.size;
    return size;
  }

  clear(): void {
    for (const { urgent, normal } of this.#tenants.values()) {
      urgent.clear();
      normal.clear();
    }
  }

  #next(kind: 'urgent' | 'normal'): { tenant: Tenant; keys: Set<string> } | null {
    let best: Tenant | null = null;
    for (const tenant of this.#tenants.values()) {
      if (tenant[kind].size === 0) continue;
      if (best === null || isBefore(tenant, best)) best = tenant;
    }
    return best === null ? null : { tenant: best, keys: best[kind] };
  }
}

function isBefore(a: Tenant, b: Tenant): boolean {
  return a.running === b.running ? a.servedAt < b.servedAt : a.running < b.running;
}
