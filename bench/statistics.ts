import type { BenchRow } from "./bench-row.ts";

/** Functions of the statistics room by name. Their arguments are made here and are right by construction. */
type Room = Readonly<Record<string, (...parts: readonly unknown[]) => unknown>>;
interface Random {
  next(): number;
}

const stats = new URL("../../packages/homeostat/dist/stats/", import.meta.url);

const modules = [
  "random/xoshiro",
  "random/normal-pairs",
  "histogram/numeric-binning",
  "histogram/histogram",
  "distance/psi",
  "distance/jensen-shannon",
  "distance/kolmogorov-smirnov",
  "distance/wasserstein",
  "distance/energy",
  "distance/chi-square",
  "distance/kernel-two-sample",
  "performance/exact-auc",
  "performance/binned-auc",
  "performance/average-precision",
  "performance/isotonic-regression",
  "performance/calibration-bins",
  "performance/calibration-error",
  "label-free/expected-binary",
  "hypothesis/benjamini-hochberg",
  "sequential/betting-grid",
  "sequential/bet-log-sums",
  "sequential/grid-evidence",
  "sequential/beta-binomial-sequence",
  "sequential/asymptotic-sequence",
  "sequential/adwin",
  "sequential/optimal-partition",
  "conformal/conformal-quantile",
  "conformal/adaptive-conformal",
  "cause/cause-posterior",
  "regime/gaussian-hmm",
] as const;

/** A function, a small and a large size of its input, and how its time may grow between them. */
interface Case {
  readonly name: string;
  /** What the size counts: speed is given by rows, cost by step of a stream, and for all else by call at the large size. */
  readonly of: "rows" | "steps" | "bins" | "p-values" | "candidates" | "points" | "counts";
  readonly sizes: readonly [number, number];
  /** The growth exponent to hold. */
  readonly growth: number;
  /** Prepares an input of a size and gives back the call to measure. */
  readonly make: (size: number) => () => unknown;
}

/** A sort: n log n is 1.1 between these sizes, and outgrowing the caches adds up to 0.3. */
const sorting = 1.5;
/** Every pair is looked at, and the documentation of the function says so. */
const everyPair = 2.3;
/** A function of sums: the number of rows behind them costs nothing. */
const flat = 0.3;

/**
 * What one call of the main statistics costs on one thread, and that nothing is quadratic where a sort will do: each is
 * timed at two sizes (processor time) and the exponent of its growth, ln(t₂/t₁)/ln(n₂/n₁), is held to its budget.
 */
export async function benchStatistics(): Promise<readonly BenchRow[]> {
  const room: Room = Object.assign(
    {},
    ...(await Promise.all(modules.map((name) => import(new URL(`${name}.js`, stats).href)))),
  );
  return casesOf(room).flatMap(measured);
}

function measured({ name, of, sizes, growth, make }: Case): readonly BenchRow[] {
  const [small, large] = sizes.map((size) => ({ size, ns: nanosecondsOf(make(size)) }));
  if (small === undefined || large === undefined) return [];
  const exponent = Math.log(large.ns / small.ns) / Math.log(large.size / small.size);
  const label = `statistics: ${name}, ${large.size.toLocaleString("en-US")} ${of}`;
  const speed: BenchRow =
    of === "rows"
      ? { name: label, value: (1e9 * large.size) / large.ns, unit: "rows/s" }
      : of === "steps"
        ? { name: label, value: large.ns / large.size, unit: "ns/step" }
        : { name: label, value: large.ns, unit: "ns/call" };
  // A cost that does not grow has an exponent around 0, and no ratio to its budget would say anything.
  return [speed, { name: `${label}: growth`, value: Math.max(0.01, exponent), unit: "exponent", budget: growth }];
}

/** The fastest of several rounds: what else the machine does only ever adds. */
function nanosecondsOf(call: () => unknown): number {
  const rounds = 7;
  const budgetMs = 60;
  call();
  const once = Math.max(1e-4, timeMs(call, 1));
  const repeats = Math.max(1, Math.min(100_000, Math.floor(budgetMs / once / rounds)));
  const times = Array.from({ length: rounds }, () => timeMs(call, repeats));
  return (1e6 * Math.min(...times)) / repeats;
}

