import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { averagePrecision } from "./average-precision.ts";
import { binaryConfusionOf } from "./binary-confusion.ts";
import { type BinaryMetrics, binaryMetrics, type Metric } from "./binary-metrics.ts";
import { binnedAuc } from "./binned-auc.ts";
import { delongPaired } from "./delong-paired.ts";
import { exactAuc } from "./exact-auc.ts";
import { isotonicRegression, predictIsotonic } from "./isotonic-regression.ts";
import { matthewsCorrelation } from "./matthews-correlation.ts";
import { multiclassConfusionOf } from "./multiclass-confusion.ts";
import { multiclassMetrics } from "./multiclass-metrics.ts";
import {
  brierSums,
  logLossSums,
  lossEstimate,
  multiclassBrierSums,
  multiclassLogLossSums,
} from "./probability-losses.ts";
import { proportionEstimate } from "./proportion-estimate.ts";
import { ndcgFromScores } from "./ranking-measures.ts";
import { regressionMetrics } from "./regression-metrics.ts";
import { regressionSumsOf } from "./regression-sums.ts";
import { scoreGroupsOf } from "./score-groups.ts";
import { studentTCritical } from "./student-t-critical.ts";

interface RankingCase {
  scores: number[];
  second: number[];
  labels: number[];
  [metric: string]: number | number[] | null;
}

const golden = JSON.parse(readFileSync(new URL("../golden/performance.json", import.meta.url), "utf8")) as {
  proportions: { successes: number; n: number; alpha: number; wilson: number[]; clopperPearson: number[] }[];
  ranking: RankingCase[];
  multiclass: {
    classes: number;
    labels: number[];
    decisions: number[];
    probabilities: number[];
    [m: string]: unknown;
  }[];
  regression: { labels: number[]; predictions: number[]; [m: string]: unknown }[];
  ndcg: { relevance: number[]; scores: number[]; k: number; ndcg: number; exponential: number }[];
  isotonic: { x: number[]; y: number[]; weights: number[]; at: number[]; predicted: number[] }[];
  kappaErrors: { table: number[][]; kappa: number; standardError: number }[];
  studentT: { alpha: number; df: number; critical: number }[];
};

/** The value of a metric that must be there. */
function worth(metric: Metric): number {
  if (metric.kind !== "estimate") throw new Error(`expected a number, got ${JSON.stringify(metric)}`);
  return metric.value;
}

