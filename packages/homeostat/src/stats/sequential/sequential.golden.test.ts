import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Invalid } from "../performance/refusal.ts";
import { type AdwinOptions, createAdwin, updateAdwin } from "./adwin.ts";
import { betLogSums } from "./bet-log-sums.ts";
import { betaBinomialSequence } from "./beta-binomial-sequence.ts";
import { bettingGrid, type Direction } from "./betting-grid.ts";
import { initialDdm, updateDdm } from "./ddm.ts";
import type { DetectorStatus } from "./detector-status.ts";
import { initialEddm, updateEddm } from "./eddm.ts";
import { gridLogEvidence } from "./grid-evidence.ts";
import { initialHddmA, updateHddmA } from "./hddm-a.ts";
import { initialHddmW, updateHddmW } from "./hddm-w.ts";
import { optimalPartition } from "./optimal-partition.ts";
import { initialPageHinkley, updatePageHinkley } from "./page-hinkley.ts";

type Indices = readonly number[];

interface Detections {
  stream: string;
  values: string;
  adwin: Indices;
  adwinClock1: Indices;
  adwinLoose: Indices;
  adwinNarrow: Indices;
  pageHinkley: Indices;
  pageHinkleyUp: Indices;
  pageHinkleyDown: Indices;
  ddm?: Indices;
  eddm?: Indices;
  hddmA?: Indices;
  hddmATwoSided?: Indices;
  hddmW?: Indices;
  hddmWTwoSided?: Indices;
}

const golden = JSON.parse(readFileSync(new URL("../golden/sequential.json", import.meta.url), "utf8")) as {
  detections: Detections[];
  adwinWindows: { stream: string; path: [number, number, number, number][] }[];
  partitions: { x: number[]; penalty: number; variance: number; changes: number[] }[];
  betaSequences: { successes: number; failures: number; alpha: number; lower: number; upper: number }[];
  gridEvidence: { x: number[]; nullMean: number; direction: Direction; logEvidence: number }[];
};

const streams = new Map(golden.detections.map((d) => [d.stream, Array.from(d.values, Number)]));

/** The indices at which a step-by-step detector reports drift. */
function driftsOf<State extends { readonly status: DetectorStatus }>(
  stream: readonly number[],
  initial: State,
  step: (state: State, x: number) => State | Invalid,
): number[] {
  let state = initial;
  return stream.flatMap((x, i) => {
    const next = step(state, x);
    if (!("status" in next)) throw new Error(`refused at ${i}`);
    state = next;
    return state.status === "drift" ? [i] : [];
  });
}

function adwinDrifts(stream: readonly number[], options: AdwinOptions): number[] {
  const state = createAdwin();
  return stream.flatMap((x, i) => {
    const step = updateAdwin(state, x, options);
    return step.kind === "adwin-step" && step.detected ? [i] : [];
  });
}

