import { describe, expect, it } from "vitest";
import { regressionSumsOf } from "../../../stats/performance/regression-sums.ts";
import { createXoshiro } from "../../../stats/random/xoshiro.ts";
import { sampleSystem } from "../../../store/conformance/control-sample.ts";
import type { Baseline } from "../../baseline/baseline.ts";
import type { ScoreCounts, WindowProfile } from "../../baseline/profile-store.ts";
import { performance } from "../kinds/performance.ts";
import { predictionDrift } from "../kinds/prediction-drift.ts";
import { defaultMonitor } from "../monitors-of.ts";
import { referencePictureOf } from "../reference-picture.ts";
import { dayWindow, sampleBaseline } from "../sample-picture.ts";
import type { SeriesTest } from "../verdict.ts";

const days = 21;
const rowsADay = 300;
const random = createXoshiro(5);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

function baselineOf(score: Baseline["score"]): Baseline {
  return { ...sampleBaseline({}, [], days, "none"), score };
}

function profileOf(day: number, scores: ScoreCounts): WindowProfile {
  return { window: dayWindow(day), features: new Map(), scores: new Map([["", scores]]), confidences: new Map() };
}

const edges = [10, 20, 30, 40, 50, 60, 70, 80, 90];

/** Rows of a day whose errors spread by `sigma`, and whose days differ by as much again as chance gives. */
function valueDay(sigma: number): ScoreCounts {
  const spread = sigma * (1 + 0.05 * normal());
  const labels = Array.from({ length: rowsADay }, () => random.next() * 100);
  const values = labels.map((label) => label + spread * normal());
  const sums = regressionSumsOf(labels, values, 50);
  if (sums.kind !== "regression-sums") throw new Error("sums");
  const counts = new Array<number>(edges.length + 1).fill(0);
  const errors = counts.map(() => ({ n: 0, sum: 0, sumSquares: 0 }));
  values.forEach((value, row) => {
    const bin = edges.filter((edge) => edge <= value).length;
    const error = Math.abs(value - (labels[row] ?? 0));
    const known = errors[bin] ?? { n: 0, sum: 0, sumSquares: 0 };
    counts[bin] = (counts[bin] ?? 0) + 1;
    errors[bin] = { n: known.n + 1, sum: known.sum + error, sumSquares: known.sumSquares + error ** 2 };
  });
  return { kind: "value", bins: [...counts.keys()], counts, valueSum: 0, sums: sums.sums, errors };
}

/** Rows of three classes of which a share is told right; `cows` are told instead of cats. */
function classDay(accuracy: number, cows = 0): ScoreCounts {
  const cells = new Map<string, number>();
  const today = accuracy + 0.01 * normal();
  for (let row = 0; row < rowsADay; row += 1) {
    const actual = Math.floor(random.next() * 3);
    const right = random.next() < today ? actual : (actual + 1) % 3;
    const predicted = right === 0 && random.next() < cows ? 2 : right;
    cells.set(`${predicted} ${actual}`, (cells.get(`${predicted} ${actual}`) ?? 0) + 1);
  }
  return {
    kind: "class",
    cells: [...cells].map(([key, rows]) => {
      const [predicted = 0, actual = 0] = key.split(" ").map(Number);
      return { predicted, actual, rows };
    }),
    logLoss: { n: 0, sum: 0, sumSquares: 0 },
  };
}

const regression = baselineOf({ kind: "value", edges, origin: 50 });
const multiclass = baselineOf({ kind: "class", classes: ["cat", "dog", "cow"], confidenceEdges: [] });

function asker(baseline: Baseline, healthy: () => ScoreCounts) {
  const profiles = baseline.windows.map((_, day) => profileOf(day, healthy()));
  const picture = referencePictureOf(baseline, profiles);
  return (monitor: typeof performance, scores: ScoreCounts): SeriesTest => {
    const profile = profileOf(days, scores);
    const [test] = monitor.ask(
      { picture, profile, season: "all", outcomesMature: true, evidence: {} },
      defaultMonitor(monitor.kind, sampleSystem("sample").owners),
    );
    if (test === undefined) throw new Error("no test");
    return test;
  };
}

