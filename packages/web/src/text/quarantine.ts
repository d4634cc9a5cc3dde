import type { QuarantineSummary } from "@homeostat/protocol";

/** Why a row could not be stored, in words. */
export const reasonWords: { readonly [R in QuarantineSummary["reason"]]: string } = {
  "not-json": "its text is no JSON",
  shape: "a field is missing, of the wrong type or out of range",
  engine: "the data engine refuses it",
  unpaired: "half of a logged inference",
};

export const entryStateWords: { readonly [S in QuarantineSummary["state"]]: string } = {
  open: "Waiting",
  replayed: "Replayed",
  discarded: "Discarded",
};

/** What is wrong with a row, in one line. */
export function wrongSentence(row: Pick<QuarantineSummary, "path" | "expected" | "found">): string {
  return `${row.path === "" ? "" : `${row.path}: `}expected ${row.expected}, found ${row.found}`;
}
