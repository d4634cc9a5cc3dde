import { type BettingGrid, bettingGrid } from "../sequential/betting-grid.ts";
import { logSumExp } from "../sum/log-sum-exp.ts";

/** Pairs of 0/1 losses on the same rows. */
export interface PairedCounts {
  /** New right, old wrong. */
  readonly newBetter: number;
  /** Both right or both wrong. */
  readonly equal: number;
  /** New wrong, old right; a candidate that failed to answer belongs here. */
  readonly newWorse: number;
}

/** What a paired comparison knows so far. Both logarithms are current values of e-processes; keep their running maxima. */
export interface PairedEvidence {
  readonly pairs: number;
  /** Pairs on which the losses differ. */
  readonly discordant: number;
  /** Mean of new loss minus old loss, in units of the loss range. */
  readonly meanDifference: number;
  /** Mean of its square: the discordance p_d for 0/1 losses. */
  readonly meanSquare: number;
  /** ln E against "the new model is not worse": evidence of harm. */
  readonly lnHarm: number;
  /** ln E against "the new model is worse by the margin or more": evidence of non-inferiority. */
  readonly lnNonInferiority: number;
}

/** The two bets: harm (H0 mean of x <= 1/2) and non-inferiority (H0 mean of x >= (1 + margin)/2), on x = (D + 1)/2. */
export function pairedGrids(margin: number): { readonly harm: BettingGrid; readonly nonInferiority: BettingGrid } {
  if (!(margin > 0 && margin < 1)) throw new RangeError(`the margin must lie in (0, 1), not ${margin}`);
  return { harm: bettingGrid(0.5, "above"), nonInferiority: bettingGrid((1 + margin) / 2, "below") };
}

/**
 * Evidence of harm and of non-inferiority from three counts.
 *
 * With D = new loss - old loss in {-1, 0, 1} and x = (D + 1)/2, each bet lambda contributes
 * `sum over the three values of count * ln(1 + lambda (x - m))`; the e-process is the mean over ten bets. Valid at every
 * look at once: P(E ever reaches 1/alpha) <= alpha while its null holds. Counts may come from any mergeable store.
 * `margin` is the tolerated increase of the mean loss. Assumes pairs independent (one pair per cluster otherwise).
 * Cost: O(1). Source: Waudby-Smith and Ramdas 2024; algorithms specification, section 7.
 */
export function pairedEvidenceFromCounts(counts: PairedCounts, margin: number): PairedEvidence {
  const { newBetter, equal, newWorse } = counts;
  for (const count of [newBetter, equal, newWorse]) {
    if (!(count >= 0 && count < Number.POSITIVE_INFINITY))
      throw new RangeError("pairs cannot be negative or infinite in number");
  }
  const pairs = newBetter + equal + newWorse;
  const discordant = newBetter + newWorse;
  const grids = pairedGrids(margin);
  const sumsOf = (grid: BettingGrid): readonly number[] =>
    grid.bets.map(
      (bet) =>
        newBetter * logFactor(bet, 0, grid) + equal * logFactor(bet, 0.5, grid) + newWorse * logFactor(bet, 1, grid),
    );
  return {
    pairs,
    discordant,
    meanDifference: pairs > 0 ? (newWorse - newBetter) / pairs : 0,
    meanSquare: pairs > 0 ? discordant / pairs : 0,
    lnHarm: meanOfExponentials(sumsOf(grids.harm)),
    lnNonInferiority: meanOfExponentials(sumsOf(grids.nonInferiority)),
  };
}

/** Mergeable sums of real-valued differences. The log sums belong to the ten bets of each grid of `pairedGrids`. */
export interface PairedSums {
  readonly pairs: number;
  readonly discordant: number;
  readonly sum: number;
  readonly sumSquares: number;
  readonly harmLogSums: readonly number[];
  readonly nonInferiorityLogSums: readonly number[];
}

/**
 * Sums of differences D = (new loss - old loss) / range, each in [-1, 1] (throws otherwise: clip or rescale first).
 *
 * Adding two such sums field by field gives the sums of all their pairs. Cost: O(pairs * bets).
 */
export function pairedSums(differences: ArrayLike<number>, margin: number): PairedSums {
  const grids = pairedGrids(margin);
  const harm = new Array<number>(grids.harm.bets.length).fill(0);
  const nonInferiority = new Array<number>(grids.nonInferiority.bets.length).fill(0);
  let discordant = 0;
  let sum = 0;
  let sumSquares = 0;
  for (let i = 0; i < differences.length; i++) {
    const difference = differences[i] ?? Number.NaN;
    if (!(difference >= -1 && difference <= 1))
      throw new RangeError(`difference ${i} is ${difference}; it must lie in [-1, 1]`);
    const x = (difference + 1) / 2;
    for (const [k, bet] of grids.harm.bets.entries()) harm[k] = (harm[k] ?? 0) + logFactor(bet, x, grids.harm);
    for (const [k, bet] of grids.nonInferiority.bets.entries()) {
      nonInferiority[k] = (nonInferiority[k] ?? 0) + logFactor(bet, x, grids.nonInferiority);
    }
    if (difference !== 0) discordant += 1;
    sum += difference;
    sumSquares += difference * difference;
  }
  return {
    pairs: differences.length,
    discordant,
    sum,
    sumSquares,
    harmLogSums: harm,
    nonInferiorityLogSums: nonInferiority,
  };
}

/** Evidence from the sums of real-valued differences; the same guarantee as from counts. Cost: O(bets). */
export function pairedEvidenceFromSums(sums: PairedSums): PairedEvidence {
  return {
    pairs: sums.pairs,
    discordant: sums.discordant,
    meanDifference: sums.pairs > 0 ? sums.sum / sums.pairs : 0,
    meanSquare: sums.pairs > 0 ? sums.sumSquares / sums.pairs : 0,
    lnHarm: meanOfExponentials(sums.harmLogSums),
    lnNonInferiority: meanOfExponentials(sums.nonInferiorityLogSums),
  };
}

function logFactor(bet: number, x: number, grid: BettingGrid): number {
  const edge = grid.direction === "above" ? x - grid.nullMean : grid.nullMean - x;
  return Math.log1p(bet * edge);
}

/** ln of the mean of exp(sums), without overflow. */
function meanOfExponentials(sums: readonly number[]): number {
  return logSumExp(sums) - Math.log(sums.length);
}