function pValueOf(test: SeriesTest): number {
  if (test.kind !== "tested") throw new Error(test.reason);
  return test.numbers.pValue;
}

describe("performance of a regression", () => {
  const ask = asker(regression, () => valueDay(10));

  it("raises few alarms on windows like the baseline's, though its days differ beyond chance", () => {
    const values = Array.from({ length: 400 }, () => pValueOf(ask(performance, valueDay(10))));
    expect(values.filter((value) => value < 0.01).length / 400).toBeLessThan(0.03);
    expect(values.filter((value) => value < 0.1).length / 400).toBeLessThan(0.16);
  });

  it("finds errors that grew by half, and says by how much", () => {
    const test = ask(performance, valueDay(15));
    expect(pValueOf(test)).toBeLessThan(0.001);
    if (test.kind !== "tested") return;
    expect(test.numbers).toMatchObject({ threshold: 0.2, variant: "mae/score", rows: rowsADay });
    expect(test.numbers.effect).toBeGreaterThan(0.3);
    expect(test.key.metric).toBe("mae");
    expect(performance.sentence(test.key, test.numbers)).toMatch(
      /^the mean absolute error in all rows rose from 7\.\d+ to 1\d/,
    );
    expect(test.performance?.headline?.baseline?.value).toBeCloseTo(8, 0);
  });

  it("does not call smaller errors worse, nor a handful of outcomes enough", () => {
    expect(pValueOf(ask(performance, valueDay(5)))).toBeGreaterThan(0.5);
    const few = valueDay(10);
    if (few.kind !== "value") return;
    const [first] = [regressionSumsOf([1, 2, 3], [2, 3, 4], 50)];
    if (first?.kind !== "regression-sums") return;
    const test = ask(performance, { ...few, counts: few.counts.map(() => 0).with(0, 3), sums: first.sums });
    expect(test).toMatchObject({ kind: "untested", state: "not-enough-data", reason: "fewer than 30 outcomes" });
  });

  it("waits for labels that are missing", () => {
    const half = valueDay(10);
    if (half.kind !== "value") return;
    const test = ask(performance, { ...half, counts: half.counts.map((count) => count * 2) });
    expect(test).toMatchObject({ state: "waiting-for-labels" });
  });
});

describe("performance and drift of a multiclass system", () => {
  const ask = asker(multiclass, () => classDay(0.9));

  it("raises few alarms on windows like the baseline's", () => {
    const values = Array.from({ length: 400 }, () => pValueOf(ask(performance, classDay(0.9))));
    expect(values.filter((value) => value < 0.01).length / 400).toBeLessThan(0.03);
    expect(values.filter((value) => value < 0.1).length / 400).toBeLessThan(0.16);
  });

  it("finds accuracy that fell, and shows every class", () => {
    const test = ask(performance, classDay(0.78));
    expect(pValueOf(test)).toBeLessThan(0.001);
    expect(test.key.metric).toBe("accuracy");
    expect(test.performance?.classes?.map((one) => one.name).sort()).toEqual(["cat", "cow", "dog"]);
    expect(test.performance?.others?.map((metric) => metric.name)).toEqual([
      "macroF1",
      "macroPrecision",
      "balancedAccuracy",
      "logLoss",
    ]);
    expect(test.performance?.others?.at(-1)?.value).toBeUndefined();
  });

  it("sees predicted classes move as drift, and healthy ones stay", () => {
    expect(pValueOf(ask(predictionDrift, classDay(0.9, 0.9)))).toBeLessThan(0.001);
    const healthy = Array.from({ length: 100 }, () => pValueOf(ask(predictionDrift, classDay(0.9))));
    expect(healthy.filter((value) => value < 0.01).length).toBeLessThanOrEqual(4);
  });
});
