/** How serving went, counted beside features and scores. */
export const serviceSubject = "#service";

/** Eight bins to a doubling: a quantile read back from them is right to 4.4 % of itself. */
const binsPerDoubling = 8;
const leastMs = 0.1;
const longestMs = 3_600_000;

/**
 * Ascending inner edges of a latency in milliseconds, 0.1 ms to an hour. They are the same for every system and for
 * ever, so that histograms of any windows, segments and releases add up.
 */
export const latencyEdgesMs: readonly number[] = Array.from(
  { length: Math.ceil(Math.log2(longestMs / leastMs) * binsPerDoubling) + 1 },
  (_, place) => leastMs * 2 ** (place / binsPerDoubling),
);

/** Rows that did not tell how long they took. */
export const untimedBin = -1;

/** How serving went for one segment value. All are sums, so windows add up. */
export interface ServiceCounts {
  /** Rows by bin of their latency; those that told none are left out. */
  readonly latency: { readonly bins: readonly number[]; readonly counts: readonly number[] };
  readonly latencySumMs: number;
  readonly rows: number;
  /** Answered by a fallback, or told to be `degraded` by the sender. */
  readonly degraded: number;
  /** Told to have failed by the sender. */
  readonly failed: number;
  readonly costRows: number;
  readonly costSumUsd: number;
}

export function timedRows({ latency }: ServiceCounts): number {
  return latency.counts.reduce((sum, count) => sum + count, 0);
}

/**
 * The latency that a share of the timed rows does not pass, in milliseconds; undefined with none timed. Inside a bin the
 * rows are taken to lie evenly on the logarithmic scale. `share` in 0..1. Cost: O(bins).
 */
export function latencyQuantileMs(counts: ServiceCounts, share: number): number | undefined {
  const rows = timedRows(counts);
  if (rows === 0) return undefined;
  const wanted = share * rows;
  let below = 0;
  for (const [place, bin] of counts.latency.bins.entries()) {
    const own = counts.latency.counts[place] ?? 0;
    if (own > 0 && below + own >= wanted) return insideBin(bin, Math.min(1, Math.max(0, (wanted - below) / own)));
    below += own;
  }
  return latencyEdgesMs.at(-1);
}

function insideBin(bin: number, share: number): number {
  const low = latencyEdgesMs[bin - 1];
  const high = latencyEdgesMs[bin];
  if (low === undefined) return (high ?? leastMs) * share;
  return high === undefined ? low : low * (high / low) ** share;
}
