import { insufficient, invalid, type Refusal, requireSameLength } from "../performance/refusal.ts";
import { assumed } from "./assumption.ts";
import { type ExpectationContext, type ExpectedMetric, expectedMetric } from "./expected-performance.ts";
import { expectedRanking } from "./expected-ranking.ts";

export interface ExpectedMulticlassOptions {
  readonly alpha?: number;
  readonly overdispersion?: number;
  readonly minimumRows?: number;
}

export interface ExpectedMulticlass extends ExpectationContext {
  readonly kind: "expected-multiclass";
  readonly accuracy: ExpectedMetric;
  /** Macro means over the classes that are decided at least once (precision) or expected at all (the others). */
  readonly macroPrecision: ExpectedMetric;
  readonly macroRecall: ExpectedMetric;
  readonly macroF1: ExpectedMetric;
  /** Mean of the one-against-the-rest AUROCs. */
  readonly macroAuc: ExpectedMetric | Refusal;
}

/**
 * Confidence-based performance estimation of a k-class model from calibrated probabilities c[i][k] and decisions.
 *
 *   accuracy = mean c[decision];  per class TP = sum_{decided k} c_k, predicted count fixed, P_k = sum c_k
 *   band: labels are independent categorical(c_i): var = phi sum_i [ sum_k c_ik g_ik^2 - (sum_k c_ik g_ik)^2 ]
 *
 * `calibrated` is row-major n x k, rows are renormalised to sum 1 (uniform when all 0: nothing is known about the row).
 * Calibrate each class against the rest first (`calibrationGate`). Assumes P(y | scores) unchanged; see
 * `expectedBinary`. O(n k log n).
 */
export function expectedMulticlass(
  calibrated: ArrayLike<number>,
  decisions: ArrayLike<number>,
  classes: number,
  options: ExpectedMulticlassOptions = {},
): ExpectedMulticlass | Refusal {
  const { alpha = 0.05, overdispersion = 1, minimumRows = 300 } = options;
  if (!(Number.isInteger(classes) && classes >= 2))
    throw new RangeError(`classes must be an integer >= 2, got ${classes}`);
  if (!(alpha > 0 && alpha < 1) || !(overdispersion >= 1)) throw new RangeError("alpha in (0, 1), overdispersion >= 1");
  requireSameLength(calibrated, { length: decisions.length * classes }, "calibrated and decisions x classes");
  const n = decisions.length;
  if (n < Math.max(1, minimumRows)) return insufficient("too-few-rows", n, Math.max(1, minimumRows));
  const shares = normalised(calibrated, n, classes);
  if (typeof shares === "number") return invalid("out-of-range", shares);
  const badDecision = Array.from(decisions).findIndex((d) => !(Number.isInteger(d) && d >= 0 && d < classes));
  if (badDecision >= 0) return invalid("out-of-range", badDecision);
  const expectation = { shares, decisions, classes, n };
  const sums = classSums(expectation);
  const metric = (value: number, gradient: Gradient): ExpectedMetric =>
    expectedMetric(value, categoricalVariance(expectation, gradient) * overdispersion, 0, alpha);
  const macro = (of: (c: number) => ClassMetric | null): ExpectedMetric => {
    const parts = sums.map((_, c) => of(c));
    const used = parts.filter((part) => part !== null).length;
    const value = parts.reduce((sum, part) => sum + (part?.value ?? 0), 0) / used;
    return metric(value, (_, c, hit) => {
      const part = parts[c];
      return part === null || part === undefined ? 0 : ((hit ? part.perHit : 0) + part.perMember) / used;
    });
  };
  return {
    kind: "expected-multiclass",
    n,
    alpha,
    caveats: [assumed("label-law-unchanged")],
    accuracy: metric(sums.reduce((sum, s) => sum + s.hit, 0) / n, (_, __, hit) => (hit ? 1 / n : 0)),
    macroPrecision: macro((c) => precisionOf(sums[c])),
    macroRecall: macro((c) => recallOf(sums[c])),
    macroF1: macro((c) => f1Of(sums[c])),
    macroAuc: macroAuc(expectation, metric),
  };
}

