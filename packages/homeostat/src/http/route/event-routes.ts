import { createHash } from "node:crypto";
import { type BatchReceipt, changeEvent, pathTextOf, schemaIssuesOf } from "@homeostat/protocol";
import type { Change } from "../../domain/change/change.ts";
import type { QuarantineStream } from "../../domain/quarantine/quarantine.ts";
import type { System } from "../../domain/system/system.ts";
import { takeOutcomes, takePredictions, takeRefused } from "../../service/intake/take-rows.ts";
import { type CloudEvent, type EventIssue, readCloudEvents } from "../cloud-event.ts";
import { editJson } from "../edit-json.ts";
import { type Call, type Handlers, refused } from "../handler.ts";
import { type RowReading, readOutcomeRows, readPredictionRows } from "../read-rows.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";
import { outcomesOf, predictionsOf } from "./intake-routes.ts";
import { isInferenceEvent, pairInferences } from "./pair-inferences.ts";
import { noteClock, quarantinedOf } from "./take-batch.ts";

const mostNamed = 100;

type Refused = BatchReceipt["refused"][number];

/** The text of a row, and the number of the event that it came in, from 1. */
interface RowOfEvent {
  readonly number: number;
  readonly text: string;
}

interface Sorted {
  readonly predictions: RowOfEvent[];
  readonly outcomes: RowOfEvent[];
  readonly changes: { readonly number: number; readonly change: Change }[];
  readonly refused: Refused[];
  /** Ids of inferences whose halves have become rows. */
  readonly paired: string[];
  /** Halves that wait for the other one: durable, and no row yet. */
  waiting: number;
}

/** CloudEvents of our own types, each what a row of the other addresses is. */
export function eventHandlers(house: House): Pick<Handlers, "sendEvents"> {
  return {
    sendEvents: async (call) => {
      const found = await findSystem(house, call.path.system);
      if (found.kind === "refused") return found;
      const { system } = found;
      const reading = readCloudEvents(call.body);
      if (reading.kind === "refused") return reading;
      if (reading.events.length === 0) return refused("malformed-body", "The batch holds no events.");
      const sorted: Sorted = { predictions: [], outcomes: [], changes: [], refused: [], paired: [], waiting: 0 };
      for (const [index, event] of reading.events.entries()) {
        const issue =
          event.kind === "wrong" ? event.issue : await sort(house, sorted, index + 1, event.event, system, call);
        if (issue !== undefined) sorted.refused.push({ row: index + 1, ...issue });
      }
      return await takeSorted(house, call, system, sorted);
    },
  };
}

/** Puts an event where it belongs; what is wrong when it belongs nowhere. */
async function sort(
  house: House,
  sorted: Sorted,
  number: number,
  event: CloudEvent,
  system: System,
  call: Call<"sendEvents">,
): Promise<EventIssue | undefined> {
  if (isInferenceEvent(event)) {
    const paired = await pairInferences(house, system, event, call);
    if ("expected" in paired) return paired;
    sorted.waiting += paired.rows.length === 0 ? 1 : 0;
    for (const text of paired.rows) sorted.predictions.push({ number, text });
    sorted.paired.push(...paired.done);
    return undefined;
  }
  switch (event.type) {
    case "io.homeostat.prediction":
      if (system.serving !== "monitor-only")
        return { path: "type", expected: "no prediction: the gateway logs its own", found: event.type };
      sorted.predictions.push({ number, text: completed(event, { id: event.id, time: event.time }) });
      return undefined;
    case "io.homeostat.outcome":
      sorted.outcomes.push({ number, text: completed(event, { predictionId: event.subject, time: event.time }) });
      return undefined;
    case "io.homeostat.change": {
      const change = changeOf(event, system, call);
      if ("expected" in change) return change;
      sorted.changes.push({ number, change });
      return undefined;
    }
    default:
      return {
        path: "type",
        expected:
          "io.homeostat.prediction, .outcome or .change, or org.kubeflow.serving.inference.request or .response",
        found: event.type.slice(0, 80),
      };
  }
}

/** The data of an event, with what its attributes say where the data do not. */
function completed(event: CloudEvent, attributes: Readonly<Record<string, string | undefined>>): string {
  let text = event.data;
  const keys = text.startsWith("{") ? Object.keys(JSON.parse(text) as object) : undefined;
  for (const [path, value] of Object.entries(attributes)) {
    if (keys === undefined || value === undefined || keys.includes(path)) continue;
    const result = editJson(text, { path, json: JSON.stringify(value) });
    if (result.kind === "edited") text = result.text;
  }
  return text;
}