describe("step-by-step detectors against river", () => {
  it.each(golden.detections)("ADWIN drifts where river's does on $stream", (d) => {
    const s = streams.get(d.stream)!;
    expect(adwinDrifts(s, {})).toEqual(d.adwin);
    expect(adwinDrifts(s, { clock: 1 })).toEqual(d.adwinClock1);
    expect(adwinDrifts(s, { clock: 3, maximumBuckets: 7, minimumWindow: 1 })).toEqual(d.adwinNarrow);
    expect(adwinDrifts(s, { delta: 0.05, maximumBuckets: 3, minimumWindow: 8, gracePeriod: 30 })).toEqual(d.adwinLoose);
  });

  it.each(golden.adwinWindows)(
    "ADWIN keeps the width, sum and variance of river's window on $stream",
    ({ stream, path }) => {
      const state = createAdwin();
      const expected = new Map(path.map((row) => [row[0], row]));
      for (const [i, x] of streams.get(stream)!.entries()) {
        updateAdwin(state, x, { clock: 7 });
        const row = expected.get(i);
        if (row === undefined) continue;
        expect(state.width).toBe(row[1]);
        expect(state.total).toBeCloseTo(row[2], 8);
        expect(state.squares).toBeCloseTo(row[3], 8);
      }
    },
  );

  it.each(golden.detections)("Page-Hinkley drifts where river's does on $stream", (d) => {
    const s = streams.get(d.stream)!;
    expect(driftsOf(s, initialPageHinkley, (state, x) => updatePageHinkley(state, x))).toEqual(d.pageHinkley);
    const up = { mode: "up", threshold: 10 } as const;
    expect(driftsOf(s, initialPageHinkley, (state, x) => updatePageHinkley(state, x, up))).toEqual(d.pageHinkleyUp);
    const down = { mode: "down", threshold: 10, forgetting: 1 } as const;
    expect(driftsOf(s, initialPageHinkley, (state, x) => updatePageHinkley(state, x, down))).toEqual(d.pageHinkleyDown);
  });

  it.each(golden.detections.filter((d) => d.ddm !== undefined))(
    "the DDM family drifts where river's does on $stream",
    (d) => {
      const s = streams.get(d.stream)!;
      expect(driftsOf(s, initialDdm, (state, x) => updateDdm(state, x))).toEqual(d.ddm);
      expect(driftsOf(s, initialEddm, (state, x) => updateEddm(state, x, { deviation: "sample" }))).toEqual(d.eddm);
      expect(driftsOf(s, initialHddmA, (state, x) => updateHddmA(state, x))).toEqual(d.hddmA);
      expect(driftsOf(s, initialHddmA, (state, x) => updateHddmA(state, x, { twoSided: true }))).toEqual(
        d.hddmATwoSided,
      );
      expect(driftsOf(s, initialHddmW, (state, x) => updateHddmW(state, x))).toEqual(d.hddmW);
      const w = { twoSided: true, smoothing: 0.1 };
      expect(driftsOf(s, initialHddmW, (state, x) => updateHddmW(state, x, w))).toEqual(d.hddmWTwoSided);
    },
  );

  it("reproduces the published detections of the published streams", () => {
    const mixed = streams.get("publishedMixed")!;
    expect(adwinDrifts(mixed, {})).toEqual([1023]);
    const classic = { mode: "classic" } as const;
    expect(driftsOf(mixed, initialPageHinkley, (state, x) => updatePageHinkley(state, x, classic))).toEqual([
      1020, 1991,
    ]);
    const rise = streams.get("publishedRise")!;
    expect(driftsOf(rise, initialDdm, (state, x) => updateDdm(state, x))).toEqual([1049]);
    expect(driftsOf(rise, initialEddm, (state, x) => updateEddm(state, x))).toEqual([681, 848, 983, 1042, 1089]);
    expect(driftsOf(rise, initialHddmA, (state, x) => updateHddmA(state, x))).toEqual([1047]);
    expect(driftsOf(rise, initialHddmW, (state, x) => updateHddmW(state, x))).toEqual([1018]);
    expect(adwinDrifts(rise, {})).toEqual([1055]);
    expect(adwinDrifts(streams.get("publishedFourParts")!, {})).toEqual([543, 1023, 1567]);
  });

  it("reproduces the published ADWIN windows without any data file", () => {
    const jump = [...new Array<number>(200).fill(0), ...new Array<number>(200).fill(100)];
    expect(adwinDrifts(jump, {})).toEqual([223]);
    expect(adwinDrifts(jump, { clock: 1 })).toEqual([201]);
    expect(adwinDrifts(jump, { clock: 1, minimumWindow: 1 })).toEqual([200]);
    expect(
      adwinDrifts(
        Array.from({ length: 2000 }, (_, i) => i % 2),
        {},
      ),
    ).toEqual([]);
    const state = createAdwin();
    for (let i = 0; i < 200; i++) updateAdwin(state, i % 7, { clock: 1e9 });
    expect(state.width).toBe(200);
    expect(state.total).toBe(594);
    expect(state.squares).toBeCloseTo(797.82, 8);
    const saw = (n: number, shift: number) =>
      Array.from({ length: 2 * n }, (_, i) => (((i % n) * 7919) % 1000) / 1000 + (i < n ? 0 : shift));
    expect(adwinDrifts(saw(1000, 0.5), {})).toEqual([1055]);
    expect(adwinDrifts(saw(1000, 0.5), { clock: 1 })).toEqual([1027]);
    expect(adwinDrifts(saw(2000, 0.1), {})).toEqual([2335]);
    expect(adwinDrifts(saw(2000, 0.1), { clock: 1 })).toEqual([2323]);
    expect(adwinDrifts(saw(2000, 0.1), { delta: 0.01 })).toEqual([2303]);
  });
});

describe("partitions and sequences against ruptures and scipy", () => {
  it.each(golden.partitions.map((p, i) => [i, p] as const))("divides series %i as ruptures does", (_, p) => {
    const got = optimalPartition(p.x, { longRunVariance: p.variance });
    if (got.kind !== "partition") throw new Error(got.kind);
    expect(got.penalty).toBeCloseTo(p.penalty, 8);
    expect(got.changes).toEqual(p.changes);
  });

  it.each(golden.betaSequences)("bounds $successes of $successes + $failures at $alpha", (c) => {
    const got = betaBinomialSequence(c.successes, c.failures, { alpha: c.alpha });
    if (got.kind !== "sequence-interval") throw new Error(got.kind);
    expect(got.lower).toBeCloseTo(c.lower, 10);
    expect(got.upper).toBeCloseTo(c.upper, 10);
  });

  it("gives the evidence of bounded values in both directions", () => {
    for (const c of golden.gridEvidence) {
      const sums = betLogSums(c.x, bettingGrid(c.nullMean, c.direction));
      if (sums.kind !== "bet-log-sums") throw new Error(sums.kind);
      expect(gridLogEvidence(sums)).toBeCloseTo(c.logEvidence, 9);
    }
  });
});
