const [point, nth, whom] = (process.env.HOMEOSTAT_TEST_CRASH ?? "").split(":");
let passed = 0;
let engine;

/** Told once the data engine runs, so that it can be killed alone. */
export function setEngine(running) {
  engine = running;
}

/** Kills when this point is the one named in the environment, and passed for the nth time. */
export function crashAt(name) {
  if (name !== point) return;
  passed += 1;
  if (passed !== Number(nth)) return;
  const target = { server: process.pid, group: -process.pid, engine: engine?.state().pid }[whom];
  if (target === undefined) throw new Error(`there is no ${whom} to kill`);
  process.kill(target, "SIGKILL");
}

/** The same object with some methods replaced; the others keep their own `this`. */
export function withMethods(object, methods) {
  return new Proxy(object, {
    get(target, name) {
      if (name in methods) return methods[name];
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
