import { resolveInterval } from "../performance/estimate.ts";
import { type Insufficient, type Invalid, insufficient, invalid } from "../performance/refusal.ts";
import { clopperPearson } from "../special/clopper-pearson.ts";
import type { Direction } from "./betting-grid.ts";

export interface BaselineNull {
  readonly kind: "baseline-null";
  /** The boundary of H0, strictly between 0 and 1. */
  readonly nullMean: number;
  /** The level left for the test: reject when ln E >= ln(1 / testAlpha). */
  readonly testAlpha: number;
}

/**
 * The null of a sequential test whose baseline rate is itself estimated: the one-sided Clopper-Pearson limit of the
 * baseline at alpha/2 on the side of the harm, leaving alpha/2 for the test; together at most alpha by the union bound.
 *
 * `successes` of `n` baseline rows, `direction` as the grid ("above": the rate must not rise, so the upper limit).
 * Without any success (or failure) the limit is still inside (0, 1); an all-success baseline "above" is refused as
 * degenerate, since nothing can be worse. Counts of a continuous bounded mean may be fractional (sum x of n): the limit
 * is then conservative. O(1).
 */
export function baselineNull(
  successes: number,
  n: number,
  alpha: number,
  options: { readonly direction?: Direction; readonly overdispersion?: number } = {},
): BaselineNull | Insufficient | Invalid {
  const { overdispersion } = resolveInterval({ alpha, overdispersion: options.overdispersion ?? 1 });
  if (!Number.isFinite(successes) || !Number.isFinite(n)) return invalid("not-finite", 0);
  if (successes < 0 || successes > n) return invalid("out-of-range", 0);
  if (n === 0) return insufficient("no-rows", 0, 1);
  const limits = clopperPearson(successes / overdispersion, n / overdispersion, alpha);
  const nullMean = (options.direction ?? "above") === "above" ? limits.upper : limits.lower;
  if (!(nullMean > 0 && nullMean < 1)) return insufficient("degenerate", 0, 1);
  return { kind: "baseline-null", nullMean, testAlpha: alpha / 2 };
}
