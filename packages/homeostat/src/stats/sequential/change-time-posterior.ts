import { type Insufficient, type Invalid, insufficient } from "../performance/refusal.ts";
import { logSumExp } from "../sum/log-sum-exp.ts";
import { noiseScale } from "./noise-scale.ts";
import { segmentCost } from "./optimal-partition.ts";

export interface ChangeTimePosterior {
  readonly kind: "change-time-posterior";
  /** probability[t] = P(the new level begins at index t | exactly one change), 0 outside the allowed range. */
  readonly probability: Float64Array;
  readonly mostLikely: number;
  /** The shortest run of indices [from, to] that holds at least 95 %. */
  readonly from: number;
  readonly to: number;
  /** Level after minus level before, at the most likely time. */
  readonly shift: number;
}

/**
 * When did the one change of level in this series happen?
 *
 *   P(t) ~ exp(-cost_2(t) / (2 s2)),  cost_2(t) = sum of squares of x[0..t) and x[t..n) around their own means
 *
 * s2 is the long-run variance of `noiseScale` unless given. Conditional on there being exactly one change of mean: run
 * `optimalPartition` first and pass the stretch around the change. Flat prior over t. Refused for a constant series and
 * below 4 points. O(n). Source: Smith (1975), Biometrika 62, with the levels profiled out.
 */
export function changeTimePosterior(
  x: ArrayLike<number>,
  options: { readonly minimumSegment?: number; readonly longRunVariance?: number } = {},
): ChangeTimePosterior | Insufficient | Invalid {
  const noise = noiseScale(x);
  if (noise.kind !== "noise-scale") return noise;
  const n = x.length;
  const minimumSegment = options.minimumSegment ?? 2;
  if (n < 2 * minimumSegment) return insufficient("too-few-rows", n, 2 * minimumSegment);
  const variance = options.longRunVariance ?? noise.longRunVariance;
  if (!(variance > 0)) return insufficient("no-spread", 0, 1);
  const cost = segmentCost(x);
  const logs: number[] = [];
  for (let t = minimumSegment; t <= n - minimumSegment; t++)
    logs.push(-(cost.squares(0, t) + cost.squares(t, n)) / (2 * variance));
  const total = logSumExp(logs);
  const probability = new Float64Array(n);
  for (const [i, log] of logs.entries()) probability[i + minimumSegment] = Math.exp(log - total);
  let mostLikely = minimumSegment;
  for (let t = 0; t < n; t++) if ((probability[t] as number) > (probability[mostLikely] as number)) mostLikely = t;
  const { from, to } = shortestRun(probability, 0.95);
  const shift = cost.mean(mostLikely, n) - cost.mean(0, mostLikely);
  return { kind: "change-time-posterior", probability, mostLikely, from, to, shift };
}

/** The shortest run of indices with at least `share` of the mass; the earliest of equal ones. O(n). */
export function shortestRun(probability: Float64Array, share: number): { from: number; to: number } {
  let from = 0;
  let mass = 0;
  let best = { from: 0, to: probability.length - 1 };
  for (let to = 0; to < probability.length; to++) {
    mass += probability[to] as number;
    while (mass - (probability[from] as number) >= share) {
      mass -= probability[from] as number;
      from += 1;
    }
    if (mass >= share && to - from < best.to - best.from) best = { from, to };
  }
  return best;
}
