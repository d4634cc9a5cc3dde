import { describe, expect, it } from "vitest";
import { createXoshiro } from "../../../stats/random/xoshiro.ts";
import type { FrozenProbability } from "../../baseline/baseline.ts";
import type { ProbabilityCounts, WindowProfile } from "../../baseline/profile-store.ts";
import { binaryQualities } from "../quality/binary-quality.ts";
import { earlierPerformance } from "../quality/earlier.ts";
import type { JudgedCounts } from "../quality/segment-quality.ts";
import { dayWindow } from "../sample-picture.ts";
import { estimateRecord } from "./estimate-record.ts";
import type { EstimatedMetric } from "./estimated-performance.ts";
import { lossSplit } from "./loss-split.ts";
import { segmentTruths } from "./segment-truth.ts";
import { slowLoss } from "./slow-loss.ts";
import { stratifiedDifference, unitedCells } from "./stratified-difference.ts";

const bins = 40;
const frozen: FrozenProbability = {
  kind: "probability",
  edges: Array.from({ length: bins - 1 }, (_, index) => (index + 1) / bins),
  threshold: 0.5,
};
const random = createXoshiro(17);

interface World {
  /** Rows whose score is near the threshold, where the model is unsure. */
  readonly unsure?: number;
  /** Rows that get the other outcome than calibrated scores say. */
  readonly flipped?: number;
  readonly labelled?: number;
}

/** A window of calibrated scores, as the data plane counts it. */
function windowOf(rows: number, { unsure = 0, flipped = 0, labelled = 1 }: World = {}): JudgedCounts {
  const zeros = (): number[] => new Array<number>(bins).fill(0);
  const scores = {
    positives: zeros(),
    negatives: zeros(),
    unlabelled: zeros(),
    scoreSums: zeros(),
    labelledScoreSums: zeros(),
  };
  const add = (list: number[], bin: number, value: number): void => {
    list[bin] = (list[bin] ?? 0) + value;
  };
  for (let row = 0; row < rows; row += 1) {
    const p = random.next() < unsure ? 0.35 + 0.3 * random.next() : random.next();
    const bin = Math.min(bins - 1, Math.floor(p * bins));
    const positive = random.next() < p !== random.next() < flipped;
    const isLabelled = random.next() < labelled;
    add(scores.scoreSums, bin, p);
    if (isLabelled) add(scores.labelledScoreSums, bin, p);
    add(isLabelled ? (positive ? scores.positives : scores.negatives) : scores.unlabelled, bin, 1);
  }
  const counts: ProbabilityCounts = { kind: "probability", bins: [...scores.positives.keys()], ...scores };
  return { scores: counts, confidences: undefined };
}

const reference = Array.from({ length: 28 }, () => windowOf(600));
const profiles = reference.map(
  ({ scores }, day): WindowProfile => ({
    window: dayWindow(day),
    features: new Map(),
    scores: new Map(scores === undefined ? [] : [["", scores]]),
    confidences: new Map(),
  }),
);
const quality = binaryQualities(frozen, profiles, [undefined]);
const truth = segmentTruths(
  frozen,
  [undefined],
  () => reference,
  () => quality(undefined),
)(undefined);

