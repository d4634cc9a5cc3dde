import { type Insufficient, type Invalid, insufficient, invalid } from "../performance/refusal.ts";
import { assumed, type Caveat } from "./assumption.ts";

/**
 * `cumulative[d][k]`: labels of prediction day d that had arrived by delay k (0, 1, ...); newer days are shorter. Days
 * in order, oldest first; each row non-decreasing.
 */
export type DelayTriangle = readonly (readonly number[])[];

export interface ChainLadder {
  readonly kind: "chain-ladder";
  /** f_k: growth from delay k to k + 1, one fewer than there are columns. */
  readonly factors: readonly number[];
  /** G(k): share of all labels that have arrived by delay k; the last is 1. */
  readonly arrived: readonly number[];
  /** Labels each day will have in the end. */
  readonly ultimates: readonly number[];
  readonly caveats: readonly Caveat[];
}

/**
 * The delay law of labels from a run-off triangle, right-truncation and all.
 *
 *   f_k = sum_d C_{d,k+1} / sum_d C_{d,k} over the days that have k + 1;  G(k) = 1 / prod_{j >= k} f_j
 *   ultimate_d = latest C_d / G(its delay)
 *
 * Take one triangle per class when the delay depends on the outcome. A step over which no day has a label yet is
 * refused: nothing can be multiplied up from 0. Days without any row at all are ignored. O(cells).
 * Source: Mack (1993), ASTIN Bulletin 23; the same estimator as the reverse-time Kaplan-Meier of Lagakos (1988).
 */
export function chainLadder(cumulative: DelayTriangle): ChainLadder | Insufficient | Invalid {
  const bad = brokenDay(cumulative);
  if (bad !== null) return bad;
  const columns = cumulative.reduce((most, day) => Math.max(most, day.length), 0);
  if (columns === 0) return insufficient("too-few-days", 0, 1);
  const factors: number[] = [];
  for (let k = 0; k + 1 < columns; k++) {
    const days = cumulative.filter((day) => day.length > k + 1);
    const early = days.reduce((sum, day) => sum + (day[k] ?? 0), 0);
    const later = days.reduce((sum, day) => sum + (day[k + 1] ?? 0), 0);
    if (early === 0) return insufficient("too-few-labels", 0, 1);
    factors.push(later / early);
  }
  const arrived = new Array<number>(columns).fill(1);
  for (let k = columns - 2; k >= 0; k--) arrived[k] = (arrived[k + 1] ?? 1) / (factors[k] ?? 1);
  return {
    kind: "chain-ladder",
    factors,
    arrived,
    ultimates: cumulative.map((day) => (day[day.length - 1] ?? 0) / (arrived[day.length - 1] ?? 1)),
    caveats: [assumed("delay-law-unchanged"), assumed("delay-ends-at-last-column")],
  };
}

/** A day with a negative, non-finite or falling count is refused with its number. */
export function brokenDay(cumulative: DelayTriangle): Invalid | null {
  for (const [d, day] of cumulative.entries())
    for (const [k, count] of day.entries()) {
      if (!Number.isFinite(count)) return invalid("not-finite", d);
      if (count < 0) return invalid("out-of-range", d);
      if (k > 0 && count < (day[k - 1] ?? 0)) return invalid("not-ordered", d);
    }
  return null;
}
