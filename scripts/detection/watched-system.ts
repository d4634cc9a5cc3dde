import type { Baseline } from "../../packages/homeostat/src/domain/baseline/baseline.ts";
import { otherValue } from "../../packages/homeostat/src/domain/baseline/baseline.ts";
import {
  noProbabilitySums,
  type ProbabilitySums,
} from "../../packages/homeostat/src/domain/baseline/probability-sums.ts";
import {
  type BinCounts,
  type ProbabilityCounts,
  segmentKey,
  type WindowProfile,
} from "../../packages/homeostat/src/domain/baseline/profile-store.ts";
import type { Finding } from "../../packages/homeostat/src/domain/finding/finding.ts";
import {
  evaluateWindow,
  findingsOf,
  type WindowEvaluation,
} from "../../packages/homeostat/src/domain/monitor/evaluate-window.ts";
import { monitorsOf } from "../../packages/homeostat/src/domain/monitor/monitors-of.ts";
import {
  type ReferencePicture,
  referencePictureOf,
} from "../../packages/homeostat/src/domain/monitor/reference-picture.ts";
import { seriesText } from "../../packages/homeostat/src/domain/monitor/verdict.ts";
import { seasonOf, type Window } from "../../packages/homeostat/src/domain/window/window.ts";
import { binOf } from "../../packages/homeostat/src/stats/histogram/bin-of.ts";
import { type Binning, binCountOf } from "../../packages/homeostat/src/stats/histogram/binning.ts";
import {
  CATEGORICAL_LIMITS,
  categoricalBinningOf,
} from "../../packages/homeostat/src/stats/histogram/categorical-binning.ts";
import { numericBinningOf } from "../../packages/homeostat/src/stats/histogram/numeric-binning.ts";
import type { Stream, StreamColumn } from "./stream.ts";

/** Rows of one window as the monitors' system would have them: values by column, and outcomes. */
export interface WindowRows {
  readonly columns: readonly StreamColumn[];
  readonly outcomes: readonly boolean[];
}

const scoreEdges = Array.from({ length: 99 }, (_, index) => (index + 1) / 100);
const threshold = 0.5;
const owner = "someone";
const watching = monitorsOf({
  owners: {
    "training-pipeline": owner,
    serving: owner,
    "upstream-data": owner,
    "production-performance": owner,
    business: owner,
  },
});

/**
 * A stream under the default monitors: baseline and model from the reference windows, windows counted and judged by the
 * product's own rooms. The model is naive Bayes over the baseline's bins, learnt from the first half of the reference, and
 * sees what the fault made of its inputs.
 */
export class WatchedSystem {
  readonly stream: Stream;
  readonly binnings: readonly Binning[];
  readonly segmentValues: readonly string[];
  private readonly weights: readonly (readonly number[])[];
  private readonly prior: number;
  private readonly baseline: Baseline;
  private readonly picture: ReferencePicture;
  private readonly rowsOf: readonly (readonly [from: number, to: number])[];

  constructor(stream: Stream) {
    this.stream = stream;
    this.rowsOf = boundsOf(stream);
    const end = this.rowsOf[stream.referenceWindows - 1]?.[1] ?? 0;
    this.binnings = stream.columns.map((column) => binningOf(column, end));
    this.segmentValues = valuesOf(stream, end);
    const half = this.rowsOf[Math.floor(stream.referenceWindows / 2)]?.[0] ?? 0;
    const learnt = learn(stream, this.binnings, half);
    this.weights = learnt.weights;
    this.prior = learnt.prior;
    this.baseline = {
      id: `b-${stream.name}`,
      system: stream.name,
      release: `${stream.name}-1`,
      createdAt: stream.firstStart,
      rows: end,
      scoredRows: end - half,
      features: stream.columns.map(({ name }, index) => ({
        name,
        binning: this.binnings[index] ?? { kind: "numeric", edges: [], points: [] },
        nullShare: 0,
        percentiles: [],
      })),
      score: { kind: "probability", edges: scoreEdges, threshold },
      segments: [{ name: stream.segment, values: this.segmentValues }],
      windows: Array.from({ length: stream.referenceWindows }, (_, index) => ({
        ...this.window(index),
        rows: 0,
        season: seasonOf(this.window(index), stream.season),
      })),
    };
    const reference = this.baseline.windows.map((window, index) => this.count(window, this.rows(index)));
    this.picture = referencePictureOf(this.baseline, reference);
  }