/** The same event sent again is the same change: its id follows from source and id, which together name an event. */
function changeOf(event: CloudEvent, system: System, call: Call<"sendEvents">): Change | EventIssue {
  const value: unknown = JSON.parse(completed(event, { time: event.time, system: system.name }));
  const parsed = changeEvent.safeParse(value);
  if (!parsed.success) {
    const [issue] = schemaIssuesOf(parsed.error, value);
    return { path: pathTextOf(issue?.path ?? []), expected: issue?.expected ?? "a change", found: issue?.found ?? "" };
  }
  const { data } = parsed;
  if (data.system !== system.name)
    return { path: "system", expected: `${system.name}, whose address this is`, found: data.system ?? "nothing" };
  const digest = createHash("sha256").update(`${event.source}\n${event.id}`).digest("hex").slice(0, 32);
  return {
    id: data.id ?? `ce-${digest}`,
    component: data.component,
    kind: data.kind,
    title: data.title,
    time: Date.parse(data.time),
    recordedAt: call.receivedAt,
    actor: data.actor ?? call.caller.name,
    system: data.system,
  };
}

async function takeSorted(house: House, call: Call<"sendEvents">, system: System, sorted: Sorted) {
  const { receivedAt } = call;
  const predictions = readAll(sorted.predictions, (body) =>
    readPredictionRows(body, system.pipeline.inputs, system.task, receivedAt, system.pipeline.features),
  );
  const outcomes = readAll(sorted.outcomes, (body) => readOutcomeRows(body, system.task, receivedAt));
  const isKept = call.query.quarantine !== "false";
  const kept = (stream: QuarantineStream, reading: typeof predictions | typeof outcomes) =>
    isKept ? quarantinedOf(call, stream, reading?.rejected ?? []) : [];
  const refusedRows = [...kept("predictions", predictions), ...kept("outcomes", outcomes)];
  noteClock(house, call, Math.max(predictions?.newestTime ?? -1, outcomes?.newestTime ?? -1));
  const predictionRows = predictions?.kind === "read" ? predictions.rows : [];
  const outcomeRows = outcomes?.kind === "read" ? outcomes.rows : [];
  await Promise.all([
    takePredictions(house, system, predictionsOf(house, predictionRows, call)),
    takeOutcomes(house, system, outcomesOf(outcomeRows, call)),
    takeRefused(house, system.name, refusedRows),
    ...sorted.changes.map(({ change }) => house.changes.record(change)),
  ]);
  // Only now: should the server be killed in between, the halves are there to be paired again, and the row is the same.
  await house.halves.remove(system.name, sorted.paired);
  const numbered = (rows: readonly RowOfEvent[], reading: typeof predictions | typeof outcomes): Refused[] =>
    (reading?.rejected ?? []).map(({ row, path, expected, found }) => ({
      ...{ row: rows[row - 1]?.number ?? row, path: path === "" ? "data" : `data.${path}`, expected, found },
    }));
  const all = [
    ...sorted.refused,
    ...numbered(sorted.predictions, predictions),
    ...numbered(sorted.outcomes, outcomes),
  ].sort((left, right) => left.row - right.row);
  const accepted = predictionRows.length + outcomeRows.length + sorted.changes.length + sorted.waiting;
  const named = all.slice(0, mostNamed);
  if (accepted === 0)
    return refused(
      "malformed-body",
      `None of ${all.length} events is as expected; the first: expected ${all[0]?.expected} at ${all[0]?.path}, found ${all[0]?.found}.`,
      {
        issues: named.map(({ row, path, expected, found }) => ({
          path: `events[${row - 1}].${path}`,
          expected,
          found,
        })),
      },
    );
  return {
    kind: "ok" as const,
    value: { accepted, refused: named, refusedCount: all.length, quarantined: refusedRows.length },
  };
}

/** Rows that are each known to be JSON, through the door of rows; undefined when there are none. */
function readAll<Row>(
  rows: readonly RowOfEvent[],
  read: (body: { readonly mediaType: "application/json"; readonly bytes: Uint8Array }) => RowReading<Row>,
): RowReading<Row> | undefined {
  if (rows.length === 0) return undefined;
  return read({
    mediaType: "application/json",
    bytes: Buffer.from(`{"rows":[${rows.map(({ text }) => text).join(",")}]}`),
  });
}
