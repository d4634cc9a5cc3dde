import { describe, expect, it } from "vitest";
import type { Baseline, FrozenValue } from "../../domain/baseline/baseline.ts";
import type { ScoreCounts } from "../../domain/baseline/profile-store.ts";
import { hourMs } from "../../domain/instant.ts";
import { scoreRows, total } from "../../domain/monitor/count-series.ts";
import { outcomeLine, type PredictionOutput, predictionLine } from "../../domain/prediction/prediction.ts";
import type { System } from "../../domain/system/system.ts";
import { type RegressionSums, regressionSumsOf } from "../../stats/performance/regression-sums.ts";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import type { DataBench } from "./data-bench.ts";
import { blocksOf, firstWindow, inputsAt, samplePrediction, sampleShop } from "./data-sample.ts";

/** A row of a task as the tests count it. */
interface TaskRow {
  readonly id: string;
  readonly time: number;
  readonly card: boolean;
  readonly output: PredictionOutput;
  readonly label: number | string | undefined;
}

const hours = 10;
const live = { start: firstWindow + hours * hourMs, end: firstWindow + (hours + 1) * hourMs };
const byCard = {
  name: "paid",
  expression: "if(card, 'card', 'cash')" as System["segments"][number]["expression"],
  top: 5,
};

/** Regression and multiclass classification against the ports: what the engine counts is what the statistics room counts. */
export function taskConformance(bench: () => DataBench): void {
  describe("a regression system", () => {
    it("is frozen from received rows and counted: bins, and sums that every metric follows from", async () => {
      const { system, baseline, rows } = await watched(bench(), "counted-hours", regression, valueRow);
      expect(baseline.score).toMatchObject({ kind: "value" });
      if (baseline.score.kind !== "value") return;
      const reference = rows.filter((row) => row.time < live.start);
      const labels = reference.flatMap((row) => (row.label === undefined ? [] : [row.label as number]));
      expect(baseline.score.origin).toBeCloseTo(total(labels) / labels.length, 9);
      const [profile] = await counted(bench(), system, baseline);
      for (const [key, own] of segmentsOf(rows.filter((row) => row.time >= live.start))) {
        expectValues(profile?.scores.get(key), own, baseline.score);
      }
    });
  });

  describe("a multiclass system", () => {
    it("is frozen with its classes and counted: a confusion, confidences right and wrong, the log loss", async () => {
      const { system, baseline, rows } = await watched(bench(), "counted-animals", multiclass, classRow);
      if (baseline.score.kind !== "class") throw new Error("classes");
      expect([...baseline.score.classes].sort()).toEqual(["cat", "cow", "dog"]);
      expect(baseline.score.confidenceEdges.length).toBeGreaterThan(10);
      const [profile] = await counted(bench(), system, baseline);
      const { classes } = baseline.score;
      const place = (name: string): number => (classes.includes(name) ? classes.indexOf(name) : classes.length);
      for (const [key, own] of segmentsOf(rows.filter((row) => row.time >= live.start))) {
        const counts = profile?.scores.get(key);
        if (counts?.kind !== "class") throw new Error(`no classes of ${key}`);
        expect(new Map(counts.cells.map((cell) => [`${cell.predicted} ${cell.actual}`, cell.rows]))).toEqual(
          cellsOf(own, place),
        );
        const losses = own.flatMap((row) => lossOf(row));
        expect(counts.logLoss.n).toBe(losses.length);
        expect(counts.logLoss.sum).toBeCloseTo(total(losses), 6);
        const sure = profile?.confidences.get(key);
        const known = own.filter((row) => row.label !== undefined);
        const right = known.filter((row) => row.label === classOf(row.output).class).length;
        expect([total(sure?.positives ?? []), total(sure?.negatives ?? []), total(sure?.unlabelled ?? [])]).toEqual([
          right,
          known.length - right,
          own.length - known.length,
        ]);
      }
    });

    it("with declared classes counts the others together", async () => {
      const declared = { ...multiclass, classes: ["dog", "cat"] };
      const { system, baseline } = await watched(bench(), "declared-animals", declared, classRow);
      expect(baseline.score).toMatchObject({ kind: "class", classes: ["dog", "cat"] });
      const [profile] = await counted(bench(), system, baseline);
      const counts = profile?.scores.get("");
      expect(counts?.kind === "class" && Math.max(...counts.cells.map((cell) => cell.predicted))).toBe(2);
    });
  });
}

function expectValues(counts: ScoreCounts | undefined, own: readonly TaskRow[], score: FrozenValue): void {
  if (counts?.kind !== "value") throw new Error("no values");
  for (const [name, value] of Object.entries(sumsOf(own, score.origin)))
    expect(counts.sums[name as keyof RegressionSums] / value, name).toBeCloseTo(1, 9);
  expect(counts.valueSum).toBeCloseTo(total(own.map((row) => numberOf(row.output))), 6);
  expect(scoreRows(counts, score)).toEqual(binsOf(own, score));
  const errors = counts.errors.reduce((all, bin) => ({ n: all.n + bin.n, sum: all.sum + bin.sum }), { n: 0, sum: 0 });
  expect(errors.n).toBe(counts.sums.n);
  expect(errors.sum).toBeCloseTo(counts.sums.sumAbsoluteError, 6);
}

