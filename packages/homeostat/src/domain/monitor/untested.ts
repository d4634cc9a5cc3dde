import type { SeriesKey, SeriesTest } from "./verdict.ts";

/** The answer to a question that could not be asked: which one, why not, and on how many rows. Never shown as healthy. */
export function untested(
  key: SeriesKey,
  state: Extract<SeriesTest, { kind: "untested" }>["state"],
  reason: string,
  counted: { readonly rows: number; readonly baselineRows: number; readonly neededRows?: number },
): Extract<SeriesTest, { kind: "untested" }> {
  const { rows, baselineRows, neededRows } = counted;
  return {
    kind: "untested",
    key,
    state,
    reason,
    rows,
    baselineRows,
    ...(neededRows === undefined ? {} : { neededRows }),
  };
}

/** Why a series of a season that no reference window belongs to is not checked. */
export const seasonMissing = "the baseline has no window of this season";
