import { createQuarantineStore as create } from "../../../packages/homeostat/dist/store/data/quarantine-store.js";
import { crashAt, withMethods } from "./crash-at.mjs";

/** The quarantine, which may end after it kept rows and before anybody has noted it. */
export function createQuarantineStore(client, limits) {
  const store = create(client, limits);
  return withMethods(store, {
    keep: async (system, rows) => {
      const kept = await store.keep(system, rows);
      crashAt("after-quarantine");
      return kept;
    },
  });
}