  window(index: number): Window {
    const start = this.stream.firstStart + index * this.stream.windowMs;
    return { start, end: start + this.stream.windowMs };
  }

  /** The rows of a window as they are. */
  rows(index: number): WindowRows {
    const [from, to] = this.rowsOf[index] ?? [0, 0];
    return {
      columns: this.stream.columns.map((column) =>
        column.kind === "number"
          ? { ...column, values: column.values.slice(from, to) }
          : { ...column, values: column.values.slice(from, to) },
      ),
      outcomes: this.stream.outcomes.slice(from, to),
    };
  }

  judge(index: number, rows: WindowRows, streaks: ReadonlyMap<string, number>): Judged {
    const window = this.window(index);
    const evaluation = evaluateWindow(
      {
        picture: this.picture,
        profile: this.count(window, rows),
        season: seasonOf(window, this.stream.season),
        outcomesMature: true,
        evidence: {},
      },
      watching,
      streaks,
    );
    return {
      evaluation,
      streaks: new Map(evaluation.verdicts.map((verdict) => [seriesText(verdict.test.key), verdict.streak])),
      findings: findingsOf(
        { system: this.stream.name, release: this.baseline.release, window },
        watching,
        evaluation.verdicts,
        (text) => text,
      ).filter(({ severity }) => severity === "critical"),
    };
  }

  private count(window: Window, rows: WindowRows): WindowProfile {
    const size = rows.outcomes.length;
    const place = this.stream.columns.findIndex(({ name }) => name === this.stream.segment);
    const codes = rows.columns.map((column, index) => {
      const binning = this.binnings[index];
      return column.values.map((value) => (binning === undefined ? 0 : binOf(binning, value)));
    });
    const keys = (rows.columns[place]?.values ?? []).map((value) =>
      segmentKey(this.stream.segment, this.segmentValues.includes(String(value)) ? String(value) : otherValue),
    );
    const groups = new Map<string, number[]>([["", Array.from({ length: size }, (_, row) => row)]]);
    keys.forEach((key, row) => {
      const own = groups.get(key) ?? [];
      own.push(row);
      groups.set(key, own);
    });
    const scores = Array.from({ length: size }, (_, row) => this.score(codes, row));
    const entries = [...groups].filter(([, own]) => own.length > 0);
    return {
      window,
      features: new Map(
        entries.map(([key, own]) => [
          key,
          new Map(
            this.stream.columns.map(({ name }, index) => [
              name,
              countBins(codes[index] ?? [], own, this.binnings[index]),
            ]),
          ),
        ]),
      ),
      scores: new Map(entries.map(([key, own]) => [key, countScores(scores, rows.outcomes, own)])),
      confidences: new Map(),
    };
  }

  private score(codes: readonly (readonly number[])[], row: number): number {
    let sum = this.prior;
    for (let column = 0; column < codes.length; column++) sum += this.weights[column]?.[codes[column]?.[row] ?? 0] ?? 0;
    return 1 / (1 + Math.exp(-sum));
  }
}

/** What a judged window says. */
export interface Judged {
  readonly evaluation: WindowEvaluation;
  readonly streaks: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

function boundsOf({ windows, windowCount }: Stream): readonly (readonly [number, number])[] {
  const bounds = Array.from({ length: windowCount }, (): [number, number] => [0, 0]);
  let row = 0;
  for (let window = 0; window < windowCount; window++) {
    const from = row;
    while (row < windows.length && windows[row] === window) row += 1;
    bounds[window] = [from, row];
  }
  return bounds;
}

function binningOf(column: StreamColumn, end: number): Binning {
  if (column.kind === "number") return numericBinningOf(column.values.slice(0, end).filter(Number.isFinite));
  const counts = new Map<string, number>();
  for (const value of column.values.slice(0, end)) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ordered = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return categoricalBinningOf(ordered.slice(0, CATEGORICAL_LIMITS.named + CATEGORICAL_LIMITS.remembered), true);
}

const leastShare = 0.005;

function valuesOf(stream: Stream, end: number): readonly string[] {
  const column = stream.columns.find(({ name }) => name === stream.segment);
  const counts = new Map<string, number>();
  for (const value of column?.values.slice(0, end) ?? [])
    if (value !== null) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= leastShare * end)
    .sort(([, n], [, m]) => m - n)
    .map(([value]) => value)
    .slice(0, stream.mostValues);
}

