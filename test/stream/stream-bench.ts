import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckedExpression } from "../../packages/homeostat/src/domain/engine/expression.ts";
import type { Finding } from "../../packages/homeostat/src/domain/finding/finding.ts";
import { isoOf, minuteMs } from "../../packages/homeostat/src/domain/instant.ts";
import type { WindowVerdict } from "../../packages/homeostat/src/domain/monitor/verdict.ts";
import {
  outcomeLine,
  type PredictionOutput,
  predictionLine,
} from "../../packages/homeostat/src/domain/prediction/prediction.ts";
import type { System } from "../../packages/homeostat/src/domain/system/system.ts";
import type { WindowRecord } from "../../packages/homeostat/src/domain/window/window.ts";
import { startEngine } from "../../packages/homeostat/src/engine/supervise-engine.ts";
import { freezeReceived } from "../../packages/homeostat/src/service/learn/freeze-received.ts";
import { createSenses } from "../../packages/homeostat/src/service/sense/evaluate-due-windows.ts";
import { sampleShop } from "../../packages/homeostat/src/store/conformance/data-sample.ts";
import { openControlStore } from "../../packages/homeostat/src/store/control/open-control-store.ts";
import { createCellStore } from "../../packages/homeostat/src/store/data/cell-store.ts";
import { openDataClient } from "../../packages/homeostat/src/store/data/data-client.ts";
import { createEventStore } from "../../packages/homeostat/src/store/data/event-store.ts";
import { createProfileStore } from "../../packages/homeostat/src/store/data/profile-store.ts";
import { createRowFacts } from "../../packages/homeostat/src/store/data/row-facts.ts";
import { createRowSampler } from "../../packages/homeostat/src/store/data/row-sampler.ts";
import { ensureSharedTables } from "../../packages/homeostat/src/store/data/shared-table.ts";
import { subjectHashOf } from "../../packages/homeostat/src/store/data/subject-hash.ts";
import { createVerdictStore } from "../../packages/homeostat/src/store/data/verdict-store.ts";

type Value = number | string | null;

/** A row of a stream with the answer of its model and what turned out. */
export interface StreamRow {
  readonly time: number;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly output: PredictionOutput;
  readonly label: boolean | number | string;
}

export interface Stream {
  readonly name: string;
  readonly task: System["task"];
  readonly windows: System["windows"];
  /** Numbers and categories among the inputs; every one is a feature too. */
  readonly numbers: readonly string[];
  readonly categories: readonly string[];
  /** Inputs that are segments. */
  readonly segments: readonly string[];
  /** Rows before this instant are the baseline. */
  readonly liveFrom: number;
  readonly rows: readonly StreamRow[];
  readonly maturityMs: number;
}

/** What the product said of a stream: every live window, its findings, and the verdicts of any kind. */
export interface Watched {
  readonly windows: readonly WindowRecord[];
  readonly findings: readonly Finding[];
  verdicts(kind: Finding["monitor"], segment?: "*"): Promise<readonly WindowVerdict[]>;
}

export interface StreamBench {
  watch(stream: Stream): Promise<Watched>;
  close(): Promise<void>;
}

const blockRows = 5_000;

