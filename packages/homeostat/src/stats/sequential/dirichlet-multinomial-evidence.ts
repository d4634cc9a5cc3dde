import {
  firstBadCount,
  type Insufficient,
  type Invalid,
  insufficient,
  requireSameLength,
} from "../performance/refusal.ts";
import { logGamma } from "../special/log-gamma.ts";
import { logSumExp } from "../sum/log-sum-exp.ts";

export interface DriftEvidence {
  readonly kind: "drift-evidence";
  /** ln E; alarm at ln(1/alpha) or ln(threshold). */
  readonly logEvidence: number;
  readonly n: number;
}

/**
 * Anytime-valid evidence of drift from bin counts of a growing window.
 *
 *   ln E = ln[ (1/3) sum_{kappa in 10, 100, 1000} DM(n; kappa q) ] - ln DM(n; m + 1/2),  q = (m + 1/2)/(M + B/2)
 *   ln DM(n; a) = lnG(sum a) - lnG(sum a + N) + sum_b [ lnG(a_b + n_b) - lnG(a_b) ]
 *
 * `window` n and `baseline` m: counts of the same frozen bins, B >= 2 after pooling. The null is the posterior
 * predictive given the baseline, so the baseline's own error is inside it: P(E ever >= A) <= 1/A on average over that
 * posterior (not for the worst baseline). `overdispersion` phi divides the window counts. Counts are order-free and
 * add.
 * Cost: O(B). Source: Good (1965) for the mixture; Grünwald, de Heide, Koolen (2024), JRSS-B 86, for e-processes.
 */
export function dirichletMultinomialEvidence(
  window: ArrayLike<number>,
  baseline: ArrayLike<number>,
  overdispersion = 1,
): DriftEvidence | Insufficient | Invalid {
  requireSameLength(window, baseline, "window and baseline bins");
  if (!(overdispersion >= 1)) throw new RangeError(`overdispersion must be >= 1, got ${overdispersion}`);
  const bad = firstBadCount(window) ?? firstBadCount(baseline);
  if (bad !== null) return bad;
  if (window.length < 2) return insufficient("no-spread", window.length, 2);
  const counts = Float64Array.from(window, (count) => count / overdispersion);
  const smoothed = Float64Array.from(baseline, (count) => count + 0.5);
  const total = smoothed.reduce((sum, count) => sum + count, 0);
  const alternatives = CONCENTRATIONS.map((kappa) =>
    logDirichletMultinomial(
      counts,
      smoothed.map((count) => (kappa * count) / total),
    ),
  );
  const logEvidence =
    logSumExp(alternatives) - Math.log(CONCENTRATIONS.length) - logDirichletMultinomial(counts, smoothed);
  return { kind: "drift-evidence", logEvidence, n: Array.from(window).reduce((sum, count) => sum + count, 0) };
}

/** From "anything may have happened" to "about a thousand rows' worth of the baseline". */
const CONCENTRATIONS: readonly number[] = [10, 100, 1000];

function logDirichletMultinomial(counts: Float64Array, prior: Float64Array): number {
  let totalPrior = 0;
  let totalCount = 0;
  let sum = 0;
  for (const [b, count] of counts.entries()) {
    const a = prior[b] ?? 0;
    totalPrior += a;
    totalCount += count;
    if (count > 0) sum += logGamma(a + count) - logGamma(a);
  }
  return sum + logGamma(totalPrior) - logGamma(totalPrior + totalCount);
}
