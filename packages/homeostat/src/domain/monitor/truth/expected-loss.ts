import type { LossStratum } from "./loss-strata.ts";

/** What the mean loss of some rows would be if rows with the same prediction fared as in the baseline. */
export interface ExpectedLoss {
  readonly mean: number;
  /** Of the mean loss that is then seen: luck of the rows, inflated, and uncertainty of the baseline. */
  readonly variance: number;
  readonly rows: number;
  /** Share of the rows whose kind of prediction the baseline never saw labelled: nothing is known of them. */
  readonly unseenShare: number;
}

/**
 * Direct standardisation: sum over strata of (share now) × (mean loss in the baseline),
 *
 *   var = phi [ sum n_g v_g / N² + sum (n_g/N)² v_g / m_g ],  v_g the variance of a row's loss in the baseline
 *
 * over all rows of the window (`all`), or over the labelled ones, to be held against what they really lost. Shares near
 * 0 and 1 have their variance drawn to the middle, so that a stratum without an error is not taken for infallible. Rows
 * in strata without labelled baseline rows are left out and counted. undefined without any other row. O(strata).
 * Source: the estimator of confidence-based and direct loss estimation (NannyML) in its binned form; Kitagawa (1955).
 */
export function expectedLoss(
  reference: readonly LossStratum[],
  now: readonly LossStratum[],
  which: "all" | "labelled",
  overdispersion: number,
): ExpectedLoss | undefined {
  const rowsOf = (stratum: LossStratum | undefined): number => (which === "all" ? stratum?.rows : stratum?.loss.n) ?? 0;
  const known = reference.flatMap(({ loss }, place) => (loss.n > 0 ? [{ loss, n: rowsOf(now[place]) }] : []));
  const rows = known.reduce((sum, { n }) => sum + n, 0);
  const every = now.reduce((sum, stratum) => sum + rowsOf(stratum), 0);
  if (rows === 0) return undefined;
  let mean = 0;
  let variance = 0;
  for (const { loss, n } of known) {
    const spread = spreadOf(loss);
    mean += (n / rows) * (loss.sum / loss.n);
    variance += (n * spread) / rows ** 2 + ((n / rows) ** 2 * spread) / loss.n;
  }
  return { mean, variance: variance * overdispersion, rows, unseenShare: 1 - rows / every };
}

/** Variance of one row's loss; of a share as if one row more were right and one wrong (Laplace). */
function spreadOf({ n, sum, sumSquares }: LossStratum["loss"]): number {
  const isShare = sum === sumSquares;
  if (isShare) {
    const share = (sum + 1) / (n + 2);
    return share * (1 - share);
  }
  return n < 2 ? sumSquares : Math.max(0, (sumSquares - sum ** 2 / n) / (n - 1));
}

/** Mean loss of the labelled rows of the strata that the baseline knows. */
export function realisedLoss(
  reference: readonly LossStratum[],
  now: readonly LossStratum[],
): { readonly mean: number; readonly rows: number } | undefined {
  const known = now.filter((_, place) => (reference[place]?.loss.n ?? 0) > 0);
  const rows = known.reduce((sum, { loss }) => sum + loss.n, 0);
  return rows === 0 ? undefined : { mean: known.reduce((sum, { loss }) => sum + loss.sum, 0) / rows, rows };
}
