import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value to hold: at most for times, at least for rates. */
  readonly budget?: number;
}

type Vector = readonly (number | string | null)[];
interface Feature {
  readonly name: string;
  readonly type: "number" | "category";
  readonly expression: string;
}
interface Model {
  score(vectors: readonly Vector[]): readonly number[];
  unload(): void;
}
interface RuntimeRoom {
  createForestRuntime(): { load(version: string, path: string, features: readonly Feature[]): Promise<Model> };
}
interface Training {
  readonly trees: number;
  readonly trainingMs: number;
}
interface TrainerRoom {
  createForestTrainer(): { train(request: object, signal: AbortSignal): Promise<Training> };
}

const room = new URL("../../packages/homeostat/dist/runtime/", import.meta.url);
const features: readonly Feature[] = [
  ...["departure_hour", "day_of_week", "distance"].map((name) => ({ name, type: "number", expression: name }) as const),
  ...["origin", "destination"].map((name) => ({ name, type: "category", expression: name }) as const),
];

/**
 * Claims of the README: how long a forest takes to train on 200,000 rows with two categories of 220 values, and what one
 * core scores with it. The rows are made from a fixed seed.
 */
export async function benchForest(): Promise<readonly BenchRow[]> {
  const { createForestTrainer } = (await import(new URL("train-forest.js", room).href)) as TrainerRoom;
  const { createForestRuntime } = (await import(new URL("forest-runtime.js", room).href)) as RuntimeRoom;
  const folder = await mkdtemp(join(tmpdir(), "homeostat-bench-forest-"));
  try {
    const csvPath = join(folder, "rows.csv");
    const artifactPath = join(folder, "forest.zip");
    const rows = syntheticRows(200_000);
    const lines = rows.map(({ vector, late }) => [...vector, late].join(","));
    await writeFile(csvPath, `${[...features.map(({ name }) => name), "late"].join(",")}\n${lines.join("\n")}\n`);
    const request = { csvPath, labelColumn: "late", features, artifactPath };
    const training = await createForestTrainer().train(request, new AbortController().signal);
    const startedMs = performance.now();
    const model = await createForestRuntime().load("m-bench", artifactPath, features);
    const loadMs = performance.now() - startedMs;
    const vectors = rows.slice(0, 10_000).map(({ vector }) => vector);
    const result: BenchRow[] = [
      { name: "forest: train 200,000 rows", value: training.trainingMs / 1_000, unit: "s", budget: 30 },
      { name: "forest: trees grown", value: training.trees, unit: "trees" },
      { name: "forest: load a model", value: loadMs, unit: "ms" },
      { name: "forest: score one row, p50", value: oneRowMicros(model, vectors), unit: "µs", budget: 500 },
      {
        name: "forest: score batches of 10,000",
        value: rowsPerSecond(model, vectors),
        unit: "rows/s",
        budget: 150_000,
      },
    ];
    model.unload();
    return result;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function oneRowMicros(model: Model, vectors: readonly Vector[]): number {
  const micros: number[] = [];
  for (let index = 0; index < 5_000; index++) {
    const one = [vectors[index % vectors.length] ?? []];
    const startedMs = performance.now();
    model.score(one);
    micros.push((performance.now() - startedMs) * 1_000);
  }
  return micros.sort((a, b) => a - b)[2_500] ?? Number.NaN;
}

function rowsPerSecond(model: Model, vectors: readonly Vector[]): number {
  for (let round = 0; round < 5; round++) model.score(vectors);
  const startedMs = performance.now();
  for (let round = 0; round < 20; round++) model.score(vectors);
  return (20 * vectors.length) / ((performance.now() - startedMs) / 1_000);
}

function syntheticRows(count: number): readonly { readonly vector: Vector; readonly late: boolean }[] {
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const lateness = Array.from({ length: 440 }, () => random() * 0.3);
  return Array.from({ length: count }, () => {
    const [hour, day, miles] = [Math.floor(random() * 24), 1 + Math.floor(random() * 7), Math.floor(random() * 3_000)];
    const [origin, destination] = [Math.floor(random() * 220), Math.floor(random() * 220)];
    const chance = (lateness[origin] ?? 0) + (lateness[220 + destination] ?? 0) + (hour > 16 ? 0.2 : 0);
    return { vector: [hour, day, miles, `o${origin}`, `d${destination}`], late: random() < chance };
  });
}
