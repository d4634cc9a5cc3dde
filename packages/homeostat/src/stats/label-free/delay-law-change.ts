import { type Insufficient, type Invalid, insufficient } from "../performance/refusal.ts";
import { normalSurvival } from "../special/normal-survival.ts";
import { brokenDay, type DelayTriangle } from "./chain-ladder.ts";

export interface DelayLawChange {
  readonly kind: "delay-law-change";
  /** The development step with the strongest evidence: labels in by delay `step` of those in by `step` + 1. */
  readonly step: number;
  readonly recentShare: number;
  readonly previousShare: number;
  readonly z: number;
  /** Two-sided, Bonferroni over the steps compared. */
  readonly p: number;
  readonly direction: "slower" | "faster";
  readonly stepsCompared: number;
}

export interface DelayLawOptions {
  /** How many of the newest days count as recent. Default 7. */
  readonly recentDays?: number;
  readonly overdispersion?: number;
}

/**
 * Did labels begin to arrive at another pace? Ask this before alarming on performance: a slower class of labels looks
 * like a change of outcomes.
 *
 *   per step k: share of the labels in by delay k + 1 that were in by k, recent days against earlier ones,
 *   two-proportion score test; p = min(1, steps · smallest p)
 *
 * Only steps in which both sides expect 5 labels on each side of the split are compared; none is a refusal. Assumes
 * labels arrive independently up to `overdispersion`. O(cells).
 */
export function delayLawChange(
  cumulative: DelayTriangle,
  options: DelayLawOptions = {},
): DelayLawChange | Insufficient | Invalid {
  const { recentDays = 7, overdispersion = 1 } = options;
  if (!(Number.isInteger(recentDays) && recentDays >= 1) || !(overdispersion >= 1))
    throw new RangeError("recentDays must be a positive integer and overdispersion >= 1");
  const bad = brokenDay(cumulative);
  if (bad !== null) return bad;
  if (cumulative.length <= recentDays) return insufficient("too-few-days", cumulative.length, recentDays + 1);
  const previous = cumulative.slice(0, -recentDays);
  const recent = cumulative.slice(-recentDays);
  const columns = recent.reduce((most, day) => Math.max(most, day.length), 0);
  const comparisons = Array.from({ length: Math.max(0, columns - 1) }, (_, k) =>
    comparison(splitAt(recent, k), splitAt(previous, k), k, overdispersion),
  ).filter((c) => c !== null);
  const first = comparisons[0];
  if (first === undefined) return insufficient("too-few-labels", 0, 1);
  const strongest = comparisons.reduce((best, c) => (Math.abs(c.z) > Math.abs(best.z) ? c : best), first);
  return {
    kind: "delay-law-change",
    ...strongest,
    p: Math.min(1, comparisons.length * 2 * normalSurvival(Math.abs(strongest.z))),
    direction: strongest.z < 0 ? "slower" : "faster",
    stepsCompared: comparisons.length,
  };
}

interface Split {
  readonly early: number;
  readonly total: number;
}

interface Comparison {
  readonly step: number;
  readonly recentShare: number;
  readonly previousShare: number;
  readonly z: number;
}

function splitAt(days: DelayTriangle, k: number): Split {
  let early = 0;
  let total = 0;
  for (const day of days) {
    if (day.length <= k + 1) continue;
    early += day[k] ?? 0;
    total += day[k + 1] ?? 0;
  }
  return { early, total };
}

function comparison(recent: Split, previous: Split, step: number, overdispersion: number): Comparison | null {
  const total = recent.total + previous.total;
  const pooled = (recent.early + previous.early) / total;
  const rarest = Math.min(recent.total, previous.total) * Math.min(pooled, 1 - pooled);
  if (!(rarest >= 5)) return null;
  const recentShare = recent.early / recent.total;
  const previousShare = previous.early / previous.total;
  const variance = pooled * (1 - pooled) * (1 / recent.total + 1 / previous.total) * overdispersion;
  return { step, recentShare, previousShare, z: (recentShare - previousShare) / Math.sqrt(variance) };
}
