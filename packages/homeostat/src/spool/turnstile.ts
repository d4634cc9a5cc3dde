import type { Cancellation } from "../domain/cancellation.ts";

/** Lets waiters through each time it is opened; nobody passes twice for one opening. */
export interface Turnstile {
  open(): void;
  /** Resolves at the next opening, or when the signal is aborted. Never rejects. */
  pass(signal: Cancellation): Promise<void>;
}

export function createTurnstile(): Turnstile {
  let waiting = new Set<() => void>();
  return {
    open() {
      const through = waiting;
      waiting = new Set();
      for (const go of through) go();
    },
    pass(signal) {
      if (signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const go = (): void => {
          waiting.delete(go);
          signal.removeEventListener("abort", go);
          resolve();
        };
        waiting.add(go);
        signal.addEventListener("abort", go, { once: true });
      });
    },
  };
}
