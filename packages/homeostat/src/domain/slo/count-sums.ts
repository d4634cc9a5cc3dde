import type { Instant } from "../instant.ts";
import type { SloCount } from "./slo.ts";

export type SloSums = Pick<SloCount, "good" | "bad" | "waiting">;

/** Sums of counts over any stretch in O(log n), made once in O(n). */
export interface CountSums {
  /** Of the counts that begin in [from, to). */
  between(from: Instant, to: Instant): SloSums;
}

export function countSums(counts: readonly SloCount[]): CountSums {
  const starts = counts.map(({ start }) => start);
  const totals: SloSums[] = [{ good: 0, bad: 0, waiting: 0 }];
  for (const { good, bad, waiting } of counts) {
    const last = totals.at(-1) ?? { good: 0, bad: 0, waiting: 0 };
    totals.push({ good: last.good + good, bad: last.bad + bad, waiting: last.waiting + waiting });
  }
  const before = (instant: Instant): SloSums => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) < instant) low = middle + 1;
      else high = middle;
    }
    return totals[low] ?? { good: 0, bad: 0, waiting: 0 };
  };
  return {
    between(from, to) {
      const [left, right] = [before(from), before(to)];
      return { good: right.good - left.good, bad: right.bad - left.bad, waiting: right.waiting - left.waiting };
    },
  };
}

/** Counts put together into longer slices, each one good or one bad event; slices without a known event are left out. */
export function slicesOf(counts: readonly SloCount[], sliceMs: number, sliceTarget: number): readonly SloCount[] {
  const slices = new Map<Instant, { good: number; bad: number; waiting: number }>();
  for (const { start, good, bad, waiting } of counts) {
    const slice = Math.floor(start / sliceMs) * sliceMs;
    const sum = slices.get(slice) ?? { good: 0, bad: 0, waiting: 0 };
    slices.set(slice, { good: sum.good + good, bad: sum.bad + bad, waiting: sum.waiting + waiting });
  }
  return [...slices].map(([start, { good, bad, waiting }]) => {
    if (good + bad === 0) return { start, good: 0, bad: 0, waiting: waiting > 0 ? 1 : 0 };
    const isGood = good / (good + bad) >= sliceTarget;
    return { start, good: isGood ? 1 : 0, bad: isGood ? 0 : 1, waiting: 0 };
  });
}
