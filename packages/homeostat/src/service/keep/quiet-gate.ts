/**
 * Keeps acts that must see nothing half done (backup, erasure, dropping old rows) apart from those that store and count.
 * Many may be in the shared part at once; whoever asks for the exclusive part waits until they are done, and those who
 * come after wait behind. Asking from inside is waiting for oneself: acts do not nest.
 */
export interface QuietGate {
  shared<T>(act: () => Promise<T>): Promise<T>;
  exclusive<T>(act: () => Promise<T>): Promise<T>;
}

export function createQuietGate(): QuietGate {
  let closed: Promise<unknown> = Promise.resolve();
  const inside = new Set<Promise<unknown>>();
  return {
    shared: async (act) => {
      for (let seen: Promise<unknown> | undefined; seen !== closed; ) {
        seen = closed;
        await seen;
      }
      const running = act();
      const settled = running.then(
        () => undefined,
        () => undefined,
      );
      inside.add(settled);
      try {
        return await running;
      } finally {
        inside.delete(settled);
      }
    },
    exclusive: async (act) => {
      const before = closed;
      const running = before.then(async () => {
        await Promise.all(inside);
        return act();
      });
      closed = running.then(
        () => undefined,
        () => undefined,
      );
      return running;
    },
  };
}
