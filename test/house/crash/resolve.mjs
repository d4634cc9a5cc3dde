const wrappers = [
  { importer: "/dist/app/start-server.js", wanted: "../spool/open-spool.js", wrapper: "./spool.mjs" },
  { importer: "/dist/app/wiring.js", wanted: "../store/data/event-store.js", wrapper: "./event-store.mjs" },
  { importer: "/dist/app/start-server.js", wanted: "../spool/spool-files.js", wrapper: "./spool-files.mjs" },
  { importer: "/dist/app/wiring.js", wanted: "../store/data/quarantine-store.js", wrapper: "./quarantine-store.mjs" },
  { importer: "/dist/app/engines.js", wanted: "../engine/supervise-engine.js", wrapper: "./engine.mjs" },
];

/** Node's hook: which file an import means. */
export function resolve(specifier, context, next) {
  const found = wrappers.find(
    ({ importer, wanted }) => wanted === specifier && context.parentURL?.endsWith(importer) === true,
  );
  return found === undefined ? next(specifier, context) : next(new URL(found.wrapper, import.meta.url).href, context);
}