/** Naive Bayes weighs correlated features twice; half of the sum is nearer to calibrated. */
const damping = 0.5;

function learn(
  stream: Stream,
  binnings: readonly Binning[],
  rows: number,
): { readonly weights: number[][]; readonly prior: number } {
  let positives = 0;
  for (let row = 0; row < rows; row++) positives += stream.outcomes[row] === true ? 1 : 0;
  const weights = stream.columns.map((column, index) => {
    const binning = binnings[index];
    if (binning === undefined) return [];
    const counts = Array.from({ length: binCountOf(binning) }, () => [1, 1] as [number, number]);
    for (let row = 0; row < rows; row++) {
      const cell = counts[binOf(binning, column.values[row])];
      if (cell !== undefined) cell[stream.outcomes[row] === true ? 0 : 1] += 1;
    }
    return counts.map(
      ([yes, no]) => damping * (Math.log(yes / (positives + 1)) - Math.log(no / (rows - positives + 1))),
    );
  });
  return { weights, prior: Math.log((positives + 1) / (rows - positives + 1)) };
}

function countBins(codes: readonly number[], rows: readonly number[], binning: Binning | undefined): BinCounts {
  const counts = new Array<number>(binning === undefined ? 0 : binCountOf(binning)).fill(0);
  for (const row of rows) counts[codes[row] ?? 0] = (counts[codes[row] ?? 0] ?? 0) + 1;
  return { bins: counts.map((_, bin) => bin), counts };
}

function countScores(
  scores: readonly number[],
  outcomes: readonly boolean[],
  rows: readonly number[],
): ProbabilityCounts {
  const size = scoreEdges.length + 1;
  const of = (): number[] => new Array<number>(size).fill(0);
  const [positives, negatives, scoreSums] = [of(), of(), of()];
  const sums: Record<keyof ProbabilitySums, number> = { ...noProbabilitySums };
  for (const row of rows) {
    const p = scores[row] ?? 0;
    const y = outcomes[row] === true ? 1 : 0;
    const bin = Math.min(size - 1, Math.floor(p * size));
    const counted = y === 1 ? positives : negatives;
    counted[bin] = (counted[bin] ?? 0) + 1;
    scoreSums[bin] = (scoreSums[bin] ?? 0) + p;
    addSums(sums, p, y);
  }
  return {
    kind: "probability",
    bins: scoreSums.map((_, bin) => bin),
    positives,
    negatives,
    unlabelled: of(),
    scoreSums,
    labelledScoreSums: scoreSums,
    sums,
  };
}

function addSums(sums: Record<keyof ProbabilitySums, number>, p: number, y: number): void {
  const isRight = (p >= threshold ? 1 : 0) === y;
  const confidence = p >= threshold ? p : 1 - p;
  const loss = -Math.log(Math.max(1e-15, y === 1 ? p : 1 - p));
  sums.quarticError += (p - y) ** 4;
  sums.logLoss += loss;
  sums.logLossSquare += loss * loss;
  sums.spread += p * (1 - p);
  sums.residualSlope += (y - p) * (1 - 2 * p);
  sums.slopeSpread += (1 - 2 * p) ** 2 * p * (1 - p);
  sums.confidence += confidence;
  sums.confidenceSquare += confidence * confidence;
  sums.correct += isRight ? 1 : 0;
  sums.confidenceCorrect += isRight ? confidence : 0;
}