/** The product's own rooms in this process: data engine, both stores, freezing and sensing. No server, no waiting. */
export async function openStreamBench(): Promise<StreamBench> {
  const directory = await mkdtemp(join(tmpdir(), "homeostat-streams-"));
  const engine = await startEngine({
    dataPath: join(directory, "engine"),
    memoryLimitBytes: 1_500_000_000,
    fileRoots: [directory],
  });
  const client = openDataClient(engine.address);
  const control = await openControlStore({ directory: join(directory, "control"), onEvent: () => undefined });
  await ensureSharedTables(client);
  // the rows are their own clock: time stands a window after the last of them, so that no window stays open or comes up empty
  let now = Date.UTC(2000, 0, 1);
  const clock = { now: () => now };
  const noFiles = { pathOf: (file: string) => file, reaches: "the-file-only", files: client } as const;
  const events = createEventStore(client, clock, noFiles, subjectHashOf("0".repeat(32)));
  const profiles = createProfileStore(client);
  const verdicts = createVerdictStore(client);
  const senses = createSenses({
    ...control,
    events,
    profiles,
    verdicts,
    cells: createCellStore(client),
    sampler: createRowSampler(client),
    facts: createRowFacts(client),
    // nothing is recomputed: the rows bring what their model saw
    features: { compute: async () => [] },
    clock,
  });
  const encoder = new TextEncoder();

  async function store(system: System, rows: readonly (StreamRow & { readonly id: string })[]): Promise<void> {
    for (let first = 0; first < rows.length; first += blockRows) {
      const block = rows.slice(first, first + blockRows);
      const predictions = block.map((row) => predictionLine(predictionOf(system, row)));
      const outcomes = block.map(({ id, time, label }) =>
        outcomeLine({ predictionId: id, time, receivedAt: time, kind: "label", name: "", unit: "", value: label }),
      );
      const stored = await events.storePredictions(system, [encoder.encode(`${predictions.join("\n")}\n`)]);
      await events.storeOutcomes(system, [encoder.encode(`${outcomes.join("\n")}\n`)]);
      await control.windows.touch(system.name, stored.touched, system.windows.lengthMs);
    }
  }

  return {
    watch: async (stream) => {
      const system = systemOf(stream);
      now = (stream.rows.at(-1)?.time ?? 0) + stream.windows.lengthMs;
      const rows = stream.rows.map((row, index) => ({ ...row, id: `row-${index}` }));
      await events.ensureTables(system);
      const before = rows.filter(({ time }) => time < stream.liveFrom);
      await store(system, before);
      const range = { from: before[0]?.time ?? 0, to: stream.liveFrom };
      const frozen = await freezeReceived(
        { ...control, profiles, runs: undefined, clock },
        system,
        { release: "theirs", ...range, actor: "test" },
        async () => undefined,
      );
      if (frozen.kind !== "live") throw new Error(frozen.message);
      const old = await control.windows.list(system.name, { to: stream.liveFrom });
      await control.windows.retire(
        system.name,
        old.map(({ start }) => start),
        clock.now(),
      );
      await store(
        system,
        rows.filter(({ time }) => time >= stream.liveFrom),
      );
      const findings: Finding[] = [];
      await senses.evaluateDue(system, async (evaluated) => void findings.push(...evaluated.findings));
      const windows = await control.windows.list(system.name, { from: stream.liveFrom });
      return {
        windows,
        findings,
        verdicts: (monitor, segment) =>
          verdicts.list({ system: system.name, release: "theirs", monitor, segment, windows }),
      };
    },
    close: async () => {
      await Promise.all([client.close(), control.close()]);
      await engine.stop(5_000);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const sql = (text: string): CheckedExpression => text as CheckedExpression;

function systemOf(stream: Stream): System {
  const names = [...stream.numbers, ...stream.categories];
  const typeOf = (name: string) => (stream.numbers.includes(name) ? ("number" as const) : ("string" as const));
  return sampleShop(stream.name, {
    serving: "monitor-only",
    task: stream.task,
    windows: stream.windows,
    pipeline: {
      version: "pl-1",
      inputs: names.map((name) => ({ name, type: typeOf(name), physicalName: name, required: false })),
      features: names.map((name) => ({
        name,
        type: stream.numbers.includes(name) ? "number" : "category",
        expression: sql(name),
      })),
    },
    outcome: { name: "label", expression: sql("label"), maturityMs: stream.maturityMs },
    segments: stream.segments.map((name) => ({ name, expression: sql(`toString(${name})`), top: 20 })),
  });
}

function predictionOf(system: System, row: StreamRow & { readonly id: string }) {
  return {
    id: row.id,
    time: row.time,
    receivedAt: row.time + minuteMs,
    release: "theirs",
    model: "",
    pipeline: system.pipeline.version,
    servedBy: "release" as const,
    environment: "production",
    cohort: "",
    caller: "stream",
    latencyMs: undefined,
    output: row.output,
    inputs: row.inputs,
    vector: undefined,
  };
}

/** `2012-10-29`, for tables. */
export const dayOf = (time: number): string => isoOf(time).slice(0, 10);
