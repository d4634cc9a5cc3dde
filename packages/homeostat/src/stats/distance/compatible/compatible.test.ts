import { describe, expect, it } from "vitest";
import { deepchecksCramersV, deepchecksEarthMovers, deepchecksPsi } from "./deepchecks.ts";
import {
  evidentlyBins,
  evidentlyCategories,
  evidentlyChiSquare,
  evidentlyHellinger,
  evidentlyHellingerOfNumbers,
  evidentlyJensenShannon,
  evidentlyKolmogorovSmirnov,
  evidentlyKullbackLeibler,
  evidentlyPsi,
  evidentlyTotalVariation,
  evidentlyWasserstein,
  evidentlyZ,
} from "./evidently.ts";
import {
  nannymlChiSquare,
  nannymlHellingerOfNumbers,
  nannymlJensenShannon,
  nannymlJensenShannonOfNumbers,
  nannymlKolmogorovSmirnov,
  nannymlLargestDifference,
  nannymlThreshold,
  nannymlWasserstein,
} from "./nannyml.ts";
import { scouterChiSquareThreshold, scouterNormalThreshold, scouterPsi } from "./scouter.ts";
import {
  tfdvJensenShannon,
  tfdvJensenShannonOfLabels,
  tfdvLargestDifference,
  tfdvNormalizedDifference,
} from "./tfdv.ts";

