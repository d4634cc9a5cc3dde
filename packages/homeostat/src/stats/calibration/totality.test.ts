import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shiftDecomposition } from "../attribution/shift-decomposition.ts";
import { conformalQuantile } from "../conformal/conformal-quantile.ts";
import { domainAuc } from "../distance/area-under-curve.ts";
import { chiSquare, gTest } from "../distance/chi-square.ts";
import { cramersV } from "../distance/cramers-v.ts";
import { energy } from "../distance/energy.ts";
import { featureDrift } from "../distance/feature-drift.ts";
import { hellinger } from "../distance/hellinger.ts";
import { jensenShannon } from "../distance/jensen-shannon.ts";
import { kolmogorovSmirnov, kolmogorovSmirnovOfBins } from "../distance/kolmogorov-smirnov.ts";
import { kullbackLeibler } from "../distance/kullback-leibler.ts";
import { largestDifference, totalVariation } from "../distance/largest-difference.ts";
import { psi, psiTest } from "../distance/psi.ts";
import { wasserstein, wassersteinOfBins } from "../distance/wasserstein.ts";
import { histogramOf } from "../histogram/histogram.ts";
import { numericBinningOf } from "../histogram/numeric-binning.ts";
import { benjaminiHochberg } from "../hypothesis/benjamini-hochberg.ts";
import { twoProportionTest } from "../hypothesis/two-proportions.ts";
import { chainLadder } from "../label-free/chain-ladder.ts";
import { delayRegime } from "../label-free/delay-regime.ts";
import { inverseDelayMean } from "../label-free/delay-weighted-rate.ts";
import { expectedBinary } from "../label-free/expected-binary.ts";
import { importanceWeightedMean } from "../label-free/importance-weighted-mean.ts";
import { labelledSumsOf, predictionPoweredMean } from "../label-free/prediction-powered-mean.ts";
import { averagePrecision } from "../performance/average-precision.ts";
import { binaryConfusionOf } from "../performance/binary-confusion.ts";
import { binaryMetrics } from "../performance/binary-metrics.ts";
import { brierDecomposition } from "../performance/brier-decomposition.ts";
import { calibrationBinsOf, equalWidthEdges } from "../performance/calibration-bins.ts";
import { calibrationError } from "../performance/calibration-error.ts";
import { calibrationInTheLarge, spiegelhalterTest } from "../performance/calibration-tests.ts";
import { corpDecomposition } from "../performance/corp-decomposition.ts";
import { delongPaired } from "../performance/delong-paired.ts";
import { exactAuc } from "../performance/exact-auc.ts";
import { isotonicRegression } from "../performance/isotonic-regression.ts";
import { multiclassConfusionOf } from "../performance/multiclass-confusion.ts";
import { multiclassMetrics } from "../performance/multiclass-metrics.ts";
import { brierSums, logLossSums, lossEstimate } from "../performance/probability-losses.ts";
import { proportionEstimate } from "../performance/proportion-estimate.ts";
import { regressionMetrics } from "../performance/regression-metrics.ts";
import { regressionSumsOf } from "../performance/regression-sums.ts";
import { fitGaussianHmm } from "../regime/fit-gaussian-hmm.ts";
import { hmmFilter } from "../regime/gaussian-hmm.ts";
import { robustZ } from "../regime/robust-z.ts";
import { ar1Model } from "../sequential/ar1-whitening.ts";
import { asymptoticSequence } from "../sequential/asymptotic-sequence.ts";
import { bernoulliLogSums, betLogSums } from "../sequential/bet-log-sums.ts";
import { betaBinomialSequence } from "../sequential/beta-binomial-sequence.ts";
import { bettingGrid } from "../sequential/betting-grid.ts";
import { bocpdDating } from "../sequential/bocpd.ts";
import { changeTimePosterior } from "../sequential/change-time-posterior.ts";
import { dirichletMultinomialEvidence } from "../sequential/dirichlet-multinomial-evidence.ts";
import { gridLogEvidence } from "../sequential/grid-evidence.ts";
import { noiseScale } from "../sequential/noise-scale.ts";
import { optimalPartition } from "../sequential/optimal-partition.ts";

/*
 * The promise of the room, held for every family at once: whatever the data are, the answer is a number or a refusal.
 * No exception, no NaN. Only a call that contradicts itself (lists of different lengths) may throw, and none is made here.
 */

/** Paths of an answer at which there is no number. */
function notNumbers(answer: unknown, path = ""): string[] {
  if (typeof answer === "number") return Number.isNaN(answer) ? [path] : [];
  if (ArrayBuffer.isView(answer)) return notNumbers(Array.from(answer as Float64Array), path);
  if (answer === null || typeof answer !== "object") return [];
  return Object.entries(answer).flatMap(([key, value]) => notNumbers(value, `${path}.${key}`));
}

/** Statistic after statistic of one pair of inputs; the title names the one that failed. */
function expectTotal(statistics: Readonly<Record<string, () => unknown>>): void {
  for (const [name, statistic] of Object.entries(statistics)) expect(notNumbers(statistic()), name).toEqual([]);
}

