import { bernoulliLogSums } from "../sequential/bet-log-sums.ts";
import type { BettingGrid } from "../sequential/betting-grid.ts";
import { gridLogEvidence } from "../sequential/grid-evidence.ts";

/**
 * The fewest of n 0/1 rows against the null (ones for "above", zeros for "below") at which the betting evidence is at
 * least `threshold`; n + 1 when even all are too few.
 *
 * The log evidence of a grid rises with that count (every bet gains on such a row and loses on the other), so a
 * simulation may compare counts with this number instead of computing the evidence at every look: same law, a
 * fraction of the time. Shapes: n whole ≥ 0, threshold finite. Cost: O(bets log n).
 */
export function criticalGains(grid: BettingGrid, n: number, threshold: number, overdispersion = 1): number {
  let below = -1;
  let reached = n + 1;
  while (reached - below > 1) {
    const middle = (reached + below) >> 1;
    if (evidenceOf(grid, middle, n, overdispersion) >= threshold) reached = middle;
    else below = middle;
  }
  return reached;
}

function evidenceOf(grid: BettingGrid, gains: number, n: number, overdispersion: number): number {
  const ones = grid.direction === "above" ? gains : n - gains;
  const sums = bernoulliLogSums(ones, n - ones, grid);
  if (sums.kind !== "bet-log-sums") throw new RangeError(`not counts: ${gains} of ${n}`);
  return gridLogEvidence(sums, overdispersion);
}