interface Expectation {
  readonly shares: Float64Array;
  readonly decisions: ArrayLike<number>;
  readonly classes: number;
  readonly n: number;
}

interface ClassSums {
  hit: number;
  decided: number;
  expected: number;
}

/** A metric of one class with its derivatives by "a row of this class was hit" and "a row is of this class". */
interface ClassMetric {
  readonly value: number;
  readonly perHit: number;
  readonly perMember: number;
}

/** d metric / d (row is of class c); `hit` when the row was decided c. */
type Gradient = (row: number, cls: number, hit: boolean) => number;

function precisionOf(sums: ClassSums | undefined): ClassMetric | null {
  if (sums === undefined || sums.decided === 0) return null;
  return { value: sums.hit / sums.decided, perHit: 1 / sums.decided, perMember: 0 };
}

function recallOf(sums: ClassSums | undefined): ClassMetric | null {
  if (sums === undefined || sums.expected === 0) return null;
  return { value: sums.hit / sums.expected, perHit: 1 / sums.expected, perMember: -sums.hit / sums.expected ** 2 };
}

function f1Of(sums: ClassSums | undefined): ClassMetric | null {
  if (sums === undefined || sums.decided + sums.expected === 0) return null;
  const scale = sums.decided + sums.expected;
  return { value: (2 * sums.hit) / scale, perHit: 2 / scale, perMember: (-2 * sums.hit) / scale ** 2 };
}

function classSums({ shares, decisions, classes, n }: Expectation): readonly ClassSums[] {
  const sums = Array.from({ length: classes }, () => ({ hit: 0, decided: 0, expected: 0 }));
  for (let i = 0; i < n; i++)
    for (const [c, of] of sums.entries()) {
      const share = shares[i * classes + c] ?? 0;
      of.expected += share;
      if (decisions[i] !== c) continue;
      of.decided += 1;
      of.hit += share;
    }
  return sums;
}

function categoricalVariance({ shares, decisions, classes, n }: Expectation, gradient: Gradient): number {
  let variance = 0;
  for (let i = 0; i < n; i++) {
    let first = 0;
    let second = 0;
    for (let c = 0; c < classes; c++) {
      const share = shares[i * classes + c] ?? 0;
      const g = gradient(i, c, decisions[i] === c);
      first += share * g;
      second += share * g * g;
    }
    variance += Math.max(0, second - first * first);
  }
  return variance;
}

function macroAuc(
  { shares, classes, n }: Expectation,
  metric: (value: number, gradient: Gradient) => ExpectedMetric,
): ExpectedMetric | Refusal {
  const ones = new Float64Array(n).fill(1);
  const slopes: Float64Array[] = [];
  let total = 0;
  for (let c = 0; c < classes; c++) {
    const column = Float64Array.from({ length: n }, (_, i) => shares[i * classes + c] ?? 0);
    const ranking = expectedRanking(column, column, ones);
    if (ranking.kind !== "ranking") return ranking;
    slopes.push(ranking.aucSlopes);
    total += ranking.auc;
  }
  return metric(total / classes, (row, c) => (slopes[c]?.[row] ?? 0) / classes);
}

/** Rows scaled to sum 1; the index of the first broken row instead when there is one. */
function normalised(calibrated: ArrayLike<number>, n: number, classes: number): Float64Array | number {
  const shares = new Float64Array(n * classes);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const p = calibrated[i * classes + c] as number;
      if (!(p >= 0 && p <= 1)) return i;
      sum += p;
    }
    for (let c = 0; c < classes; c++)
      shares[i * classes + c] = sum > 0 ? (calibrated[i * classes + c] as number) / sum : 1 / classes;
  }
  return shares;
}
