import { type Invalid, invalid } from "../performance/refusal.ts";
import { normalQuantile } from "../special/normal-quantile.ts";

/** What happened between the end of the interval before and this one's. */
export interface LagInterval {
  /** Any unit of time; ascending. */
  readonly end: number;
  /** Those for whom it happened. */
  readonly events: number;
  /** Those watched no longer, for whom it had not happened. */
  readonly censored: number;
}

export interface SurvivalPoint {
  readonly end: number;
  /** Still waiting, and watched, when the interval began. */
  readonly atRisk: number;
  /** Share for whom it has not happened by the end of the interval. */
  readonly survival: number;
  readonly lower: number;
  readonly upper: number;
}

export interface SurvivalCurve {
  readonly kind: "survival";
  readonly points: readonly SurvivalPoint[];
}

export interface SurvivalOptions {
  /** Default 0.05. */
  readonly alpha?: number;
  /**
   * `after-events`: those censored in an interval were at risk for all of it, which is Kaplan and Meier's estimate when
   * every interval ends at a time that occurs. `mid-interval` (the default): for half of it, the actuarial estimate, for
   * intervals wider than the times in them.
   */
  readonly censoring?: "after-events" | "mid-interval";
}

/**
 * The share that is still waiting, from counts by interval, with those counted who are waiting yet.
 *
 *   q_j = d_j / n'_j,  n'_j = n_j - c_j / 2 (mid-interval) or n_j;   S(t_j) = prod (1 - q_i)
 *   Greenwood: V = sum d_i / (n'_i (n'_i - d_i));   interval: S^exp(+-z sqrt(V) / |ln S|)
 *
 * Where S is 1 the lower end is (alpha/2)^(1/n), where it is 0 the upper end is what S was before times the same: the
 * binomial's own. Assumes that who is watched no longer would have gone on as the others (censoring tells nothing).
 * Ends at the last interval with somebody at risk. Refused with the index where counts are negative or not finite, or
 * ends do not ascend. O(intervals).
 * Source: Kaplan, Meier (1958), JASA 53; Cutler, Ederer (1958), J. Chronic Diseases 8; Kalbfleisch, Prentice (1980).
 */
export function survivalCurve(
  intervals: readonly LagInterval[],
  options: SurvivalOptions = {},
): SurvivalCurve | Invalid {
  const bad = firstBad(intervals);
  if (bad !== undefined) return bad;
  const { alpha = 0.05, censoring = "mid-interval" } = options;
  const z = normalQuantile(1 - alpha / 2);
  const points: SurvivalPoint[] = [];
  let atRisk = intervals.reduce((sum, interval) => sum + interval.events + interval.censored, 0);
  let survival = 1;
  let greenwood = 0;
  for (const { end, events, censored } of intervals) {
    if (atRisk === 0) break;
    const exposed = censoring === "after-events" ? atRisk : atRisk - censored / 2;
    const before = survival;
    survival *= exposed === 0 ? 1 : 1 - events / exposed;
    // Rounding leaves a last one of many a hair above nothing.
    if (events === atRisk) survival = 0;
    greenwood += events === 0 || events >= exposed ? 0 : events / (exposed * (exposed - events));
    const [lower, upper] = limitsOf({ survival, before, greenwood, atRisk, z, alpha });
    points.push({ end, atRisk, survival, lower, upper });
    atRisk -= events + censored;
  }
  return { kind: "survival", points };
}

function firstBad(intervals: readonly LagInterval[]): Invalid | undefined {
  for (const [index, { end, events, censored }] of intervals.entries()) {
    if (![events, censored].every(Number.isFinite) || Number.isNaN(end)) return invalid("not-finite", index);
    if (events < 0 || censored < 0) return invalid("out-of-range", index);
    if (index > 0 && end <= (intervals[index - 1]?.end ?? 0)) return invalid("not-ordered", index);
  }
  return undefined;
}

function limitsOf(at: {
  readonly survival: number;
  readonly before: number;
  readonly greenwood: number;
  readonly atRisk: number;
  readonly z: number;
  readonly alpha: number;
}): readonly [number, number] {
  const { survival, before, greenwood, atRisk, z, alpha } = at;
  const leastSeen = (alpha / 2) ** (1 / atRisk);
  if (survival === 1) return [leastSeen, 1];
  if (survival === 0) return [0, before * (1 - leastSeen)];
  const half = (z * Math.sqrt(greenwood)) / Math.abs(Math.log(survival));
  return [survival ** Math.exp(half), survival ** Math.exp(-half)];
}

/** When a share has it behind them; the interval's ends are undefined where the curve's own limits do not come so far. */
export type SurvivalQuantile =
  | { readonly kind: "reached"; readonly at: number; readonly lower: number; readonly upper: number | undefined }
  | { readonly kind: "not-reached"; readonly lower: number | undefined };

/**
 * The first end by which `share` have it behind them (0.5: the median), with the interval by inverting the curve's
 * pointwise limits. O(points). Source: Brookmeyer, Crowley (1982), Biometrics 38.
 */
export function survivalQuantile(curve: SurvivalCurve, share: number): SurvivalQuantile {
  if (!(share > 0 && share <= 1)) throw new RangeError(`share must be in (0, 1], got ${share}`);
  const firstWhere = (of: (point: SurvivalPoint) => number): number | undefined =>
    curve.points.find((point) => of(point) <= 1 - share + 1e-12)?.end;
  const at = firstWhere((point) => point.survival);
  const lower = firstWhere((point) => point.lower);
  if (at === undefined) return { kind: "not-reached", lower };
  return { kind: "reached", at, lower: lower ?? at, upper: firstWhere((point) => point.upper) };
}
