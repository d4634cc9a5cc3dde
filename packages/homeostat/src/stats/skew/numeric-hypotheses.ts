import { modesOf } from "./modes.ts";
import type { NumericSkewPattern, SkewHypothesis } from "./skew-pattern.ts";
import { unitFactor } from "./unit-factors.ts";

/** One replayed value: what was served, and what the training pipeline computes for the same moment. */
export interface NumericPair {
  readonly logged: number | null;
  readonly recomputed: number | null;
}

/** A pair of which both values exist. */
export interface FinitePair {
  readonly logged: number;
  readonly recomputed: number;
}

/** What the hypotheses are tried on. `mismatched` counts every mismatched row, those with a null included. */
export interface NumericMismatches {
  readonly mismatched: number;
  /** Mismatched rows of which both values exist. */
  readonly finite: readonly FinitePair[];
  /** Logged values where only the recomputed one is null. */
  readonly imputed: readonly number[];
  /** Rows whose logged value only is null. */
  readonly lost: number;
  /** Every logged value, matching rows included, for clipping. */
  readonly allLogged: readonly number[];
  /** Logged values of matching rows: what a bound would have let through. */
  readonly matching: readonly number[];
}

type Hypothesis = SkewHypothesis<NumericSkewPattern>;

/** Relative slack for values computed by a rule with a constant known to six digits. */
const RULE_TOLERANCE = 5e-6;

function near(a: number, b: number, relative = RULE_TOLERANCE): boolean {
  return Math.abs(a - b) <= 1e-9 + relative * Math.max(Math.abs(a), Math.abs(b));
}

function shareOf(data: NumericMismatches, explains: (pair: FinitePair) => boolean): number {
  return data.finite.reduce((count, pair) => count + (explains(pair) ? 1 : 0), 0) / data.mismatched;
}

/** Nulls filled with one value, or values lost. Priority 0. */
export function nullHypotheses(data: NumericMismatches): readonly Hypothesis[] {
  const hypotheses: Hypothesis[] = [];
  const [mode] = modesOf(data.imputed, 12, 1);
  if (mode !== undefined) {
    hypotheses.push({
      finding: { pattern: "null_imputed", value: mode.value },
      share: mode.count / data.mismatched,
      priority: 0,
    });
  }
  if (data.lost > 0)
    hypotheses.push({ finding: { pattern: "value_lost_to_null" }, share: data.lost / data.mismatched, priority: 0 });
  return hypotheses;
}

/** Hours of the day shifted round the clock. Priority 1.5. */
export function hourHypotheses(data: NumericMismatches): readonly Hypothesis[] {
  const isHour = (x: number): boolean => Number.isInteger(x) && x >= 0 && x <= 23;
  const turn = (pair: FinitePair): number => (((pair.logged - pair.recomputed) % 24) + 24) % 24;
  const clock = data.finite.filter((pair) => isHour(pair.logged) && isHour(pair.recomputed));
  const [mode] = modesOf(clock.map(turn), 6, 1);
  // A shift that never goes past midnight is an offset like any other, so some row must have wrapped round.
  if (mode === undefined || !clock.some((p) => turn(p) === mode.value && p.logged - p.recomputed !== mode.value))
    return [];
  const hours = mode.value > 12 ? mode.value - 24 : mode.value;
  return [{ finding: { pattern: "timezone_hours", hours }, share: mode.count / data.mismatched, priority: 1.5 }];
}

/** Values cut off at a bound (1.6), or replaced by one value (1.65). */
export function constantHypotheses(data: NumericMismatches): readonly Hypothesis[] {
  const [mode] = modesOf(
    data.finite.map((p) => p.logged),
    12,
    1,
  );
  if (mode === undefined) return [];
  const v = mode.value;
  const held = data.finite.filter((p) => near(p.logged, v, 1e-11));
  const share = held.length / data.mismatched;
  const among = (test: (x: number) => boolean, values: readonly number[]): number =>
    values.filter(test).length / Math.max(1, values.length);
  const recomputed = held.map((p) => p.recomputed);
  const distinct = new Set(recomputed).size;
  const hypotheses: Hypothesis[] = [];
  if (distinct > 1) {
    const high =
      among((x) => x >= v, recomputed) >= 0.95 && among((x) => x <= v || near(x, v, 1e-11), data.allLogged) >= 0.95;
    const low =
      among((x) => x <= v, recomputed) >= 0.95 && among((x) => x >= v || near(x, v, 1e-11), data.allLogged) >= 0.95;
    // A bound lets something through: without matching rows inside it, it is a constant.
    const within = (test: (x: number) => boolean): boolean =>
      data.matching.filter(test).length >= 0.05 * data.allLogged.length;
    if (high && within((x) => x < v))
      hypotheses.push({ finding: { pattern: "clip_high", bound: v }, share, priority: 1.6 });
    if (low && within((x) => x > v))
      hypotheses.push({ finding: { pattern: "clip_low", bound: v }, share, priority: 1.6 });
  }
  if (distinct > 5) hypotheses.push({ finding: { pattern: "constant_or_default", value: v }, share, priority: 1.65 });
  return hypotheses;
}

