import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckedExpression } from "../../packages/homeostat/src/domain/engine/expression.ts";
import { dayMs } from "../../packages/homeostat/src/domain/instant.ts";
import type { FieldType } from "../../packages/homeostat/src/domain/pipeline/pipeline.ts";
import type { System } from "../../packages/homeostat/src/domain/system/system.ts";
import { createFeatureComputer } from "../../packages/homeostat/src/engine/compute-features.ts";
import { startEngine } from "../../packages/homeostat/src/engine/supervise-engine.ts";
import { createForestRuntime } from "../../packages/homeostat/src/runtime/forest-runtime.ts";
import { openControlStore } from "../../packages/homeostat/src/store/control/open-control-store.ts";
import { createCellStore } from "../../packages/homeostat/src/store/data/cell-store.ts";
import { openDataClient } from "../../packages/homeostat/src/store/data/data-client.ts";
import { createEventStore } from "../../packages/homeostat/src/store/data/event-store.ts";
import { createProfileStore } from "../../packages/homeostat/src/store/data/profile-store.ts";
import { createRowFacts } from "../../packages/homeostat/src/store/data/row-facts.ts";
import { createRowSampler } from "../../packages/homeostat/src/store/data/row-sampler.ts";
import { ensureSharedTables } from "../../packages/homeostat/src/store/data/shared-table.ts";
import { createSliceStore } from "../../packages/homeostat/src/store/data/slice-store.ts";
import { subjectHashOf } from "../../packages/homeostat/src/store/data/subject-hash.ts";
import { createVerdictStore } from "../../packages/homeostat/src/store/data/verdict-store.ts";
import type { ProofData } from "./datasets.ts";

const expression = (text: string): CheckedExpression => text as CheckedExpression;

/** A monitor-only system that watches a set: every field is a feature, `device` is a segment beside those of the set. */
export function proofSystem(data: ProofData, name: string): System {
  const field = (input: string, type: FieldType) => ({ name: input, type, physicalName: input, required: false });
  const categories = [...data.categories, "device"];
  return {
    name,
    description: "",
    domain: "tabular",
    serving: "monitor-only",
    task: { type: "binary-classification", threshold: 0.5 },
    source: { component: "source:feed", contractId: "feed", contractVersion: "1", outcomeColumns: [] },
    pipeline: {
      version: `pl-${name}`,
      inputs: [...data.numbers.map((one) => field(one, "number")), ...categories.map((one) => field(one, "string"))],
      features: [
        ...data.numbers.map((one) => ({
          name: one,
          type: "number" as const,
          expression: expression(one),
          reads: [one],
        })),
        ...data.categories.map((one) => ({
          name: one,
          type: "category" as const,
          expression: expression(one),
          reads: [one],
        })),
      ],
    },
    outcome: { name: "outcome", expression: expression("1"), maturityMs: 0 },
    segments: [...data.segments, "device"].map((one) => ({ name: one, expression: expression(one), top: 20 })),
    windows: { lengthMs: dayMs, latenessMs: 0, season: "none" },
    fallback: [],
    owners: {
      "training-pipeline": "team",
      serving: "team",
      "upstream-data": "team",
      "production-performance": "team",
      business: "team",
    },
    notify: [],
    unchecked: [],
  };
}

/** The rooms that sense and judge, in this process, over the real engine and the real control store. */
export async function openRooms() {
  const directory = await mkdtemp(join(tmpdir(), "homeostat-proof-"));
  const engine = await startEngine({
    dataPath: join(directory, "engine"),
    memoryLimitBytes: 1_500_000_000,
    fileRoots: [directory],
  });
  const client = openDataClient(engine.address);
  const control = await openControlStore({ directory: join(directory, "control"), onEvent: () => undefined });
  await ensureSharedTables(client);
  let now = Date.parse("2026-06-01T00:00:00Z");
  const clock = { now: () => now++ };
  const door = { pathOf: (name: string) => join(directory, name), files: client, reaches: "the-store" as const };
  const features = createFeatureComputer(engine.expressions);
  return {
    ...control,
    clock,
    /** Lets time go by. */
    pass: (ms: number) => {
      now += ms;
    },
    events: createEventStore(client, clock, door, subjectHashOf("0123456789abcdef0123456789abcdef")),
    profiles: createProfileStore(client),
    cells: createCellStore(client),
    sampler: createRowSampler(client),
    facts: createRowFacts(client),
    verdicts: createVerdictStore(client),
    slices: createSliceStore(client),
    runtime: createForestRuntime(directory),
    features,
    runs: undefined,
    close: async () => {
      await Promise.all([features.close(), client.close(), control.close()]);
      await engine.stop(5_000);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export type Rooms = Awaited<ReturnType<typeof openRooms>>;
