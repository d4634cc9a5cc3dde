import type { PairedEvidence } from "./paired-evidence.ts";
import { pairsNeeded } from "./paired-sample-size.ts";

/** Evidence on one group that must not be harmed. `largestLnHarm`: the largest ln E seen at any look so far. */
export interface ProtectedSlice {
  readonly name: string;
  readonly evidence: PairedEvidence;
  readonly largestLnHarm?: number;
}

export interface ReleaseComparison {
  readonly evidence: PairedEvidence;
  /** The largest ln E seen at any look so far; the current value when absent. */
  readonly largestLnHarm?: number;
  readonly largestLnNonInferiority?: number;
  /** Pairs whose losses are not known (no outcome yet, or one model gave no answer and was not counted as worse). */
  readonly unscoredPairs: number;
  readonly protectedSlices: readonly ProtectedSlice[];
}

export interface ReleaseSettings {
  readonly alpha: number;
  /** The tolerated increase of mean loss that the evidence was computed for. */
  readonly margin: number;
  /** The comparison ends here: undecided then means keeping the old model. */
  readonly maximumPairs: number;
  readonly minimumPairs: number;
  readonly minimumDiscordant: number;
  /** Fewest pairs on every protected slice before promotion. */
  readonly minimumSlicePairs: number;
  /** Largest share of pairs without known losses at which promotion is possible. */
  readonly maximumUnscoredShare: number;
  /** Discordance to plan with before any pair has differed. */
  readonly assumedDiscordance: number;
  /** How many times the fixed-n sample a continuously watched test takes. */
  readonly sequentialInflation: number;
}

export const defaultReleaseSettings: ReleaseSettings = {
  alpha: 0.05,
  margin: 0.01,
  maximumPairs: 20_000,
  minimumPairs: 200,
  minimumDiscordant: 10,
  minimumSlicePairs: 50,
  maximumUnscoredShare: 0.1,
  assumedDiscordance: 0.1,
  sequentialInflation: 1.5,
};

export type ReleaseVerdict =
  /** The new model is shown to be no worse than the margin, and no protected slice stands in the way. */
  | { readonly verdict: "promote"; readonly reason: "non-inferior" }
  /** The new model is shown to be worse: withdraw it. */
  | { readonly verdict: "rollback"; readonly reason: "harm-overall" }
  | { readonly verdict: "rollback"; readonly reason: "harm-on-slice"; readonly slice: string }
  /** The comparison ended without proof: the old model stays. */
  | { readonly verdict: "hold"; readonly reason: "ended-undecided" | "ended-incomplete" }
  | {
      readonly verdict: "inconclusive";
      readonly reason:
        | "too-few-pairs"
        | "too-few-discordant"
        | "not-yet-decided"
        | "missing-outcomes"
        | "slice-without-data";
      /** Estimate of further scored pairs needed before a decision can be expected; never zero. */
      readonly morePairsNeeded: number;
      readonly slice?: string;
    };

/**
 * Decides about a release from what is known now. May be asked after every row.
 *
 * - `rollback` as soon as the evidence of harm reaches 1/alpha overall, or #slices/alpha on a protected slice;
 * - `promote` when the evidence of non-inferiority reaches 1/alpha, with enough pairs to show, enough known outcomes, and
 *   enough pairs on every protected slice. Missing data never count as a pass;
 * - `hold` when `maximumPairs` have been compared without either;
 * - `inconclusive` otherwise, with an estimate of the pairs still needed from the discordance and the distance to the
 *   margin seen so far.
 *
 * Harm at the same time as non-inferiority is possible (worse, but by less than the margin): harm goes first.
 * Error rates: a model that is not worse is rolled back overall with probability at most alpha, and on slices at most
 * alpha; one that is worse by the margin or more is promoted with probability at most alpha, however often this is asked.
 * Cost: O(slices). Source: algorithms specification, section 7.
 */
