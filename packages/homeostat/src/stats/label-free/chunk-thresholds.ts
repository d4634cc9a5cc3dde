import { type Insufficient, type Invalid, insufficient, invalid } from "../performance/refusal.ts";

export interface ChunkThresholdOptions {
  /** Deviations below and above the centre; null for no threshold on that side. Default 3 and 3. */
  readonly below?: number | null;
  readonly above?: number | null;
  readonly centre?: "mean" | "median" | "minimum" | "maximum";
  /** The metric cannot leave this range; thresholds are cut to it. */
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface ChunkThresholds {
  readonly kind: "chunk-thresholds";
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * Alert thresholds from the metric of healthy baseline chunks: centre -+ k population deviations.
 *
 * Needs 6 chunks. With few chunks the deviation is itself a guess: at 10 chunks "3 deviations" fires on about 1 % of
 * healthy chunks, not 0.1 %; chunks must be of the size that will be watched (a short last one widens everything).
 * O(n log n). Parity with NannyML's standard deviation threshold.
 */
export function chunkThresholds(
  values: readonly number[],
  options: ChunkThresholdOptions = {},
): ChunkThresholds | Insufficient | Invalid {
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) return invalid("not-finite", bad);
  if (values.length < MINIMUM_CHUNKS) return insufficient("too-few-rows", values.length, MINIMUM_CHUNKS);
  const n = values.length;
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n);
  const sorted = [...values].sort((a, b) => a - b);
  const middle = ((sorted[Math.floor((n - 1) / 2)] ?? mean) + (sorted[Math.ceil((n - 1) / 2)] ?? mean)) / 2;
  const centres = { mean, median: middle, minimum: sorted[0] ?? mean, maximum: sorted[n - 1] ?? mean };
  const centre = centres[options.centre ?? "mean"];
  const cut = (x: number): number =>
    Math.min(options.maximum ?? Number.POSITIVE_INFINITY, Math.max(options.minimum ?? Number.NEGATIVE_INFINITY, x));
  const { below = 3, above = 3 } = options;
  return {
    kind: "chunk-thresholds",
    lower: below === null ? null : cut(centre - below * deviation),
    upper: above === null ? null : cut(centre + above * deviation),
  };
}

const MINIMUM_CHUNKS = 6;
