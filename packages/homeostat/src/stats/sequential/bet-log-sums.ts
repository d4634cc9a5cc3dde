import { type Invalid, invalid } from "../performance/refusal.ts";
import type { BettingGrid } from "./betting-grid.ts";

/**
 * sum over rows of ln(1 + lambda_k (x - m0)), one per bet. All a betting test keeps of its rows; sums add over windows.
 */
export interface BetLogSums {
  readonly kind: "bet-log-sums";
  readonly n: number;
  readonly sums: Float64Array;
}

/** The sums of a list of values in [0, 1]. A value outside or NaN is refused with its index. O(n x bets). */
export function betLogSums(values: ArrayLike<number>, grid: BettingGrid): BetLogSums | Invalid {
  const sums = new Float64Array(grid.bets.length);
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    if (Number.isNaN(x)) return invalid("not-finite", i);
    if (x < 0 || x > 1) return invalid("out-of-range", i);
    const edge = edgeOf(x, grid);
    for (const [k, bet] of grid.bets.entries()) sums[k] = (sums[k] ?? 0) + Math.log1p(bet * edge);
  }
  return { kind: "bet-log-sums", n: values.length, sums };
}

/**
 * The same for a 0/1 variable, from its two counts: s ln(1 + lambda(1 - m0)) + f ln(1 - lambda m0).
 * Counts >= 0, may be fractional; otherwise refused. O(bets).
 */
export function bernoulliLogSums(successes: number, failures: number, grid: BettingGrid): BetLogSums | Invalid {
  for (const [i, count] of [successes, failures].entries()) {
    if (!Number.isFinite(count)) return invalid("not-finite", i);
    if (count < 0) return invalid("out-of-range", i);
  }
  const sums = Float64Array.from(
    grid.bets,
    (bet) => successes * Math.log1p(bet * edgeOf(1, grid)) + failures * Math.log1p(bet * edgeOf(0, grid)),
  );
  return { kind: "bet-log-sums", n: successes + failures, sums };
}

/** The sums of the union of disjoint windows of one grid. O(bets). */
export function mergeBetLogSums(a: BetLogSums, b: BetLogSums): BetLogSums {
  if (a.sums.length !== b.sums.length) throw new RangeError("bet sums of different grids do not add");
  return { kind: "bet-log-sums", n: a.n + b.n, sums: a.sums.map((sum, k) => sum + (b.sums[k] ?? 0)) };
}

function edgeOf(x: number, grid: BettingGrid): number {
  return grid.direction === "above" ? x - grid.nullMean : grid.nullMean - x;
}
