import { clopperPearson } from "../special/clopper-pearson.ts";

export type ReplayMismatchRate =
  | {
      readonly kind: "estimated";
      readonly rate: number;
      /** Two-sided exact 95 % interval. */
      readonly lower: number;
      readonly upper: number;
      /** One-sided exact 95 % upper bound: what "at most" may be claimed. */
      readonly atMost: number;
    }
  | { readonly kind: "insufficient"; readonly rows: 0 };

/**
 * Share of replayed rows whose recomputed value differs, with exact (Clopper-Pearson) limits.
 *
 * 0 of 100 gives at most .0295; 0 of 1000 at most .00299; 7 of 1000 an interval of .00282 to .01437. Rows independent.
 * Cost: O(1). Source: Clopper and Pearson 1934; algorithms specification, section 10.
 */
export function replayMismatchRate(mismatched: number, rows: number): ReplayMismatchRate {
  if (!(Number.isInteger(mismatched) && Number.isInteger(rows) && mismatched >= 0 && mismatched <= rows)) {
    throw new RangeError("mismatches are whole numbers from 0 to the number of rows");
  }
  if (rows === 0) return { kind: "insufficient", rows: 0 };
  const { lower, upper } = clopperPearson(mismatched, rows, 0.05);
  return {
    kind: "estimated",
    rate: mismatched / rows,
    lower,
    upper,
    atMost: clopperPearson(mismatched, rows, 0.1).upper,
  };
}

/**
 * Rows to replay so that no mismatch at all proves a rate below `rate` with the stated confidence: ln(1 - confidence) /
 * ln(1 - rate), rounded up. 0.1 % at 95 % takes 2995 rows. Source: section 10.
 */
export function replayRowsNeeded(rate: number, confidence = 0.95): number {
  if (!(rate > 0 && rate < 1 && confidence > 0 && confidence < 1))
    throw new RangeError("rate and confidence must lie in (0, 1)");
  return Math.ceil(Math.log1p(-confidence) / Math.log1p(-rate));
}
