import { binOf } from "../../stats/histogram/bin-of.ts";
import { type Binning, nullBinOf } from "../../stats/histogram/binning.ts";
import type { FeatureVector } from "../pipeline/pipeline.ts";
import type { FrozenFeature, FrozenUnusual } from "./baseline.ts";

/** The subject under which unusual rows are counted, and the bin of those that are. */
export const unusualSubject = "#unusual";
export const unusualBin = 1;

/** Share of the baseline's own rows above the limit. */
export const unusualShare = 0.001;
/** With fewer reference rows one in a thousand cannot be told. */
export const leastRowsForUnusual = 1_000;

/**
 * What each bin of a feature costs: minus the logarithm of the share of the baseline that lies at least as far out. Of a
 * number that is twice the smaller tail, the bin itself included; of a category the rows of all bins no more frequent;
 * missing values cost by their own share. Half a row is added everywhere, so that what was never seen costs much and not
 * without end. Cost: O(bins²) of a category, O(bins) of a number.
 */
export function binCosts(binning: Binning, counts: readonly number[]): readonly number[] {
  const nullBin = nullBinOf(binning);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const share = (count: number): number => Math.min(1, (count + 0.5) / (rows + 0.5));
  const inner = counts.slice(0, nullBin);
  const tails = binning.kind === "numeric" ? numberTails(inner) : categoryTails(inner);
  return [...tails, counts[nullBin] ?? 0].map((tail) => -Math.log(share(tail)));
}

function numberTails(counts: readonly number[]): readonly number[] {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  let before = 0;
  return counts.map((count) => {
    const upTo = before + count;
    const tail = 2 * Math.min(upTo, rows - before);
    before = upTo;
    return Math.min(rows, tail);
  });
}

function categoryTails(counts: readonly number[]): readonly number[] {
  return counts.map((own) => counts.reduce((sum, other) => sum + (other <= own ? other : 0), 0));
}

/** How far out a vector lies: the twin of what the engine counts. */
export function unusualScore(
  { costs }: FrozenUnusual,
  features: readonly FrozenFeature[],
  vector: FeatureVector,
): number {
  return features.reduce((sum, { binning }, place) => sum + (costs[place]?.[binOf(binning, vector[place])] ?? 0), 0);
}