const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, 1e-300, -1e300, 1e300, 5e-324];
const anyNumber = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 2, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
);
const usualNumber = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
const lists = (of: fc.Arbitrary<number>, maxLength = 60): fc.Arbitrary<number[]> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.array(of, { maxLength, size: "max" }) },
    // Constant, and one of length one.
    { weight: 1, arbitrary: fc.tuple(of, fc.constantFrom(1, 2, 12, 40)).map(([x, n]) => new Array<number>(n).fill(x)) },
  );
const anyCount = fc.oneof(
  { weight: 4, arbitrary: fc.nat(40) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 1e5) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY) },
);
const soundCount = fc.oneof(fc.nat(40), fc.constantFrom(0, 0, 1, 1e5));
/** Two lists of one length. */
const paired = <A, B>(left: fc.Arbitrary<A>, right: fc.Arbitrary<B>, maxLength = 60): fc.Arbitrary<[A[], B[]]> =>
  fc
    .array(fc.tuple(left, right), { maxLength, size: "max" })
    .map((pairs) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)]);

/** Rows of a cell: anything else is a bug of the caller and throws. */
const rowsOf = (count: number): number => (Number.isFinite(count) ? Math.abs(count) : 0);

const check = <T>(arbitrary: fc.Arbitrary<T>, run: (value: T) => void): void =>
  fc.assert(fc.property(arbitrary, run), { numRuns: 60 });

