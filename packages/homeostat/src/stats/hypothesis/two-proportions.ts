import {
  hypergeometricLowerTail,
  hypergeometricProbability,
  hypergeometricUpperTail,
} from "../special/hypergeometric.ts";
import { normalSurvival } from "../special/normal-survival.ts";
import { studentTSurvival } from "../special/student-t-survival.ts";
import type { Overdispersion } from "./overdispersion.ts";

/** Which differences count against the null: the first share larger, smaller, or either. */
export type Side = "greater" | "less" | "two-sided";

/** Hits and rows of two samples. */
export interface TwoCounts {
  readonly hits: number;
  readonly rows: number;
  readonly baselineHits: number;
  readonly baselineRows: number;
}

/** A test of two proportions. */
export interface ProportionTest {
  readonly kind: "measured";
  readonly test: "fisher-exact" | "score";
  readonly difference: number;
  readonly z: number;
  readonly pValue: number;
}

/** Rows missing on one side. */
export interface NoProportions {
  readonly kind: "insufficient";
  readonly have: number;
  readonly need: number;
}

/**
 * Tests whether a share (of nulls, of a default value, of errors) differs between a window and its baseline.
 *
 * Fisher's exact test where an expected count is below five, else the pooled score test
 * `z = (p₁ − p₀)/√(p̄(1−p̄)(1/n₁ + 1/n₀))`. With overdispersion φ the score form is used at n/φ rows and Student's t with
 * `windows` degrees of freedom, since an exact test of clustered rows is exact for the wrong law.
 * Shapes: 0 ≤ hits ≤ rows; weighted counts that are not whole take the score test, since no exact one is theirs. No rows on a side gives `insufficient`. Two shares both 0 or both 1 give z = 0, p = 1
 * (one-sided p is 1 as well). Cost: O(1), or O(√rows) for the exact test. Assumes independent rows up to φ.
 */
export function twoProportionTest(
  counts: TwoCounts,
  side: Side = "two-sided",
  overdispersion?: Overdispersion,
): ProportionTest | NoProportions {
  const { hits, rows, baselineHits, baselineRows } = counts;
  const sound = [rows - hits, baselineRows - baselineHits, hits, baselineHits].every(
    (count) => count >= 0 && Number.isFinite(count),
  );
  if (!sound) return { kind: "insufficient", have: 0, need: 1 };
  if (!(rows > 0 && baselineRows > 0)) return { kind: "insufficient", have: Math.min(rows, baselineRows), need: 1 };
  const difference = hits / rows - baselineHits / baselineRows;
  const pooled = (hits + baselineHits) / (rows + baselineRows);
  const phi = Math.max(1, overdispersion?.phi ?? 1);
  const spread = Math.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / baselineRows) * phi);
  const z = spread > 0 ? difference / spread : 0;
  const leastExpected = Math.min(rows, baselineRows) * Math.min(pooled, 1 - pooled);
  const areWhole = [hits, rows, baselineHits, baselineRows].every(Number.isSafeInteger);
  if (!overdispersion && leastExpected < 5 && areWhole) {
    return { kind: "measured", test: "fisher-exact", difference, z, pValue: fisherExact(counts, side) };
  }
  const tail = (t: number): number =>
    overdispersion ? studentTSurvival(t, overdispersion.windows) : normalSurvival(t);
  const pValue = spread > 0 ? onSide(z, side, tail) : 1;
  return { kind: "measured", test: "score", difference, z, pValue };
}

/**
 * Fisher's exact test of a 2×2 table: the hypergeometric chance of a table at least as extreme, given its margins.
 *
 * Two-sided: the sum over all tables not more probable than the observed one (with a relative slack of 1e-7, so that
 * equal probabilities count as equal). Whole counts. Cost: O(√rows) terms for one side, O(min(hits, rows)) for both.
 */
export function fisherExact({ hits, rows, baselineHits, baselineRows }: TwoCounts, side: Side = "two-sided"): number {
  const urn = { total: rows + baselineRows, marked: hits + baselineHits, drawn: rows };
  if (side === "greater") return hypergeometricUpperTail(hits, urn);
  if (side === "less") return hypergeometricLowerTail(hits, urn);
  const observed = hypergeometricProbability(hits, urn) * (1 + 1e-7);
  const least = Math.max(0, urn.marked + urn.drawn - urn.total);
  const most = Math.min(urn.marked, urn.drawn);
  const mean = (urn.marked * urn.drawn) / urn.total;
  if (hits > mean) {
    const low = lastNotAbove(least, Math.floor(mean), (k) => hypergeometricProbability(k, urn) <= observed);
    return Math.min(1, hypergeometricUpperTail(hits, urn) + (low < least ? 0 : hypergeometricLowerTail(low, urn)));
  }
  const mirrored = lastNotAbove(0, most - Math.ceil(mean), (k) => hypergeometricProbability(most - k, urn) <= observed);
  return Math.min(
    1,
    hypergeometricLowerTail(hits, urn) + (mirrored < 0 ? 0 : hypergeometricUpperTail(most - mirrored, urn)),
  );
}

/** The largest whole k in [from, to] for which a condition that turns false once still holds; from − 1 if none. */
function lastNotAbove(from: number, to: number, holds: (k: number) => boolean): number {
  let low = Math.ceil(from) - 1;
  let high = Math.floor(to) + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function onSide(z: number, side: Side, tail: (t: number) => number): number {
  if (side === "greater") return tail(z);
  if (side === "less") return tail(-z);
  return Math.min(1, 2 * tail(Math.abs(z)));
}