/** The library-free generator of the vectors: a 32-bit congruence, and sums of twelve uniforms as normals. */
function normals(seed: number, count: number, mean = 0, deviation = 1): number[] {
  let state = seed;
  const uniform = (): number => {
    state = (1_664_525 * state + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
  return Array.from({ length: count }, () => {
    let sum = 0;
    for (let n = 0; n < 12; n++) sum += uniform();
    return mean + deviation * (sum - 6);
  });
}

const A = normals(1, 5000);
const B = normals(2, 2000, 0.25, 1);
const D = normals(3, 2000);
const E = normals(4, 2000, 1, 1.5);

/** Agreement to 1e-9, relative where the number is small (p-values). */
function near(have: number, want: number): void {
  expect(Math.abs(have - want)).toBeLessThanOrEqual(
    1e-9 * Math.min(1, Math.max(Math.abs(want), 1e-300)) + 1e-12 * (want === 0 ? 1 : 0),
  );
}

describe("peer-compatible numbers", () => {
  it("starts from the same samples", () => {
    near(A[0] ?? 0, -1.105566803831607);
    near(A[2] ?? 0, 0.17511342791840434);
    near(
      A.reduce((sum, x) => sum + x, 0),
      -42.39383300021291,
    );
  });

  it("V1: six categories, no drift", () => {
    const counts = { reference: [16, 18, 16, 14, 12, 12], current: [16, 16, 16, 16, 16, 8] };
    near(evidentlyPsi(counts), 0.037218381577290835);
    near(evidentlyJensenShannon(counts), 0.06804819617703867);
    near(evidentlyKullbackLeibler(counts), 0.01890967696532045);
    near(evidentlyChiSquare(counts), 0.6730876006966301);
    near(evidentlyHellinger(counts), 0.06812774370983345);
    near(evidentlyTotalVariation(counts), 0.06818181818181819);
    near(nannymlJensenShannon(counts), 0.08173421330573756);
  });

  it("V2: two categories", () => {
    const counts = { reference: [100, 100], current: [150, 50] };
    near(evidentlyPsi(counts), 0.27465307216702745);
    near(evidentlyJensenShannon(counts), 0.18390779094047432);
    near(evidentlyKullbackLeibler(counts), 0.14384103622589045);
    near(evidentlyHellinger(counts), 0.18459191128251476);
    expect(evidentlyChiSquare(counts)).toBeCloseTo(1.537e-12, 15);
    near(evidentlyZ(counts), 2.4175638801970933e-7);
    near(nannymlJensenShannon(counts), 0.22089576884901735);
    near(nannymlLargestDifference(counts), 0.25);
    near(nannymlChiSquare(counts).statistic, 25.610666666666667);
    near(nannymlChiSquare(counts).pValue, 4.177238876990018e-7);
    near(deepchecksPsi(counts), evidentlyPsi(counts));
  });

  it("V3: a new category", () => {
    const counts = { reference: [600, 400, 0], current: [500, 300, 200] };
    near(evidentlyPsi(counts), 1.5664207645870358);
    near(evidentlyJensenShannon(counts), 0.27417925295802015);
    near(evidentlyKullbackLeibler(counts), 0.22358330948034957);
    near(evidentlyHellinger(counts), 0.32537252646936626);
    expect(evidentlyChiSquare(counts)).toBe(0);
    near(deepchecksPsi(counts), 0.6161894948998319);
    near(nannymlJensenShannon(counts), 0.32932284475220647);
    near(nannymlLargestDifference(counts), 0.2);
    near(nannymlChiSquare(counts).statistic, 223.37662337662337);
    near(nannymlChiSquare(counts).pValue, 3.1216380135461806e-49);
  });

  it("V4 and V5: few values, and a share below the fill", () => {
    near(evidentlyPsi(evidentlyCategories([3, 2, 2], [1, 2, 3])), 2.9341472484810085);
    const rare = { reference: [99_999, 1, 0], current: [99_999, 0, 1] };
    near(evidentlyPsi(rare), 0.0002763099349490743);
    near(evidentlyKullbackLeibler(rare), 0.00013815496742315561);
  });

  it("V6: two normal samples a quarter apart", () => {
    const counts = evidentlyBins(A, B);
    expect(counts.reference).toEqual([6, 21, 81, 273, 513, 802, 959, 940, 741, 406, 167, 69, 19, 3]);
    expect(counts.current).toEqual([0, 3, 19, 73, 133, 265, 372, 387, 343, 233, 105, 49, 16, 2]);
    near(evidentlyPsi(counts), 0.07195653531859014);
    near(evidentlyJensenShannon(counts), 0.09481116300927343);
    near(evidentlyKullbackLeibler(counts), 0.03653761278863652);
    near(evidentlyHellingerOfNumbers(A, B), 0.09598274057727531);
    near(evidentlyWasserstein(A, B), 0.26620983962495015);
    near(evidentlyKolmogorovSmirnov(A, B), 7.628258481186725e-15);
    near(nannymlJensenShannonOfNumbers(A, B), 0.11387981249354326);
    near(nannymlHellingerOfNumbers(A, B), 0.0959827405772757);
    near(nannymlKolmogorovSmirnov(A, B), 0.1076);
    near(nannymlWasserstein(A, B), 0.26885326115004715);
    near(deepchecksEarthMovers(A, B), 0.06434433469629372);
    near(deepchecksEarthMovers(A, B, 0), 0.03735167929428433);
  });

  it("V7: a severe shift, and none", () => {
    near(evidentlyPsi(evidentlyBins(A, E)), 0.9567416281660425);
    near(evidentlyJensenShannon(evidentlyBins(A, E)), 0.3061853042686656);
    near(evidentlyKullbackLeibler(evidentlyBins(A, E)), 0.32702366938933874);
    near(evidentlyHellingerOfNumbers(A, E), 0.3244222092107743);
    near(evidentlyWasserstein(A, E), 0.9944866584301023);
    near(nannymlJensenShannonOfNumbers(A, E), 0.37071846389636676);
    near(nannymlHellingerOfNumbers(A, E), 0.3275805262466145);
    near(nannymlKolmogorovSmirnov(A, E), 0.3384);
    near(nannymlWasserstein(A, E), 1.0043617533665614);
    near(evidentlyPsi(evidentlyBins(A, D)), 0.020534732460519216);
    near(evidentlyJensenShannon(evidentlyBins(A, D)), 0.05150456936547792);
    near(evidentlyWasserstein(A, D), 0.04264081200136846);
    near(evidentlyKolmogorovSmirnov(A, D), 0.04091294919182166);
    near(nannymlJensenShannonOfNumbers(A, D), 0.06186329241977181);
  });

  it("V8: a large reference, where one peer estimates", () => {
    const reference = normals(11, 12_000);
    near(nannymlKolmogorovSmirnov(reference, B), 0.11041666666666061);
    near(nannymlWasserstein(reference, B), 0.2677701854230318);
    near(nannymlJensenShannonOfNumbers(reference, B), 0.11563298051678639);
  });

  it("V9: eight values against eight, where a peer calls every value a category", () => {
    const reference = [38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58];
    const current = [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8];
    near(evidentlyKolmogorovSmirnov(reference, current), 0.08702408702408702);
    near(evidentlyWasserstein(reference, current), 0.781236105789365);
    near(evidentlyPsi(evidentlyBins(reference, current)), 14.250388222464219);
  });

  it("V10: divergences of buckets, labels and point masses", () => {
    const bucket = (low: number, high: number, count: number) => ({ low, high, count });
    near(
      tfdvJensenShannon(
        { buckets: [bucket(1, 2, 2), bucket(2, 3, 2)] },
        { buckets: [bucket(2, 4, 2), bucket(4, 6, 2)] },
      ),
      0.655639062229,
    );
    const labels = (entries: Record<string, number>) => new Map(Object.entries(entries));
    near(tfdvJensenShannonOfLabels(labels({ b: 2, a: 2, c: 1 }), labels({ a: 2, Z: 1, Y: 1, X: 1 })), 0.6);
    expect(
      tfdvJensenShannon({ buckets: [bucket(1, 2, 3)], notANumber: 1 }, { buckets: [bucket(1, 2, 4)] }),
    ).toBeCloseTo(0.13792538096, 10);
    near(
      tfdvJensenShannon(
        { buckets: [bucket(0, 0, 1), bucket(1, 1, 1)] },
        { buckets: [bucket(0, 0, 1), bucket(2, 2, 1)] },
      ),
      0.5,
    );
    near(tfdvJensenShannon({ buckets: [bucket(0, 1, 5)] }, { buckets: [bucket(3, 4, 2)] }), 1);
    near(tfdvJensenShannon({ buckets: [], notANumber: 3 }, { buckets: [], notANumber: 9 }), 1);
    near(tfdvLargestDifference(labels({ hello: 0.1, world: 0.9 }), labels({ hello: 0.3, world: 0.7 })), 0.2);
    near(tfdvLargestDifference(labels({ b: 0.9, c: 0.1 }), labels({ a: 0.3, b: 0.7 })), 0.3);
    expect(tfdvNormalizedDifference(labels({ a: 1, b: 5 }), labels({ a: 10, b: 50 }))).toBeCloseTo(0.68181818, 8);
  });

  it("V11: Cramér's V and earth mover's distance", () => {
    near(deepchecksCramersV({ reference: [200, 800], current: [400, 600] }), 0.21602579183508638);
    near(deepchecksCramersV({ reference: [200, 800, 100], current: [400, 600, 0] }), 0.30240811588221844);
    const rare = { reference: [200, 800, 10, 10], current: [400, 620, 0, 0] };
    near(deepchecksCramersV(rare), 0.22852290516313106);
    near(deepchecksCramersV(rare, { leastShare: 0.1 }), 0.20805758975883742);
    near(deepchecksCramersV({ reference: [9900, 100], current: [10_000, 0] }, { balance: true }), 0.5622653616537642);
    const ramp = Array.from({ length: 100 }, (_, x) => x);
    near(
      deepchecksEarthMovers(
        ramp,
        ramp.map((x) => x + 50),
        0,
      ),
      0.3355704697986578,
    );
  });

  it("V14: thresholds at mean plus and minus deviations", () => {
    const [low, high] = nannymlThreshold([0.1, 0.12, 0.11, 0.13, 0.09, 0.1, 0.11, 0.12, 0.1, 0.115]);
    expect([low, high].map((x) => Math.round(x * 1000) / 1000)).toEqual([0.075, 0.144]);
  });

  it("V18: a one-sample threshold and its PSI", () => {
    near(
      scouterPsi([
        [0.3, 0.2],
        [0.4, 0.4],
        [0.3, 0.4],
      ]),
      0.06931471803099454,
    );
    near(scouterChiSquareThreshold(10, 1000, 0.05), 0.01691897760462045);
    near(scouterNormalThreshold(10, 1000, 0.05), 0.01597852292206004);
  });
});