const regression = { type: "regression", unit: "rentals" } as const;
const multiclass = { type: "multiclass-classification", classes: "open" } as const;

function valueRow(next: () => number): Pick<TaskRow, "output" | "label"> {
  const label = Math.round(next() * 100) - (next() < 0.1 ? 50 : 0);
  return { output: { kind: "value", value: label + next() * 20 - 8 }, label: next() < 0.2 ? undefined : label };
}

function classRow(next: () => number): Pick<TaskRow, "output" | "label"> {
  const animals = ["cat", "dog", "cow"];
  const said = animals[Math.floor(next() * 3)] ?? "cat";
  const sure = Math.round((0.4 + next() * 0.6) * 1_000) / 1_000;
  const rest = (1 - sure) / 2;
  const probabilities = Object.fromEntries(animals.map((name) => [name, name === said ? sure : rest]));
  const label = next() < sure ? said : animals[Math.floor(next() * 3)];
  return {
    output: { kind: "class", class: said, confidence: sure, probabilities: next() < 0.5 ? probabilities : undefined },
    label: next() < 0.2 ? undefined : label,
  };
}

async function watched(
  bench: DataBench,
  name: string,
  task: System["task"],
  draw: (next: () => number) => Pick<TaskRow, "output" | "label">,
): Promise<{ readonly system: System; readonly baseline: Baseline; readonly rows: readonly TaskRow[] }> {
  const system = sampleShop(name, { serving: "monitor-only", task, segments: [byCard] });
  await bench.events.ensureTables(system);
  const random = createXoshiro(11);
  const rows = Array.from({ length: 900 }, (_, n): TaskRow => {
    const time = firstWindow + Math.floor(random.next() * (hours + 1) * hourMs);
    return { id: `p-${n}`, time, card: random.next() < 0.5, ...draw(() => random.next()) };
  });
  await bench.events.storePredictions(
    system,
    blocksOf(
      ...rows.map(({ id, time, card, output }) =>
        predictionLine(samplePrediction(id, { time, output, inputs: inputsAt(time, { card }) })),
      ),
    ),
  );
  await bench.events.storeOutcomes(
    system,
    blocksOf(
      ...rows.flatMap(({ id, time, label }) =>
        label === undefined
          ? []
          : [
              outcomeLine({
                predictionId: id,
                time,
                receivedAt: time,
                kind: "label",
                name: "",
                unit: "",
                value: label,
              }),
            ],
      ),
    ),
  );
  await bench.profiles.referenceFromEvents(system, "r1", { from: firstWindow, to: live.start });
  const frozen = await bench.profiles.freeze(system, "r1");
  const baseline: Baseline = {
    ...frozen,
    id: `b-${name}`,
    system: name,
    release: "r1",
    createdAt: 0,
    windows: frozen.windows.map((window) => ({ ...window, end: window.start + hourMs, season: "all" })),
  };
  await bench.profiles.profileReference(system, baseline);
  const reference = await bench.profiles.reference(baseline);
  expect(reference.reduce((sum, profile) => sum + rowsIn(baseline, profile.scores.get("")), 0)).toBe(frozen.rows);
  return { system, baseline, rows };
}

const rowsIn = (baseline: Baseline, counts: Parameters<typeof scoreRows>[0]): number =>
  scoreRows(counts, baseline.score).reduce((sum, count) => sum + count, 0);

async function counted(bench: DataBench, system: System, baseline: Baseline) {
  await bench.profiles.profileLive(system, baseline, live, 1);
  return bench.profiles.live(baseline, [{ ...live, profileVersion: 1 }]);
}

function segmentsOf(rows: readonly TaskRow[]): ReadonlyMap<string, readonly TaskRow[]> {
  return new Map([
    ["", rows],
    ["paid=card", rows.filter((row) => row.card)],
    ["paid=cash", rows.filter((row) => !row.card)],
  ]);
}

function numberOf(output: PredictionOutput): number {
  if (output.kind !== "value") throw new Error("no value");
  return output.value;
}

function classOf(output: PredictionOutput): Extract<PredictionOutput, { kind: "class" }> {
  if (output.kind !== "class") throw new Error("no class");
  return output;
}

function sumsOf(rows: readonly TaskRow[], origin: number) {
  const known = rows.filter((row) => row.label !== undefined);
  const result = regressionSumsOf(
    known.map((row) => row.label as number),
    known.map((row) => numberOf(row.output)),
    origin,
  );
  if (result.kind !== "regression-sums") throw new Error("sums");
  return result.sums;
}

function binsOf(rows: readonly TaskRow[], { edges }: FrozenValue): readonly number[] {
  const bins = new Array<number>(edges.length + 2).fill(0);
  for (const row of rows) {
    const bin = edges.filter((edge) => edge <= numberOf(row.output)).length;
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}

function cellsOf(rows: readonly TaskRow[], place: (name: string) => number): ReadonlyMap<string, number> {
  const cells = new Map<string, number>();
  for (const row of rows) {
    const actual = row.label === undefined ? undefined : place(String(row.label));
    const cell = `${place(classOf(row.output).class)} ${actual}`;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  return cells;
}

function lossOf({ output, label }: TaskRow): readonly number[] {
  const { probabilities } = classOf(output);
  return label === undefined || probabilities === undefined ? [] : [-Math.log(probabilities[String(label)] ?? 1e-15)];
}
