import type { Baseline } from "../../domain/baseline/baseline.ts";
import { referenceLine } from "../../domain/baseline/profile-store.ts";
import { hourMs } from "../../domain/instant.ts";
import type { InputRow } from "../../domain/pipeline/pipeline.ts";
import { outcomeLine, predictionLine } from "../../domain/prediction/prediction.ts";
import type { System } from "../../domain/system/system.ts";
import type { Random } from "../../stats/random/random.ts";
import { createXoshiro } from "../../stats/random/xoshiro.ts";
import type { DataBench } from "./data-bench.ts";
import { blocksOf, firstWindow, inputsAt, samplePrediction, sampleShop, vectorOf } from "./data-sample.ts";

/** A row as the tests count it. */
export interface SceneRow {
  readonly id: string;
  readonly time: number;
  readonly inputs: InputRow;
  readonly probability: number;
  readonly outcome: boolean | undefined;
  /** False for reference rows that the model was trained on. */
  readonly scored: boolean;
}

/** A system with a frozen baseline and live rows, and the same rows in memory. */
export interface Scene {
  readonly system: System;
  readonly baseline: Baseline;
  readonly reference: readonly SceneRow[];
  readonly live: readonly SceneRow[];
}

export const liveWindow = { start: firstWindow + 24 * hourMs, end: firstWindow + 25 * hourMs };
export const nextWindow = { start: liveWindow.end, end: liveWindow.end + hourMs };

const oddLabels = ["", "o'clock", 'a "b", c', "back\\slash", "line\nfeed", "Zürich", "😀", "(other) not", "tab\t"];

/** Ties, half zeros, missing values, divisions by nothing; sixty labels of falling frequency and some odd ones. */
function rowsOf(seed: number, count: number, from: number, windows: number, isLive: boolean): readonly SceneRow[] {
  const random = createXoshiro(seed);
  return Array.from({ length: count }, (_, n): SceneRow => {
    const time = from + Math.floor(random.next() * windows * hourMs);
    const inputs = inputsAt(time, {
      amount: amountOf(random, isLive ? 130 : 100),
      pieces: Math.floor(random.next() * 4),
      label: isLive && random.next() < 0.05 ? `never seen ${n % 3} '😀` : labelOf(random),
      card: random.next() < 0.5,
    });
    const probability = Math.round(random.next() * 1_000) / 1_000;
    const outcome = random.next() < 0.25 ? undefined : random.next() < probability;
    return { id: `row ${seed} ${n}`, time, inputs, probability, outcome, scored: isLive || random.next() < 0.5 };
  });
}

function amountOf(random: Random, range: number): number | null {
  const draw = random.next();
  if (draw < 0.5) return 0;
  return draw < 0.55 ? null : Math.round(random.next() * range) / 10 - 1;
}

function labelOf(random: Random): string | null {
  const rank = Math.floor(60 * random.next() ** 3);
  const odd = oddLabels[Math.floor(random.next() * oddLabels.length)] ?? "";
  if (random.next() < 0.05) return null;
  return random.next() < 0.1 ? odd : `label ${rank}`;
}

const referenceRows = rowsOf(7, 1_500, firstWindow, 3, false);
const liveRows = rowsOf(8, 900, liveWindow.start, 2, true);

/** The lines of the reference, in two blocks that cut a line in two. */
export async function* referenceBlocks(
  system: System,
  rows: readonly SceneRow[] = referenceRows,
): AsyncGenerator<Uint8Array> {
  const lines = rows.map((row) =>
    referenceLine({ ...row, vector: vectorOf(row.inputs), neverTrained: row.scored }, system.pipeline.features),
  );
  const bytes = new TextEncoder().encode(`${lines.join("\n")}\n`);
  const cut = Math.floor(bytes.length / 2) + 3;
  yield bytes.subarray(0, cut);
  yield bytes.subarray(cut);
}

const seenBy = (system: System, row: SceneRow) => ({
  features: system.pipeline.features,
  values: vectorOf(row.inputs),
});

/** Half of the live rows tell their vector. */
export async function storeLive(bench: DataBench, system: System, rows: readonly SceneRow[]): Promise<void> {
  const lines = rows.map((row, n) =>
    predictionLine(
      samplePrediction(row.id, {
        time: row.time,
        inputs: row.inputs,
        output: { kind: "probability", probability: row.probability },
        vector: n % 2 === 0 ? seenBy(system, row) : undefined,
      }),
    ),
  );
  await bench.events.storePredictions(system, blocksOf(...lines));
  await bench.events.storeOutcomes(
    system,
    blocksOf(
      ...rows.flatMap((row) => (row.outcome === undefined ? [] : [lineOfOutcome(row.id, row.outcome, row.time)])),
    ),
  );
}

export function lineOfOutcome(predictionId: string, value: boolean, time: number): string {
  return outcomeLine({
    predictionId,
    time: time + hourMs,
    receivedAt: time + hourMs + 1,
    kind: "label",
    name: "",
    unit: "",
    value,
  });
}

/** Loads, freezes and counts the reference of a system and stores its live rows. */
export async function makeScene(bench: DataBench, name: string): Promise<Scene> {
  const system = sampleShop(name);
  await bench.events.ensureTables(system);
  await bench.profiles.loadReference(system, "r1", referenceBlocks(system));
  const frozen = await bench.profiles.freeze(system, "r1");
  const baseline: Baseline = {
    ...frozen,
    id: `baseline of ${name}`,
    system: name,
    release: "r1",
    createdAt: 0,
    windows: frozen.windows.map(({ start, rows }) => ({ start, end: start + hourMs, rows, season: "all" })),
  };
  await bench.profiles.profileReference(system, baseline);
  await storeLive(bench, system, liveRows);
  return { system, baseline, reference: referenceRows, live: liveRows };
}
