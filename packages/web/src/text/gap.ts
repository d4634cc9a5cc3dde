import type { ServerStatus } from "@homeostat/protocol";

/** What became of rows that are not where they should be, in words. */
export const gapWords: { readonly [K in ServerStatus["gaps"][number]["kind"]]: string } = {
  "spool-full": "refused while the spool was full; the sender was told to come back",
  "spool-old": "refused while the spool held rows that were too old; the sender was told to come back",
  "spool-unwritable": "refused while the spool could not be written; the sender was told to come back",
  "not-logged": "answered by the gateway and not written down",
  "file-lost": "acknowledged, and lost with a file that is gone from the spool",
  "quarantine-full": "refused, and not kept because the quarantine was full",
};