describe("performance against scikit-learn, statsmodels and a pairwise DeLong", () => {
  it.each(golden.proportions)("gives the Wilson and Clopper-Pearson limits of $successes / $n at $alpha", (c) => {
    for (const [method, limits] of [
      ["wilson", c.wilson],
      ["clopper-pearson", c.clopperPearson],
    ] as const) {
      const got = proportionEstimate(c.successes, c.n, { alpha: c.alpha, method });
      if (got.kind !== "estimate") throw new Error(got.kind);
      expect(got.lower).toBeCloseTo(limits[0]!, 11);
      expect(got.upper).toBeCloseTo(limits[1]!, 11);
    }
  });

  it.each(golden.ranking.map((c, i) => [i, c] as const))(
    "gives AUC, DeLong variance and covariance of case %i",
    (_, c) => {
      const exact = exactAuc(c.scores, c.labels);
      if (exact.kind !== "binned-auc") throw new Error(exact.kind);
      expect(exact.summary.auc).toBeCloseTo(c.auc as number, 13);
      expect(exact.summary.variance).toBeCloseTo(c.variance as number, 13);
      const paired = delongPaired(c.labels, c.scores, c.second);
      if (paired.kind !== "delong-paired") throw new Error(paired.kind);
      expect(paired.aucB).toBeCloseTo(c.auc2 as number, 13);
      expect(paired.varianceB).toBeCloseTo(c.variance2 as number, 13);
      expect(paired.covariance).toBeCloseTo(c.covariance as number, 13);
      const variance = (c.variance as number) + (c.variance2 as number) - 2 * (c.covariance as number);
      expect(paired.standardError).toBeCloseTo(Math.sqrt(variance), 12);
    },
  );

  it("gives the same AUC and variance from one bin per distinct score as from rows", () => {
    for (const c of golden.ranking) {
      const groups = scoreGroupsOf(c.scores, c.labels);
      if (groups.kind !== "score-groups") throw new Error(groups.kind);
      const binned = binnedAuc(groups.positives, groups.negatives);
      const exact = exactAuc(c.scores, c.labels);
      if (binned.kind !== "binned-auc" || exact.kind !== "binned-auc") throw new Error("refused");
      expect(binned.summary).toEqual(exact.summary);
    }
  });

  it.each(golden.ranking.map((c, i) => [i, c] as const))(
    "gives average precision, log loss and Brier of case %i",
    (_, c) => {
      expect(worth(averagePrecision(c.scores, c.labels))).toBeCloseTo(c.averagePrecision as number, 12);
      const logLoss = logLossSums(c.scores, c.labels);
      const brier = brierSums(c.scores, c.labels);
      if (logLoss.kind !== "loss-sums" || brier.kind !== "loss-sums") throw new Error("refused");
      expect(worth(lossEstimate(logLoss.sums))).toBeCloseTo(c.logLoss as number, 11);
      expect(worth(lossEstimate(brier.sums, { maximum: 1 }))).toBeCloseTo(c.brier as number, 12);
    },
  );

  it.each(golden.ranking.map((c, i) => [i, c] as const))("gives the threshold metrics of case %i", (_, c) => {
    const confusion = binaryConfusionOf(
      c.labels,
      c.scores.map((s) => (s >= 0.5 ? 1 : 0)),
    );
    if (confusion.kind !== "confusion") throw new Error(confusion.kind);
    const got = binaryMetrics(confusion.confusion);
    const names: readonly (readonly [keyof BinaryMetrics, string])[] = [
      ["accuracy", "accuracy"],
      ["precision", "precision"],
      ["recall", "recall"],
      ["specificity", "specificity"],
      ["f1", "f1"],
      ["balancedAccuracy", "balancedAccuracy"],
      ["matthewsCorrelation", "mcc"],
    ];
    for (const [ours, theirs] of names) {
      if (c[theirs] === null) expect(got[ours].kind).toBe("insufficient");
      else expect(worth(got[ours])).toBeCloseTo(c[theirs] as number, 12);
    }
  });

  it("gives the multiclass metrics", () => {
    for (const c of golden.multiclass) {
      const confusion = multiclassConfusionOf(c.labels, c.decisions, c.classes);
      if (confusion.kind !== "multiclass-confusion") throw new Error(confusion.kind);
      const got = multiclassMetrics(confusion);
      expect(worth(got.accuracy)).toBeCloseTo(c.accuracy as number, 12);
      expect(worth(got.balancedAccuracy)).toBeCloseTo(c.balancedAccuracy as number, 12);
      expect(worth(got.macroF1)).toBeCloseTo(c.macroF1 as number, 12);
      expect(worth(got.weightedF1)).toBeCloseTo(c.weightedF1 as number, 12);
      expect(worth(got.macroPrecision)).toBeCloseTo(c.macroPrecision as number, 12);
      expect(worth(got.matthewsCorrelation)).toBeCloseTo(c.mcc as number, 12);
      expect(worth(got.cohenKappa)).toBeCloseTo(c.kappa as number, 12);
      const logLoss = multiclassLogLossSums(c.probabilities, c.labels, c.classes);
      const brier = multiclassBrierSums(c.probabilities, c.labels, c.classes);
      if (logLoss.kind !== "loss-sums" || brier.kind !== "loss-sums") throw new Error("refused");
      expect(logLoss.sums.sum / logLoss.sums.n).toBeCloseTo(c.logLoss as number, 10);
      expect(brier.sums.sum / brier.sums.n).toBeCloseTo(c.brier as number, 12);
    }
  });

  it("gives the standard error of kappa that statsmodels gives, and of a two-class Matthews correlation both ways", () => {
    for (const c of golden.kappaErrors) {
      const classes = c.table.length;
      const cells = Float64Array.from(c.table.flat());
      const got = multiclassMetrics({ kind: "multiclass-confusion", classes, cells });
      if (got.cohenKappa.kind !== "estimate" || got.matthewsCorrelation.kind !== "estimate") throw new Error("refused");
      expect(got.cohenKappa.value).toBeCloseTo(c.kappa, 12);
      expect(got.cohenKappa.standardError).toBeCloseTo(c.standardError, 7);
      if (classes !== 2) continue;
      const [trueNegative = 0, falsePositive = 0, falseNegative = 0, truePositive = 0] = cells;
      const two = matthewsCorrelation({ truePositive, falsePositive, falseNegative, trueNegative });
      if (two.kind !== "estimate") throw new Error(two.kind);
      expect(got.matthewsCorrelation.value).toBeCloseTo(two.value, 12);
      expect(got.matthewsCorrelation.standardError).toBeCloseTo(two.standardError, 8);
      expect(got.matthewsCorrelation.lower).toBeCloseTo(two.lower, 7);
    }
  });

  it("gives the regression metrics, whatever the origin of the label powers", () => {
    for (const c of golden.regression)
      for (const origin of [0, c.labels[0]!]) {
        const sums = regressionSumsOf(c.labels, c.predictions, origin);
        if (sums.kind !== "regression-sums") throw new Error(sums.kind);
        const got = regressionMetrics(sums.sums);
        expect(worth(got.bias)).toBeCloseTo(c.bias as number, 11);
        expect(worth(got.meanAbsoluteError)).toBeCloseTo(c.mae as number, 11);
        expect(worth(got.meanSquaredError)).toBeCloseTo(c.mse as number, 11);
        expect(worth(got.rootMeanSquaredError)).toBeCloseTo(c.rmse as number, 11);
        expect(worth(got.meanAbsolutePercentageError)).toBeCloseTo(c.mape as number, 11);
        // Labels near 1000 with origin 0: squares near 1e6 leave about nine digits of a variance near 9.
        expect(worth(got.rSquared)).toBeCloseTo(c.r2 as number, origin === 0 ? 8 : 11);
      }
  });

  it("gives NDCG with tied scores, with linear and exponential gain", () => {
    for (const c of golden.ndcg) {
      expect(ndcgFromScores(c.scores, c.relevance, c.k)).toBeCloseTo(c.ndcg, 12);
      expect(ndcgFromScores(c.scores, c.relevance, c.k, "exponential")).toBeCloseTo(c.exponential, 12);
    }
  });

  it("gives the isotonic fit with ties and weights, inside and outside the range", () => {
    for (const c of golden.isotonic) {
      const fit = isotonicRegression(c.x, c.y, c.weights);
      if (fit.kind !== "isotonic-fit") throw new Error(fit.kind);
      for (const [i, x] of c.at.entries()) expect(predictIsotonic(fit, x)).toBeCloseTo(c.predicted[i]!, 10);
    }
  });

  it("gives Student's critical values", () => {
    for (const c of golden.studentT) expect(studentTCritical(c.alpha, c.df) / c.critical).toBeCloseTo(1, 9);
  });
});
