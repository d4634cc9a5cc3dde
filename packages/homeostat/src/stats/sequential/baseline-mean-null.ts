import { resolveInterval } from "../performance/estimate.ts";
import { type Insufficient, type Invalid, insufficient, invalid } from "../performance/refusal.ts";
import { normalQuantile } from "../special/normal-quantile.ts";
import type { BaselineNull } from "./baseline-null.ts";
import type { Direction } from "./betting-grid.ts";

/**
 * The null of a sequential test of a continuous bounded mean whose baseline is estimated: the one-sided normal limit of
 * the baseline at alpha/2 on the side of the harm, leaving alpha/2 for the test.
 *
 *   nullMean = mean +- z_{alpha/2} sqrt(phi variance / n)      (+ "above", - "below")
 *
 * For values in [0, 1]. Much sharper than `baselineNull` when the variance is far below mean (1 - mean); asymptotic, so
 * it is refused below n variance / phi = 25, the gate of `asymptoticSequence`. A limit outside (0, 1) is refused as
 * degenerate. O(1).
 */
export function baselineMeanNull(
  n: number,
  mean: number,
  variance: number,
  alpha: number,
  options: { readonly direction?: Direction; readonly overdispersion?: number } = {},
): BaselineNull | Insufficient | Invalid {
  const { overdispersion } = resolveInterval({ alpha, overdispersion: options.overdispersion ?? 1 });
  if (![n, mean, variance].every(Number.isFinite)) return invalid("not-finite", 0);
  if (n < 0 || variance < 0 || mean < 0 || mean > 1) return invalid("out-of-range", 0);
  const events = (n * variance) / overdispersion;
  if (events < MINIMUM_EVENTS) return insufficient("too-few-expected-events", events, MINIMUM_EVENTS);
  const reach = -normalQuantile(alpha / 2) * Math.sqrt((overdispersion * variance) / n);
  const nullMean = (options.direction ?? "above") === "above" ? mean + reach : mean - reach;
  if (!(nullMean > 0 && nullMean < 1)) return insufficient("degenerate", 0, 1);
  return { kind: "baseline-null", nullMean, testAlpha: alpha / 2 };
}

const MINIMUM_EVENTS = 25;
