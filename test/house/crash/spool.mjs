import { openSpool as open } from "../../../packages/homeostat/dist/spool/open-spool.js";
import { crashAt, withMethods } from "./crash-at.mjs";

/** The spool, which may end between fsync and answer, and around letting go of what was stored. */
export async function openSpool(options) {
  const spool = await open(options);
  return withMethods(spool, {
    append: async (stream, record) => {
      const position = await spool.append(stream, record);
      crashAt("after-fsync");
      return position;
    },
    release: async (stream, upTo) => {
      crashAt("before-release");
      await spool.release(stream, upTo);
      crashAt("after-release");
    },
  });
}
