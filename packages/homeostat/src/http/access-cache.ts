import type { Clock, Instant } from "../domain/instant.ts";

interface Entry<V> {
  readonly value: V;
  readonly until: Instant;
}

/**
 * A small least-recently-used cache in front of the key store, so that not every request asks the database. Entries
 * live for `lifeMs`: that is how long another replica may go on honouring a key that was revoked elsewhere; a
 * revocation in this process takes effect at once. Misses are not kept: unknown keys must not push known ones out.
 */
export class AccessCache<V> {
  private readonly entries = new Map<string, Entry<V>>();
  private readonly clock: Clock;
  private readonly limits: { readonly size: number; readonly lifeMs: number };
  private generation = 0;

  constructor(clock: Clock, limits: { readonly size: number; readonly lifeMs: number }) {
    this.clock = clock;
    this.limits = limits;
  }

  /** The value under a key, from the cache or looked up. */
  async get(key: string, lookUp: () => Promise<V | undefined>): Promise<V | undefined> {
    const known = this.entries.get(key);
    const now = this.clock.now();
    if (known !== undefined && known.until > now) {
      this.entries.delete(key);
      this.entries.set(key, known);
      return known.value;
    }
    const generation = this.generation;
    const value = await lookUp();
    // a look-up that began before a revocation may carry the old truth: it is answered but not kept
    if (value !== undefined && generation === this.generation)
      this.put(key, { value, until: now + this.limits.lifeMs });
    return value;
  }

  /** Forgets everything: revocations are rare, and look-ups are cheap. */
  clear(): void {
    this.generation += 1;
    this.entries.clear();
  }

  private put(key: string, entry: Entry<V>): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size <= this.limits.size) return;
    const oldest = this.entries.keys().next();
    if (oldest.done !== true) this.entries.delete(oldest.value);
  }
}
