import { openSpoolFiles as open } from "../../../packages/homeostat/dist/spool/spool-files.js";
import { crashAt, withMethods } from "./crash-at.mjs";

/** Files of the spool: may end with a file and no record of it, and with a file that is stored and not yet removed. */
export async function openSpoolFiles(directory) {
  const files = await open(directory);
  return withMethods(files, {
    adopt: async (path, sizeBytes) => {
      const name = await files.adopt(path, sizeBytes);
      crashAt("after-adoption");
      return name;
    },
    remove: async (name) => {
      crashAt("before-removal");
      await files.remove(name);
    },
  });
}
