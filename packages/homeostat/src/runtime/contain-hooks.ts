const hookedEvents = ["uncaughtException", "unhandledRejection"] as const;

/**
 * Calls the factory of an Emscripten module and takes back the process-wide listeners it installs.
 *
 * The generated code hooks `uncaughtException` and `unhandledRejection` of whoever loads it, which would change how the
 * whole server dies and would keep every instance (and its memory) reachable for ever. It installs them before the
 * factory returns its promise, so comparing the listeners around that call finds exactly its own.
 */
export function containHooks<T>(create: () => Promise<T>): Promise<T> {
  const before = hookedEvents.map((event) => new Set<unknown>(process.rawListeners(event)));
  const created = create();
  for (const [index, event] of hookedEvents.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (before[index]?.has(listener) === false) process.off(event, listener as () => void);
    }
  }
  return created;
}