/** Processor time of this process: on a busy machine wall time says more about the others. */
function timeMs(call: () => unknown, repeats: number): number {
  const before = process.cpuUsage();
  for (let n = 0; n < repeats; n++) call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function casesOf(room: Room): readonly Case[] {
  const { call, random, normals } = callsOf(room);
  return [
    ...distanceCases(call, random, normals),
    ...performanceCases(call, random),
    ...streamCases(call, random, normals),
  ];
}

type Call = (name: string, ...parts: readonly unknown[]) => unknown;

function callsOf(room: Room) {
  const call: Call = (name, ...parts) => {
    const named = room[name];
    if (named === undefined) throw new Error(`the statistics room has no ${name}`);
    return named(...parts);
  };
  const random = call("createXoshiro", 1) as Random;
  const normals = (count: number): readonly number[] => call("normalPairs", random, count) as number[];
  return { call, random, normals };
}

function distanceCases(call: Call, random: Random, normals: (count: number) => readonly number[]): readonly Case[] {
  const ofCounts = (name: string, text: string): Case => ({
    name: text,
    of: "bins",
    sizes: [10, 200],
    growth: sorting,
    make: (bins) => {
      const counts = (mean: number): number[] =>
        Array.from({ length: bins }, () => Math.ceil(2 * mean * random.next()));
      const [window, baseline] = [counts(50), counts(500)];
      return () => call(name, window, baseline);
    },
  });
  const ofValues = (name: string, text: string): Case => ({
    name: text,
    of: "rows",
    sizes: [10_000, 160_000],
    growth: sorting,
    make: (rows) => {
      const [window, baseline] = [normals(rows / 2), normals(rows / 2)];
      return () => call(name, window, baseline);
    },
  });
  const ofPoints = (name: string, text: string, ...rest: readonly unknown[]): Case => ({
    name: `${text} in 8 dimensions`,
    of: "points",
    sizes: [250, 1_000],
    growth: everyPair,
    make: (rows) => {
      const points = (count: number): (readonly number[])[] => Array.from({ length: count }, () => normals(8));
      const [window, baseline] = [points(rows / 2), points(rows / 2)];
      return () => call(name, window, baseline, ...rest);
    },
  });
  return [
    {
      name: "freeze 64 quantile bins",
      of: "rows",
      sizes: [10_000, 160_000],
      growth: sorting,
      make: (rows) => {
        const values = normals(rows);
        return () => call("numericBinningOf", values);
      },
    },
    {
      name: "histogram of 64 bins",
      of: "rows",
      sizes: [10_000, 160_000],
      growth: sorting,
      make: (rows) => {
        const values = normals(rows);
        const binning = call("numericBinningOf", values.slice(0, 10_000));
        return () => call("histogramOf", binning, values);
      },
    },
    ofCounts("psiTest", "PSI test"),
    ofCounts("psi", "PSI with interval and smallest visible shift"),
    ofCounts("jensenShannon", "Jensen–Shannon"),
    ofCounts("chiSquare", "chi-square"),
    ofValues("kolmogorovSmirnov", "Kolmogorov–Smirnov"),
    ofValues("wasserstein", "Wasserstein"),
    ofValues("energy", "energy"),
    ofPoints("energyOfPoints", "energy"),
    ofPoints("maximumMeanDiscrepancy", "MMD²", 0.1),
  ];
}

function performanceCases(call: Call, random: Random): readonly Case[] {
  const scored = (rows: number) => {
    const scores = Float64Array.from({ length: rows }, () => random.next());
    return { scores, labels: Uint8Array.from(scores, (score) => (random.next() < score ? 1 : 0)) };
  };
  const ofScores = (text: string, act: (scores: Float64Array, labels: Uint8Array) => unknown): Case => ({
    name: text,
    of: "rows",
    sizes: [10_000, 160_000],
    growth: sorting,
    make: (rows) => {
      const { scores, labels } = scored(rows);
      return () => act(scores, labels);
    },
  });
  const edges = Array.from({ length: 19 }, (_, n) => (n + 1) / 20);
  return [
    ofScores("AUC with DeLong interval", (scores, labels) => call("exactAuc", scores, labels)),
    ofScores("average precision with interval", (scores, labels) => call("averagePrecision", scores, labels)),
    ofScores("isotonic regression", (scores, labels) => call("isotonicRegression", scores, labels)),
    ofScores("calibration error from 20 bins", (scores, labels) => {
      const { bins } = call("calibrationBinsOf", scores, labels, edges) as { readonly bins: unknown };
      return call("calibrationError", bins);
    }),
    ofScores("CBPE of all metrics", (scores, labels) =>
      call("expectedBinary", { scores, calibrated: scores, decisions: labels }),
    ),
    {
      name: "AUC with interval from a score histogram",
      of: "bins",
      sizes: [50, 1_000],
      growth: sorting,
      make: (bins) => {
        const counts = Array.from({ length: bins }, () => Math.ceil(100 * random.next()));
        return () => call("binnedAuc", counts, counts.toReversed());
      },
    },
    {
      name: "Benjamini–Hochberg",
      of: "p-values",
      sizes: [1_000, 16_000],
      growth: sorting,
      make: (tests) => {
        const pValues = Array.from({ length: tests }, () => random.next());
        return () => call("benjaminiHochberg", pValues, 0.05);
      },
    },
    {
      name: "conformal quantile",
      of: "rows",
      sizes: [10_000, 160_000],
      growth: sorting,
      make: (rows) => {
        const { scores } = scored(rows);
        return () => call("conformalQuantile", scores, 0.1);
      },
    },
    {
      name: "cause posterior over 720 hours",
      of: "candidates",
      sizes: [50, 800],
      growth: sorting,
      make: (count) => {
        const weights = Array.from({ length: 720 }, (_, hour) => Math.exp(-Math.abs(hour - 400) / 10));
        const candidates = Array.from({ length: count }, (_, n) => ({
          id: String(n),
          kind: "deploy",
          atHours: 720 * random.next(),
          lineage: { kind: "unknown" },
          exposure: { kind: "none" },
        }));
        const changeTime = { hours: weights.map((_, hour) => hour), weights };
        return () => call("causePosterior", { changeTime, pattern: null, candidates });
      },
    },
  ];
}

function streamCases(call: Call, random: Random, normals: (count: number) => readonly number[]): readonly Case[] {
  const grid = call("bettingGrid", 0.1);
  const ofStream = (text: string, growth: number, make: (rows: number) => () => unknown, most = 64_000): Case => ({
    name: text,
    of: "steps",
    sizes: [most / 16, most],
    growth,
    make,
  });
  const ofCounts = (text: string, act: (rows: number) => unknown): Case => ({
    name: text,
    of: "counts",
    sizes: [1_000, 1_000_000],
    growth: flat,
    make: (rows) => () => act(rows),
  });
  const levels = (rows: number): readonly number[] => normals(rows).map((z, n) => z + 4 * (Math.floor(n / 250) % 2));
  const model = {
    initial: [0.5, 0.5],
    transition: [
      [0.98, 0.02],
      [0.02, 0.98],
    ],
    means: [0, 0],
    deviations: [1, 3],
  };
  return [
    ofStream("betting e-process, row by row", sorting, (rows) => {
      const values = Float64Array.from({ length: rows }, () => random.next() ** 9);
      return () => call("gridLogEvidence", call("betLogSums", values, grid));
    }),
    ofCounts("betting e-process from two counts", (rows) =>
      call("gridLogEvidence", call("bernoulliLogSums", 0.11 * rows, 0.89 * rows, grid)),
    ),
    ofCounts("beta-binomial confidence sequence", (rows) => call("betaBinomialSequence", 0.11 * rows, 0.89 * rows)),
    ofCounts("asymptotic confidence sequence", (rows) => call("asymptoticSequence", rows, 0.1, 0.09)),
    ofStream("ADWIN", sorting, (rows) => {
      const values = normals(rows);
      return () => {
        const state = call("createAdwin");
        for (const x of values) call("updateAdwin", state, x);
        return state;
      };
    }),
    ofStream(
      "PELT, a change every 250 points",
      sorting,
      (rows) => {
        const values = levels(rows);
        return () => call("optimalPartition", values);
      },
      10_000,
    ),
    // Without changes nothing can be pruned: the worst case, stated as such.
    ofStream(
      "PELT, no change at all",
      everyPair,
      (rows) => {
        const values = normals(rows);
        return () => call("optimalPartition", values);
      },
      10_000,
    ),
    ofStream(
      "adaptive conformal, 500 scores kept",
      sorting,
      (rows) => {
        const values = normals(rows);
        return () =>
          values.reduce<unknown>((state, score) => call("updateAdaptive", state, score), call("createAdaptive", 0.1));
      },
      16_000,
    ),
    ofStream("Gaussian HMM filter, two states", sorting, (rows) => {
      const values = normals(rows);
      return () => call("hmmFilter", model, values);
    }),
  ];
}
