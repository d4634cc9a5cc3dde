import type { Baseline } from "../../packages/homeostat/src/domain/baseline/baseline.ts";
import type { SliceCondition } from "../../packages/homeostat/src/domain/baseline/slice-store.ts";
import type { Incident } from "../../packages/homeostat/src/domain/incident/incident.ts";
import { dayMs, hourMs } from "../../packages/homeostat/src/domain/instant.ts";
import { declaredLineage } from "../../packages/homeostat/src/domain/lineage/own-lineage.ts";
import { outcomeLine, predictionLine } from "../../packages/homeostat/src/domain/prediction/prediction.ts";
import type { System } from "../../packages/homeostat/src/domain/system/system.ts";
import { diagnoseIncident } from "../../packages/homeostat/src/service/judge/diagnose-incident.ts";
import { judgeWindow } from "../../packages/homeostat/src/service/judge/judge-window.ts";
import { freezeReceived } from "../../packages/homeostat/src/service/learn/freeze-received.ts";
import { createSenses } from "../../packages/homeostat/src/service/sense/evaluate-due-windows.ts";
import { binOf } from "../../packages/homeostat/src/stats/histogram/bin-of.ts";
import type { ProofData, ProofInputs } from "./datasets.ts";
import { fitScorer, type Scorer } from "./logistic.ts";
import { proofSystem, type Rooms } from "./rooms.ts";
import { devices, firstLive, policies, referenceDays, type Scenario, type SentRow } from "./scenario.ts";

/** What came of one story. */
export interface ProofResult {
  readonly opened: number;
  /** Place of the first slice that holds the hurt rows, from 1; undefined: none of them does. */
  readonly sliceRank: number | undefined;
  /** Place of the true change among the suspects, or of "none of them" where it was not logged. */
  readonly causeRank: number | undefined;
  readonly named: string | undefined;
  readonly said: string;
  readonly slices: readonly string[];
  readonly suspects: readonly string[];
  /** How many hours the dated beginning lies after the true one. */
  readonly hoursLate: number | undefined;
  /** What was said for and against the true change. */
  readonly ofTruth: string | undefined;
}

const scorers = new Map<string, Scorer>();

/** Sends a story through the rooms that sense and judge, and compares the diagnosis with what happened. */
export async function proveOne(rooms: Rooms, data: ProofData, scenario: Scenario, name: string): Promise<ProofResult> {
  const system = proofSystem(data, name);
  await sendRows(rooms, data, system, scenario.rows);
  await recordLineage(rooms, data, system);
  for (const change of scenario.changes)
    await rooms.changes.record({ ...change, id: `${name}-${change.id}`, system: system.name });
  const order = { release: "r1", from: firstLive - referenceDays * dayMs, to: firstLive, actor: "proof" };
  const frozen = await freezeReceived(rooms, system, order, async () => undefined);
  if (frozen.kind === "refused") throw new Error(frozen.message);
  await judgeAll(rooms, system);
  const incidents = await rooms.incidents.list({ system: system.name });
  const [incident] = incidents;
  if (incident === undefined) return nothingSaid;
  const outcome = await diagnoseIncident(rooms, system, incident.number);
  if (outcome.kind === "refused") throw new Error(outcome.reason);
  return judged(outcome.incident, incidents.length, frozen.baseline, scenario, name);
}

const nothingSaid: ProofResult = {
  opened: 0,
  sliceRank: undefined,
  causeRank: undefined,
  named: undefined,
  said: "",
  slices: [],
  suspects: [],
  hoursLate: undefined,
  ofTruth: undefined,
};

async function sendRows(rooms: Rooms, data: ProofData, system: System, rows: readonly SentRow[]): Promise<void> {
  const score = scorers.get(data.name) ?? fitScorer(data.rows, data.numbers, data.categories);
  scorers.set(data.name, score);
  await sendAnswered(
    rooms,
    system,
    rows.map((row) => ({ ...row, probability: score(row.inputs) })),
    firstLive,
  );
}

/** Rows with the answers that a model gave, and their outcomes; windows from `liveFrom` on are to be evaluated. */
export async function sendAnswered(
  rooms: Rooms,
  system: System,
  rows: readonly (Pick<SentRow, "time" | "inputs" | "outcome"> & { readonly probability: number })[],
  liveFrom: number,
): Promise<void> {
  await rooms.events.ensureTables(system);
  const receivedAt = rooms.clock.now();
  const encoder = new TextEncoder();
  const lines = rows.map((row, index) =>
    predictionLine({
      id: `${system.name}-${index}`,
      time: row.time,
      receivedAt,
      release: "r1",
      model: "",
      pipeline: "",
      servedBy: "elsewhere",
      environment: "test",
      cohort: "",
      caller: "proof",
      latencyMs: undefined,
      output: { kind: "probability", probability: row.probability },
      inputs: row.inputs,
      vector: undefined,
    }),
  );
  const outcomes = rows.map(({ time, outcome }, index) =>
    outcomeLine({
      predictionId: `${system.name}-${index}`,
      time,
      receivedAt,
      kind: "label",
      name: "",
      unit: "",
      value: outcome,
    }),
  );
  const { touched } = await rooms.events.storePredictions(system, [encoder.encode(`${lines.join("\n")}\n`)]);
  await rooms.events.storeOutcomes(system, [encoder.encode(`${outcomes.join("\n")}\n`)]);
  await rooms.windows.touch(
    system.name,
    touched.filter((start) => start >= liveFrom),
    dayMs,
  );
}

