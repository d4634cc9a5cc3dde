import type { Clock, Instant } from "../../domain/instant.ts";
import type { StoredSystem, SystemStore } from "../../domain/system/system.ts";

interface Remembered {
  readonly stored: Promise<StoredSystem | undefined>;
  readonly until: Instant;
}

/**
 * A system store that answers `get` from memory: every request asks for its system, and reading a declaration from the
 * database costs more than the rest of a small request. A declaration applied in this process counts at once, one
 * applied by another replica after `keepMs` at the latest. Unknown names and failures are not remembered.
 */
export function rememberSystems(
  store: SystemStore,
  clock: Clock,
  keepMs: number,
): SystemStore & { forget(name: string): void } {
  const known = new Map<string, Remembered>();
  const forget = (name: string, stored: Promise<StoredSystem | undefined>): void => {
    if (known.get(name)?.stored === stored) known.delete(name);
  };
  const lookUp = (name: string): Promise<StoredSystem | undefined> => {
    const stored = store.get(name);
    known.set(name, { stored, until: clock.now() + keepMs });
    stored.then(
      (found) => found ?? forget(name, stored),
      () => forget(name, stored),
    );
    return stored;
  };
  return {
    ...store,
    /** For a declaration that was saved past this store, inside a transaction. */
    forget: (name) => void known.delete(name),
    get: (name) => {
      const remembered = known.get(name);
      return remembered === undefined || remembered.until <= clock.now() ? lookUp(name) : remembered.stored;
    },
    save: async (system, digest, at) => {
      try {
        await store.save(system, digest, at);
      } finally {
        // After the write: what was read while it ran may be the declaration before.
        known.delete(system.name);
      }
    },
  };
}
