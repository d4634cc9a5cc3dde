import { jensenShannonDivergence } from "../jensen-shannon.ts";
import { sharesOf } from "../shares.ts";

/*
 * The numbers that TensorFlow Data Validation shows (anomalies/metrics). Two histograms over different buckets are put on
 * the union of their edges, mass spread evenly inside a bucket.
 */

/** One bucket: `[low, high)` with a count; low = high is a point mass. */
interface Bucket {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** A histogram of numbers with its missing-value count. */
interface BucketHistogram {
  readonly buckets: readonly Bucket[];
  /** Rows that were NaN. NaN of one side never equals NaN of the other: they go to different cells. */
  readonly notANumber?: number;
}

/** `jsd/tfdv` of two histograms: the divergence (no root) in bits, at most 1. */
export function tfdvJensenShannon(left: BucketHistogram, right: BucketHistogram): number {
  const edges = [...new Set([...left.buckets, ...right.buckets].flatMap(({ low, high }) => [low, high]))].sort(
    (a, b) => a - b,
  );
  const points = edges.filter((edge) =>
    [...left.buckets, ...right.buckets].some((b) => b.low === edge && b.high === edge),
  );
  const cells = (histogram: BucketHistogram): number[] => [
    ...edges.slice(0, -1).map((low, index) => massBetween(histogram.buckets, low, edges[index + 1] ?? low)),
    ...points.map((at) => pointMass(histogram.buckets, at)),
  ];
  const p = [...cells(left), left.notANumber ?? 0, 0];
  const q = [...cells(right), 0, right.notANumber ?? 0];
  return bits(sharesOf(p), sharesOf(q));
}

/** `jsd/tfdv` of labels: the divergence in bits of two label counts. */
export function tfdvJensenShannonOfLabels(
  left: ReadonlyMap<string, number>,
  right: ReadonlyMap<string, number>,
): number {
  const [p, q] = alignedShares(left, right);
  return bits(p, q);
}

/** `l-infinity/tfdv` of labels: the largest difference of shares, each side normalised by itself. */
export function tfdvLargestDifference(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): number {
  const [p, q] = alignedShares(left, right);
  return p.reduce((largest, share, index) => Math.max(largest, Math.abs(share - (q[index] ?? 0))), 0);
}

/** `normalized-difference/tfdv`: `max |a_k − b_k| / (Σa + Σb)` of raw counts. */
export function tfdvNormalizedDifference(
  left: ReadonlyMap<string, number>,
  right: ReadonlyMap<string, number>,
): number {
  const names = new Set([...left.keys(), ...right.keys()]);
  const total = [...left.values(), ...right.values()].reduce((sum, count) => sum + count, 0);
  return Math.max(...[...names].map((name) => Math.abs((left.get(name) ?? 0) - (right.get(name) ?? 0)))) / total;
}

function bits(p: readonly number[], q: readonly number[]): number {
  return Math.min(1, jensenShannonDivergence(p, q) / Math.LN2);
}

function massBetween(buckets: readonly Bucket[], low: number, high: number): number {
  return buckets.reduce((sum, bucket) => {
    if (bucket.low === bucket.high) return sum;
    const overlap = Math.min(high, bucket.high) - Math.max(low, bucket.low);
    return overlap > 0 ? sum + (bucket.count * overlap) / (bucket.high - bucket.low) : sum;
  }, 0);
}

function pointMass(buckets: readonly Bucket[], at: number): number {
  return buckets.reduce((sum, { low, high, count }) => (low === at && high === at ? sum + count : sum), 0);
}

function alignedShares(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): [number[], number[]] {
  const names = [...new Set([...left.keys(), ...right.keys()])];
  const shares = (counts: ReadonlyMap<string, number>): number[] =>
    sharesOf(names.map((name) => counts.get(name) ?? 0));
  return [shares(left), shares(right)];
}