async function recordLineage(rooms: Rooms, data: ProofData, system: System): Promise<void> {
  const inputs = [...data.numbers, ...data.categories];
  await rooms.lineage.record(declaredLineage(system, 0));
  await rooms.lineage.record({
    at: 0,
    by: "hand",
    nodes: [
      ...inputs.flatMap((input) => [{ name: `dataset:raw/${input}` }, { name: `job:etl/${input}` }]),
      ...devices.map((device) => ({ name: `device:${device.replace(" ", "-")}` })),
      ...policies.map((policy) => ({ name: policy })),
      { name: "library:codec" },
      { name: "library:runtime" },
    ],
    edges: [
      ...inputs.flatMap((input) => [
        { from: `dataset:raw/${input}`, to: `job:etl/${input}` },
        {
          from: `job:etl/${input}`,
          to: "source:feed",
          columns: [{ of: `dataset:raw/${input}`, from: input, to: input }],
        },
      ]),
      ...devices.map((device) => ({ from: `device:${device.replace(" ", "-")}`, to: "source:feed" })),
      ...policies.map((policy) => ({ from: policy, to: `system:${system.name}` })),
      { from: "library:codec", to: "source:feed" },
      { from: "library:runtime", to: `pipeline:${system.pipeline.version}` },
    ],
  });
}

/** Evaluates every window in its order and judges what it found, as the jobs of the server do. */
async function judgeAll(rooms: Rooms, system: System): Promise<void> {
  const senses = createSenses(rooms);
  const jobs = { ...rooms.jobs, send: async () => "not sent" };
  rooms.pass(60_000);
  for (let round = 0; round < 3; round++) {
    const evaluated = await senses.evaluateDue(system, async ({ window, findings }) => {
      await judgeWindow({ ...rooms, jobs }, system, window, findings);
    });
    if (evaluated === 0) return;
    rooms.pass(60_000);
  }
}

/** Rows that slice and harm share, of those that either has: from here on it is the same slice. */
const sameRows = 0.6;

function judged(incident: Incident, opened: number, baseline: Baseline, scenario: Scenario, name: string): ProofResult {
  const { diagnosis } = incident;
  const slices = diagnosis?.slices ?? [];
  const after = scenario.rows.filter(({ time }) => time >= scenario.onset);
  const sliceRank = slices.findIndex(({ conditions }) => overlap(after, conditions, baseline) >= sameRows);
  const suspects = diagnosis?.suspects ?? [];
  const truth = scenario.truth === undefined ? undefined : `${name}-${scenario.truth}`;
  const causeRank = suspects.findIndex(({ change }) => change?.id === truth);
  return {
    opened,
    sliceRank: sliceRank < 0 ? undefined : sliceRank + 1,
    causeRank: causeRank < 0 ? undefined : causeRank + 1,
    named: diagnosis?.namedCause?.change?.id,
    said: diagnosis?.sentence ?? "",
    slices: slices.slice(0, 4).map(({ words }) => words),
    suspects: suspects
      .slice(0, 4)
      .map(
        ({ change, posterior, why }) =>
          `${change?.id ?? "none"} ${change?.kind ?? ""} ${change?.component ?? ""} ${posterior.toFixed(2)} [${why.join("; ")}]`,
      ),
    hoursLate: diagnosis?.onset === undefined ? undefined : (diagnosis.onset - scenario.onset) / hourMs,
    ofTruth: suspects[causeRank]?.why.join("; "),
  };
}

/** Rows in both of those in either: the slice as it is said against the rows that were hurt. */
function overlap(rows: readonly SentRow[], conditions: readonly SliceCondition[], baseline: Baseline): number {
  let both = 0;
  let either = 0;
  for (const row of rows) {
    const inside = conditions.every((condition) => holds(condition, row, baseline));
    if (inside && row.hurt) both += 1;
    if (inside || row.hurt) either += 1;
  }
  return either === 0 ? 0 : both / either;
}

function holds({ dimension, values }: SliceCondition, { whole, time }: SentRow, baseline: Baseline): boolean {
  const value = (whole as ProofInputs)[dimension.name];
  switch (dimension.kind) {
    case "segment":
      return values.includes(String(value));
    case "feature": {
      const binning = baseline.features.find(({ name }) => name === dimension.name)?.binning;
      return binning !== undefined && values.includes(String(binOf(binning, value)));
    }
    case "time":
      return values.includes(
        dimension.name === "hour"
          ? String(Math.floor(new Date(time).getUTCHours() / 3))
          : String(((new Date(time).getUTCDay() + 6) % 7) + 1),
      );
    case "channel":
      return false;
  }
}
