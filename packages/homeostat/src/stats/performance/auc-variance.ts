import { clopperPearson } from "../special/clopper-pearson.ts";
import type { Estimate, ResolvedInterval } from "./estimate.ts";

/** What a test between two AUCs needs: the value, its sampling variance (independent rows), and the class sizes. */
export interface AucSummary {
  readonly auc: number;
  /** Variance before overdispersion is applied. Positive even at AUC 0 or 1. */
  readonly variance: number;
  readonly positives: number;
  readonly negatives: number;
  /** "delong", or the fallback used where DeLong's variance is exactly 0 (complete separation). */
  readonly varianceSource: "delong" | "hanley-mcneil-shrunk";
}

/**
 * DeLong's variance is 0 when the classes are completely separated (AUC 0 or 1) or completely tied (one bin), which
 * would make any test between windows infinitely sure. There the Hanley-McNeil variance is used at the AUC shrunk by
 * half a row of the smaller class, A' = (A m + 1/2)/(m + 1). Elsewhere the variance is returned as given. O(1).
 * Source: Hanley and McNeil (1982), Radiology 143 (exponential approximation Q1 = A/(2-A), Q2 = 2A^2/(1+A)), mirrored
 * for A < 1/2 so that turning the scores round changes nothing.
 */
export function guardedAucSummary(auc: number, delong: number, positives: number, negatives: number): AucSummary {
  if (delong > ROUNDING) return { auc, variance: delong, positives, negatives, varianceSource: "delong" };
  const snapped = Math.abs(auc - Math.round(auc)) < 1e-12 ? Math.round(auc) : auc;
  const smaller = Math.min(positives, negatives);
  const shrunk = (snapped * smaller + 0.5) / (smaller + 1);
  const variance = hanleyMcNeil(Math.max(shrunk, 1 - shrunk), positives, negatives);
  return { auc: snapped, variance, positives, negatives, varianceSource: "hanley-mcneil-shrunk" };
}

/** A variance below this is rounding of sums of squares that are exactly 0. */
const ROUNDING = 1e-24;

function hanleyMcNeil(auc: number, positives: number, negatives: number): number {
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc * auc) / (1 + auc);
  const square = auc * auc;
  return (
    (auc * (1 - auc) + (positives - 1) * (q1 - square) + (negatives - 1) * (q2 - square)) / (positives * negatives)
  );
}

/**
 * The interval of an AUC on the logit scale: logit(A) -+ z se / (A(1-A)), which stays in (0, 1) and covers better than
 * the plain one near the ends. At complete separation the Clopper-Pearson limits of m of m rows are used, m = size of
 * the smaller class (conservative). O(1). Source: Pepe (2003), section 5.2.
 */
export function aucEstimate(summary: AucSummary, interval: ResolvedInterval): Estimate {
  const { auc, variance, positives, negatives } = summary;
  const { alpha, overdispersion, z } = interval;
  const n = positives + negatives;
  const standardError = Math.sqrt(variance * overdispersion);
  const shared = { kind: "estimate", value: auc, standardError, alpha, n, effectiveN: n / overdispersion } as const;
  if (summary.varianceSource === "delong" && auc > 0 && auc < 1) {
    const centre = Math.log(auc / (1 - auc));
    const half = (z * standardError) / (auc * (1 - auc));
    return { ...shared, lower: logistic(centre - half), upper: logistic(centre + half), method: "delong-logit" };
  }
  const smaller = Math.min(positives, negatives) / overdispersion;
  const ends = clopperPearson(auc * smaller, smaller, alpha);
  return { ...shared, lower: ends.lower, upper: ends.upper, method: "smaller-class-clopper-pearson" };
}

function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}