export function releaseVerdict(
  comparison: ReleaseComparison,
  settings: ReleaseSettings = defaultReleaseSettings,
): ReleaseVerdict {
  const harm = harmVerdict(comparison, settings);
  if (harm !== null) return harm;
  const { evidence } = comparison;
  const ended = evidence.pairs >= settings.maximumPairs;
  const gap = promotionGap(comparison, settings);
  const nonInferior = (comparison.largestLnNonInferiority ?? evidence.lnNonInferiority) >= -Math.log(settings.alpha);
  if (nonInferior && gap === null) return { verdict: "promote", reason: "non-inferior" };
  if (ended) return { verdict: "hold", reason: nonInferior ? "ended-incomplete" : "ended-undecided" };
  if (gap !== null) return gap;
  return { verdict: "inconclusive", reason: "not-yet-decided", morePairsNeeded: morePairs(evidence, settings) };
}

function harmVerdict(comparison: ReleaseComparison, settings: ReleaseSettings): ReleaseVerdict | null {
  const lnHarm = comparison.largestLnHarm ?? comparison.evidence.lnHarm;
  if (lnHarm >= -Math.log(settings.alpha)) return { verdict: "rollback", reason: "harm-overall" };
  const sliceThreshold = Math.log(comparison.protectedSlices.length / settings.alpha);
  for (const slice of comparison.protectedSlices) {
    if ((slice.largestLnHarm ?? slice.evidence.lnHarm) >= sliceThreshold) {
      return { verdict: "rollback", reason: "harm-on-slice", slice: slice.name };
    }
  }
  return null;
}

/** What is missing before a promotion could be shown, whatever the evidence says; null when nothing is. */
function promotionGap(comparison: ReleaseComparison, settings: ReleaseSettings): ReleaseVerdict | null {
  const { evidence, unscoredPairs } = comparison;
  const needed = morePairs(evidence, settings);
  if (evidence.pairs < settings.minimumPairs) {
    return {
      verdict: "inconclusive",
      reason: "too-few-pairs",
      morePairsNeeded: Math.max(needed, settings.minimumPairs - evidence.pairs),
    };
  }
  const unscoredAllowed = settings.maximumUnscoredShare * (evidence.pairs + unscoredPairs);
  if (!(unscoredPairs <= unscoredAllowed)) {
    const toScore = Math.ceil(unscoredPairs - unscoredAllowed);
    return { verdict: "inconclusive", reason: "missing-outcomes", morePairsNeeded: Math.max(1, toScore) };
  }
  // So many equal pairs that even all discordant ones of a tolerable model would have shown are proof enough.
  const shown = Math.max(evidence.discordant, evidence.pairs * settings.margin);
  if (shown < settings.minimumDiscordant) {
    return {
      verdict: "inconclusive",
      reason: "too-few-discordant",
      morePairsNeeded: pairsForDiscordance(evidence, settings),
    };
  }
  for (const slice of comparison.protectedSlices) {
    const short = settings.minimumSlicePairs - slice.evidence.pairs;
    if (short <= 0) continue;
    const share = Math.max(slice.evidence.pairs, 0.5) / evidence.pairs;
    return {
      verdict: "inconclusive",
      reason: "slice-without-data",
      morePairsNeeded: Math.ceil(short / share),
      slice: slice.name,
    };
  }
  return null;
}

function pairsForDiscordance(evidence: PairedEvidence, settings: ReleaseSettings): number {
  const rate = (evidence.discordant + 0.5) / (evidence.pairs + 1);
  return Math.max(1, Math.ceil((settings.minimumDiscordant - evidence.discordant) / rate));
}

/** Further pairs until either e-process can be expected to decide, at what has been seen so far; at most what is left. */
function morePairs(evidence: PairedEvidence, settings: ReleaseSettings): number {
  const left = Math.max(1, settings.maximumPairs - evidence.pairs);
  const discordance = evidence.discordant > 0 ? evidence.meanSquare : settings.assumedDiscordance;
  const seen = evidence.discordant > 0 ? evidence.meanDifference : 0;
  const distance = Math.max(Math.abs(seen), Math.abs(settings.margin - seen));
  const plan = pairsNeeded({
    discordance: Math.min(1, Math.max(discordance, distance * distance)),
    difference: distance,
    alpha: settings.alpha,
  });
  if (plan.kind === "impossible") return left;
  return Math.min(left, Math.max(1, Math.ceil(settings.sequentialInflation * plan.n) - evidence.pairs));
}