function estimated(counts: JudgedCounts) {
  const one = truth.estimate(counts);
  if ("notEnough" in one) throw new Error(one.notEnough);
  return one;
}
const metricOf = (counts: JudgedCounts, name: EstimatedMetric["name"]): EstimatedMetric => {
  const found = estimated(counts).metrics.find((metric) => metric.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe("performance estimated without labels", () => {
  it("holds the truth in about 95 of 100 healthy windows, for every metric", () => {
    const windows = Array.from({ length: 200 }, () => windowOf(600));
    for (const name of ["auc", "accuracy", "precision", "recall", "f1"] as const) {
      const held = windows.filter((window) => {
        const { estimated: one, realised } = metricOf(window, name);
        return realised !== undefined && realised >= one.low && realised <= one.high;
      }).length;
      expect(held, name).toBeGreaterThanOrEqual(180);
    }
  });

  it("follows inputs to where the model is unsure, and cannot see a changed concept", () => {
    const shifted = metricOf(windowOf(4_000, { unsure: 0.8 }), "accuracy");
    expect(shifted.estimated.value).toBeLessThan(0.66);
    expect(Math.abs(shifted.estimated.value - (shifted.realised ?? 0))).toBeLessThan(0.03);
    const changed = metricOf(windowOf(4_000, { flipped: 0.3 }), "accuracy");
    expect(changed.estimated.value - (changed.realised ?? 1)).toBeGreaterThan(0.1);
  });

  it("is set right by a few hundred outcomes, which say that it was wrong", () => {
    const { corrected } = estimated(windowOf(4_000, { flipped: 0.3, labelled: 0.1 }));
    expect(corrected?.value.value).toBeCloseTo(0.6, 1);
    expect(corrected?.bias).toBeGreaterThan(0.08);
    expect(corrected?.biasPValue).toBeLessThan(0.001);
    expect(estimated(windowOf(900, { labelled: 0.05 })).corrected).toBeUndefined();
  });

  it("claims no truth before enough outcomes are there, and nothing of few rows", () => {
    expect(metricOf(windowOf(600, { labelled: 0.5 }), "auc").realised).toBeUndefined();
    expect(truth.estimate(windowOf(60))).toHaveProperty("notEnough");
  });
});

describe("the record of estimates", () => {
  const past = (misses: readonly number[], half: number): readonly EstimatedMetric[] =>
    misses.map((miss) => ({
      name: "auc",
      estimated: { value: 0.8 + miss, low: 0.8 + miss - half, high: 0.8 + miss + half },
      baseline: 0.8,
      realised: 0.8,
    }));
  const standing = (misses: readonly number[], half: number) =>
    estimateRecord("auc", past(misses, half), 0.05).standing;

  it("is trusted when intervals hold the truth, and not after few windows", () => {
    expect(standing([0.01, -0.01, 0.02, 0, 0.01, -0.02], 0.03)).toBe("trusted");
    expect(standing([0.01, 0.01], 0.03)).toBe("too-few");
  });

  it("says do not trust where intervals miss and by much, or where they hold only because they are as wide as useless", () => {
    expect(standing([0.04, 0.04, 0.04, 0.04, 0.04, 0.04], 0.01)).toBe("do-not-trust");
    expect(standing([0.09, -0.08, 0.07, 0.1, -0.09], 0.3)).toBe("do-not-trust");
    expect(standing([0.01, 0.01, 0.01, 0.01, 0.01, 0.01], 0.001)).toBe("narrow");
  });
});

describe("loss at equal predictions", () => {
  const pValueOf = (counts: JudgedCounts): number => {
    const found = truth.conditional(counts);
    if ("notEnough" in found) throw new Error(found.notEnough);
    return found.pValue;
  };

  it("stays quiet on healthy windows and on inputs that moved", () => {
    const healthy = Array.from({ length: 300 }, () => pValueOf(windowOf(600)));
    expect(healthy.filter((p) => p < 0.01).length).toBeLessThanOrEqual(9);
    const moved = Array.from({ length: 100 }, () => pValueOf(windowOf(600, { unsure: 0.8 })));
    expect(moved.filter((p) => p < 0.01).length).toBeLessThanOrEqual(5);
  });

  it("finds a changed concept", () => {
    expect(pValueOf(windowOf(600, { flipped: 0.2 }))).toBeLessThan(0.001);
  });
});

describe("a split loss", () => {
  const cell = (baselineRows: number, baselineLoss: number, currentRows: number, currentLoss: number) => ({
    baselineRows,
    baselineLoss,
    currentRows,
    currentLoss,
  });

  it("is concept drift, data drift, both, or not told apart", () => {
    expect(lossSplit([cell(500, 50, 500, 150), cell(500, 100, 500, 200)], [])?.reading).toBe("concept-drift");
    expect(lossSplit([cell(800, 80, 200, 20), cell(200, 100, 800, 400)], [])?.reading).toBe("data-drift");
    expect(lossSplit([cell(700, 70, 300, 90), cell(300, 150, 700, 450)], [])?.reading).toBe("both");
    expect(lossSplit([cell(1_000, 100, 500, 50), cell(0, 0, 500, 300)], [])?.reading).toBe("extrapolation");
    expect(lossSplit([cell(1_000, 100, 500, 20)], [])?.reading).toBe("no-loss");
    expect(lossSplit([], [])).toBeUndefined();
  });
});

describe("a slow loss", () => {
  const window = (rate: number) => {
    const sum = Array.from({ length: 400 }, () => random.next()).filter((one) => one < rate).length;
    return { n: 400, sum, sumSquares: sum };
  };
  const healthy = Array.from({ length: 40 }, () => window(0.2));
  const test = (rates: readonly number[]) => slowLoss(healthy, rates.map(window));

  it("is found where no window alone stands out, and seldom where nothing changed", () => {
    const found = test(Array.from({ length: 28 }, (_, day) => 0.2 + 0.002 * day));
    expect("notEnough" in found ? Number.NaN : found.pValue).toBeLessThan(0.001);
    const alarms = Array.from({ length: 200 }, () => test(new Array<number>(28).fill(0.2))).filter(
      (one) => !("notEnough" in one) && one.pValue < 0.01,
    );
    // one healthy baseline for all of them: its own luck is in every test
    expect(alarms.length).toBeLessThanOrEqual(12);
  });

  it("is not carried by one bad window, nor told of few", () => {
    const one = test([...new Array<number>(27).fill(0.2), 0.9]);
    expect("notEnough" in one ? 0 : one.value).toBeLessThan(0.21);
    expect(test([0.3, 0.3])).toHaveProperty("notEnough");
  });
});

describe("cohorts at like inputs", () => {
  const cells = (means: readonly number[], rows: readonly number[]) =>
    means.map((mean, stratum) => {
      const n = rows[stratum] ?? 0;
      return { stratum, rows: n, sum: n * mean, sumSquares: n * (mean ** 2 + 0.04) };
    });

  it("agree though one has other inputs, and do not where its outputs differ at the same", () => {
    const others = unitedCells([cells([0.2, 0.8], [300, 100]), cells([0.2, 0.8], [200, 100])]);
    const alike = stratifiedDifference(cells([0.2, 0.8], [50, 350]), others, 1);
    expect(alike?.pValue).toBeGreaterThan(0.9);
    const other = stratifiedDifference(cells([0.3, 0.9], [50, 350]), others, 1);
    expect(other?.pValue).toBeLessThan(1e-6);
    expect((other?.value ?? 0) - (other?.others ?? 0)).toBeCloseTo(0.1, 9);
    expect(stratifiedDifference(cells([0.2], [10]), others, 1)).toBeUndefined();
  });
});

describe("an earlier window", () => {
  const shown = (counts: JudgedCounts) => quality(undefined).shown(counts);

  it("is better, worse, or not shown to differ", () => {
    const [good, bad] = [shown(windowOf(3_000)), shown(windowOf(3_000, { flipped: 0.3 }))];
    expect(earlierPerformance(bad, 0, good)).toMatchObject({ reading: "worse" });
    expect(earlierPerformance(good, 0, bad)).toMatchObject({ reading: "better" });
    expect(earlierPerformance(good, 0, good)?.reading).toBe("no-difference-shown");
    expect(earlierPerformance(good, 0, undefined)).toBeUndefined();
  });
});
