import { type LagInterval, survivalCurve, survivalQuantile } from "../../stats/survival/survival-curve.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "../instant.ts";
import type { LagCount } from "./label-store.ts";

const ends = (unitMs: number, counts: readonly number[]): readonly number[] => counts.map((count) => count * unitMs);

/** Ends of the age bins that labels are counted in, in milliseconds: ages a person would name. What is older stands in one last bin. */
export const lagEdgesMs: readonly number[] = [
  ...ends(secondMs, [1, 2, 5, 10, 20, 30, 45]),
  ...ends(minuteMs, [1, 2, 3, 5, 7, 10, 15, 20, 30, 45]),
  ...ends(hourMs, [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21]),
  ...ends(
    dayMs,
    [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 9, 11, 14, 18, 21, 25, 30, 38, 45, 60, 75, 90, 120, 150, 180, 240, 300],
  ),
  ...ends(365 * dayMs, [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]),
];

/** By when a share of the predictions has its label. */
export type LagQuantile =
  | { readonly kind: "reached"; readonly byMs: number; readonly lowMs: number; readonly highMs: number | undefined }
  | { readonly kind: "not-reached"; readonly lowMs: number | undefined }
  | { readonly kind: "no-rows" };

export interface LagCurve {
  readonly rows: number;
  readonly labelled: number;
  readonly median: LagQuantile;
  readonly p90: LagQuantile;
  /** Share still without a label at an age, with its 95 % interval. */
  readonly points: readonly {
    readonly ageMs: number;
    readonly waiting: number;
    readonly low: number;
    readonly high: number;
    readonly atRisk: number;
  }[];
}

/**
 * How long labels take, from rows counted by age: those with a label at the age they got it, those without one at the
 * age they have now. Ages are known to their bin only, so what is said holds "by" its end. O(bins).
 */
export function lagCurveOf(counts: readonly LagCount[]): LagCurve {
  const intervals = lagEdgesMs.map((end, bin): LagInterval => {
    const rowsOf = (labelled: boolean): number => rowsIn(counts, (one) => one.bin === bin && one.labelled === labelled);
    return { end, events: rowsOf(true), censored: rowsOf(false) };
  });
  // Older than the last end, labelled or not: they were waiting at every age that is shown.
  const older = rowsIn(counts, (one) => one.bin >= lagEdgesMs.length);
  const curve = survivalCurve([...intervals, { end: Number.POSITIVE_INFINITY, events: 0, censored: older }]);
  const rows = rowsIn(counts, () => true);
  const points =
    curve.kind !== "survival"
      ? []
      : curve.points.flatMap(({ end, survival, lower, upper, atRisk }) =>
          end === Number.POSITIVE_INFINITY ? [] : [{ ageMs: end, waiting: survival, low: lower, high: upper, atRisk }],
        );
  const quantile = (share: number): LagQuantile => {
    if (rows === 0 || curve.kind !== "survival") return { kind: "no-rows" };
    const found = survivalQuantile(curve, share);
    if (found.kind === "not-reached") return { kind: "not-reached", lowMs: finite(found.lower) };
    return { kind: "reached", byMs: found.at, lowMs: found.lower, highMs: finite(found.upper) };
  };
  return {
    rows,
    labelled: rowsIn(counts, (one) => one.labelled),
    median: quantile(0.5),
    p90: quantile(0.9),
    points,
  };
}

const finite = (value: number | undefined): number | undefined =>
  value === Number.POSITIVE_INFINITY ? undefined : value;

function rowsIn(counts: readonly LagCount[], which: (count: LagCount) => boolean): number {
  return counts.reduce((sum, count) => (which(count) ? sum + count.rows : sum), 0);
}
