/**
 * What the caller of a regression gets: an interval, the whole line when nothing can be excluded, or nothing at all.
 */
export type PredictionInterval =
  | { readonly kind: "interval"; readonly lower: number; readonly upper: number }
  | { readonly kind: "everything" }
  | { readonly kind: "empty" };

/**
 * Score of the absolute residual, |y - prediction| / scale. `scale` > 0 is a guess of the row's difficulty (1 for
 * none);
 * it makes the intervals wider where the model is unsure without touching the guarantee. NaN in gives NaN. O(1).
 */
export function residualScore(label: number, prediction: number, scale = 1): number {
  return Math.abs(label - prediction) / scale;
}

/** prediction -+ cutoff · scale for the score above; everything when the cut-off is infinite. O(1). */
export function residualInterval(prediction: number, cutoff: number, scale = 1): PredictionInterval {
  return between(prediction - cutoff * scale, prediction + cutoff * scale, cutoff);
}

/**
 * Score of conformalised quantile regression: how far y lies outside [low, high], negative inside.
 * Source: Romano, Patterson, Candès (2019), NeurIPS. O(1).
 */
export function quantileBandScore(label: number, low: number, high: number): number {
  return Math.max(low - label, label - high);
}

/** [low - cutoff, high + cutoff]; empty when a negative cut-off turns it inside out. O(1). */
export function quantileBandInterval(low: number, high: number, cutoff: number): PredictionInterval {
  return between(low - cutoff, high + cutoff, cutoff);
}

/** A cut-off of -Infinity (adaptive alpha at 1 or more) excludes everything. */
function between(lower: number, upper: number, cutoff: number): PredictionInterval {
  if (cutoff === Number.POSITIVE_INFINITY) return { kind: "everything" };
  if (cutoff === Number.NEGATIVE_INFINITY || lower > upper) return { kind: "empty" };
  return { kind: "interval", lower, upper };
}