/** Precision lost: float32 (1.7), rounding or truncation to 0 to 6 digits (1.8). */
export function precisionHypotheses(data: NumericMismatches): readonly Hypothesis[] {
  const hypotheses: Hypothesis[] = [
    {
      finding: { pattern: "float32" },
      share: shareOf(data, (p) => Math.fround(p.recomputed) === p.logged),
      priority: 1.7,
    },
  ];
  for (let digits = 0; digits <= 6; digits++) {
    const unit = 10 ** -digits;
    const whole = (x: number): boolean =>
      Math.abs(x / unit - Math.round(x / unit)) <= 1e-6 + 1e-12 * Math.abs(x / unit);
    const slack = 1e-9 * unit + 1e-12;
    const rounded = shareOf(data, (p) => whole(p.logged) && Math.abs(p.logged - p.recomputed) <= unit / 2 + slack);
    const cut = shareOf(data, (p) => whole(p.logged) && isCut(p, unit, slack));
    hypotheses.push({ finding: { pattern: "rounding", digits }, share: rounded, priority: 1.8 + digits / 1000 });
    hypotheses.push({ finding: { pattern: "trunc", digits }, share: cut, priority: 1.8 + (digits + 0.5) / 1000 });
  }
  return hypotheses;
}

/** Towards zero, by less than a unit. */
function isCut(pair: FinitePair, unit: number, slack: number): boolean {
  const lost = (pair.recomputed - pair.logged) * Math.sign(pair.recomputed);
  return lost >= -slack && lost < unit + slack && pair.logged * pair.recomputed >= 0;
}

/** A constant added (2): time zones, daylight saving, or just an offset. */
export function offsetHypotheses(data: NumericMismatches): readonly Hypothesis[] {
  const [first, second] = modesOf(
    data.finite.map((p) => p.logged - p.recomputed),
    6,
    2,
  );
  if (first === undefined || first.value === 0) return [];
  const offset = first.value;
  const share = shareOf(
    data,
    (p) => near(p.logged, p.recomputed + offset, 1e-12) || near(p.logged - p.recomputed, offset),
  );
  const pattern = isZoneOffset(offset) ? "timezone_seconds" : "offset";
  const hypotheses: Hypothesis[] = [{ finding: { pattern, offset }, share, priority: 2 }];
  if (
    second !== undefined &&
    Math.abs(Math.abs(offset - second.value) - 3600) < 1e-6 &&
    second.count >= 0.05 * data.mismatched
  ) {
    const both = (first.count + second.count) / data.mismatched;
    hypotheses.push({
      finding: { pattern: "daylight_saving", offsets: [offset, second.value] },
      share: both,
      priority: 2,
    });
  }
  return hypotheses;
}

/** Quarter hours up to fourteen hours, in seconds or in milliseconds. */
function isZoneOffset(offset: number): boolean {
  const size = Math.abs(offset);
  return (size % 900 === 0 && size <= 50_400) || (size % 900_000 === 0 && size <= 50_400_000);
}

/** A constant factor (2.1): units, a flipped sign, or just a scale. */
export function scaleHypotheses(data: NumericMismatches): readonly Hypothesis[] {
  const [mode] = modesOf(
    data.finite.filter((p) => p.recomputed !== 0).map((p) => p.logged / p.recomputed),
    6,
    1,
  );
  if (mode === undefined || mode.value === 0) return [];
  const unit = unitFactor(mode.value);
  const factor = unit ?? mode.value;
  const share = shareOf(data, (p) => near(p.logged, p.recomputed * factor));
  if (near(factor, -1)) return [{ finding: { pattern: "sign_flip" }, share, priority: 2 }];
  return [{ finding: { pattern: unit === null ? "scale" : "unit_scale", factor }, share, priority: 2.1 }];
}

/** l = ln(1 + r). Priority 3. */
export function logHypotheses(data: NumericMismatches): readonly Hypothesis[] {
  const share = shareOf(data, (p) => p.recomputed > -1 && near(p.logged, Math.log1p(p.recomputed)));
  return [{ finding: { pattern: "log1p" }, share, priority: 3 }];
}

/** l = a r + b, a by the median slope of up to 200 pairs far apart. Priority 4. */
export function affineHypotheses(data: NumericMismatches): readonly Hypothesis[] {
  const sorted = [...data.finite].sort((a, b) => a.recomputed - b.recomputed);
  const half = sorted.length >> 1;
  const slopes: number[] = [];
  const step = Math.max(1, Math.floor(half / 200));
  for (let i = 0; i < half; i += step) {
    const low = sorted[i];
    const high = sorted[i + half];
    if (low === undefined || high === undefined || high.recomputed === low.recomputed) continue;
    slopes.push((high.logged - low.logged) / (high.recomputed - low.recomputed));
  }
  const slope = median(slopes);
  if (slope === null || slope === 0) return [];
  const intercept = median(sorted.map((p) => p.logged - slope * p.recomputed)) ?? 0;
  const share = shareOf(data, (p) => near(p.logged, slope * p.recomputed + intercept));
  const fahrenheit = near(slope, 1.8) && near(intercept, 32);
  const finding = fahrenheit
    ? ({ pattern: "F_vs_C", slope: 1.8, intercept: 32 } as const)
    : ({ pattern: "affine", slope, intercept } as const);
  return [{ finding, share, priority: 4 }];
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