describe("every statistic is total", () => {
  it("of two lists of counts, sound or not, however many bins and rows", () => {
    check(fc.oneof(paired(anyCount, anyCount, 12), paired(soundCount, soundCount, 12)), ([window, baseline]) =>
      expectTotal({
        psi: () => psi(window, baseline),
        psiClustered: () => psi(window, baseline, { overdispersion: { phi: 3.5, windows: 12 } }),
        psiTest: () => psiTest(window, baseline),
        jensenShannon: () => jensenShannon(window, baseline),
        kullbackLeibler: () => kullbackLeibler(window, baseline),
        hellinger: () => hellinger(window, baseline),
        chiSquare: () => chiSquare(window, baseline),
        gTest: () => gTest(window, baseline),
        cramersV: () => cramersV(window, baseline),
        largestDifference: () => largestDifference(window, baseline),
        totalVariation: () => totalVariation(window, baseline),
        dirichletMultinomial: () => dirichletMultinomialEvidence(window, baseline),
      }),
    );
  });

  it("of counts of a billion beside counts of a few", () => {
    const [window, baseline] = [
      [1e9, 1e6, 3, 0],
      [1e9, 2e8, 1, 7],
    ];
    for (const statistic of [psi, jensenShannon, hellinger, chiSquare, cramersV, largestDifference, totalVariation])
      expect(notNumbers(statistic(window, baseline)), statistic.name).toEqual([]);
  });

  it("of two samples of values with NaN, infinities, ties and unequal sizes", () => {
    check(fc.tuple(lists(anyNumber), lists(anyNumber, 25)), ([window, baseline]) => {
      const binning = numericBinningOf(baseline);
      const [now, before] = [histogramOf(binning, window), histogramOf(binning, baseline)];
      const finite = (values: readonly number[]): number[] => values.filter((x) => Math.abs(x) <= 1e100);
      expectTotal({
        binning: () => binning,
        histogram: () => now,
        featureDrift: () => featureDrift(binning, now.counts, before.counts),
        kolmogorovSmirnov: () => kolmogorovSmirnov(window, baseline),
        kolmogorovSmirnovOfBins: () => kolmogorovSmirnovOfBins(now.counts, before.counts),
        wasserstein: () => wasserstein(finite(window), finite(baseline)),
        energy: () => energy(finite(window), finite(baseline)),
        wassersteinOfBins: () =>
          wassersteinOfBins({ counts: now.counts, sums: now.counts }, { counts: before.counts, sums: before.counts }),
        domainAuc: () => domainAuc(window, baseline),
      });
    });
  });

  it("of scores and labels", () => {
    const score = fc.oneof(
      fc.constantFrom(0, 0.5, 1, Number.NaN, -0.1, 1.1),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    const sound = fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
    const label = fc.constantFrom(0, 1);
    check(
      fc.oneof(paired(score, fc.constantFrom(0, 1, 2, Number.NaN)), paired(sound, label, 400)),
      ([scores, labels]) => {
        const cut = calibrationBinsOf(scores, labels, equalWidthEdges(5));
        const bins = cut.kind === "calibration-bins" ? cut.bins : [];
        const decisions = scores.map((p) => (p >= 0.5 ? 1 : 0));
        const confusion = binaryConfusionOf(labels, decisions);
        const classes = multiclassConfusionOf(labels, decisions, 3);
        const sums = labelledSumsOf(labels, scores);
        const [brier, log] = [brierSums(scores, labels), logLossSums(scores, labels)];
        expectTotal({
          exactAuc: () => exactAuc(scores, labels),
          averagePrecision: () => averagePrecision(scores, labels),
          delongPaired: () => delongPaired(labels, scores, scores.toReversed()),
          calibrationError: () => calibrationError(bins),
          spiegelhalter: () => spiegelhalterTest(bins),
          inTheLarge: () => calibrationInTheLarge(bins),
          brierDecomposition: () => brierDecomposition(bins),
          corp: () => corpDecomposition(scores, labels),
          isotonic: () => isotonicRegression(scores, labels),
          binaryMetrics: () => (confusion.kind === "confusion" ? binaryMetrics(confusion.confusion) : confusion),
          multiclassMetrics: () => (classes.kind === "multiclass-confusion" ? multiclassMetrics(classes) : classes),
          brier: () => (brier.kind === "loss-sums" ? lossEstimate(brier.sums) : brier),
          logLoss: () => (log.kind === "loss-sums" ? lossEstimate(log.sums) : log),
          expectedBinary: () => expectedBinary({ scores, calibrated: scores, decisions }, { minimumRows: 0 }),
          predictionPowered: () =>
            sums.kind === "labelled-sums"
              ? predictionPoweredMean(
                  sums.sums,
                  { n: 1000, sumExpected: 400, sumExpectedSquare: 300 },
                  { minimumLabels: 2 },
                )
              : sums,
          conformal: () => conformalQuantile(scores, 0.1),
        });
      },
    );
  });

  it("of a series", () => {
    check(fc.oneof(lists(anyNumber), lists(usualNumber)), (series) =>
      expectTotal({
        noiseScale: () => noiseScale(series),
        optimalPartition: () => optimalPartition(series),
        changeTimePosterior: () => changeTimePosterior(series),
        bocpd: () => bocpdDating(series, { prior: { mean: 0, meanWeight: 1, shape: 1, scale: 1 } }),
        ar1: () => ar1Model(series),
        hmmFilter: () =>
          hmmFilter(
            {
              initial: [0.5, 0.5],
              transition: [
                [0.9, 0.1],
                [0.1, 0.9],
              ],
              means: [0, 0],
              deviations: [1, 3],
            },
            series.map((x) => Math.max(-1e100, Math.min(1e100, x))),
          ),
        fitHmm: () => fitGaussianHmm(series, 2, { maximumIterations: 20, tolerance: 1e-6, varianceFloor: 1e-10 }),
        robustZ: () => robustZ(series[0] ?? 0, series, 5),
        bets: () => {
          const sums = betLogSums(series, bettingGrid(0.3));
          return sums.kind === "bet-log-sums" ? gridLogEvidence(sums) : sums;
        },
      }),
    );
  });

  it("of labels, estimates, weights and losses", () => {
    check(fc.oneof(paired(anyNumber, anyNumber), paired(usualNumber, usualNumber)), ([left, right]) => {
      const sums = regressionSumsOf(left, right, 1);
      const small = right.map((x) => Math.min(1, Math.abs(x) / 100));
      expectTotal({
        regression: () => (sums.kind === "regression-sums" ? regressionMetrics(sums.sums) : sums),
        delayRegime: () => delayRegime(left, right),
        importance: () => importanceWeightedMean(left, right),
        inverseDelay: () => inverseDelayMean(left, small, { minimumEffective: 1 }),
      });
    });
  });

  it("of a few counts", () => {
    check(fc.tuple(anyCount, anyCount, anyCount, anyCount), ([a, b, c, d]) =>
      expectTotal({
        proportion: () => proportionEstimate(a, b),
        twoProportions: () => twoProportionTest({ hits: a, rows: b, baselineHits: c, baselineRows: d }),
        betaBinomial: () => betaBinomialSequence(a, b),
        asymptotic: () => asymptoticSequence(a, b, c),
        bets: () => {
          const sums = bernoulliLogSums(a, b, bettingGrid(0.1));
          return sums.kind === "bet-log-sums" ? gridLogEvidence(sums) : sums;
        },
        triangle: () => chainLadder([[a, a + b, a + b + c], [a, a + d], [c]]),
        cells: () =>
          shiftDecomposition([
            { baselineRows: rowsOf(a), baselineLoss: 0, currentRows: rowsOf(b), currentLoss: 0 },
            { baselineRows: 0, baselineLoss: 0, currentRows: 3, currentLoss: 1 },
          ]),
      }),
    );
  });

  it("of p-values, with holes", () => {
    const p = fc.oneof(fc.constantFrom(null, Number.NaN, 0, 1, 5e-324), fc.double({ min: 0, max: 1, noNaN: true }));
    check(fc.array(p, { maxLength: 40 }), (pValues) => {
      const { rejected } = benjaminiHochberg(pValues, 0.05);
      expect(rejected.every((test) => (pValues[test] ?? Number.NaN) <= 0.05)).toBe(true);
    });
  });
});
