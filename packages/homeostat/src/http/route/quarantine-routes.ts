import type { QuarantineSelection, QuarantineSummary } from "@homeostat/protocol";
import { type Instant, isoOf } from "../../domain/instant.ts";
import type { QuarantineEntry, QuarantineQuery } from "../../domain/quarantine/quarantine.ts";
import type { System } from "../../domain/system/system.ts";
import { takeLines, takeOutcomes, takePredictions } from "../../service/intake/take-rows.ts";
import { editJson } from "../edit-json.ts";
import { type Handlers, type Refusal, refused } from "../handler.ts";
import type { OutcomeRow } from "../outcome-shape.ts";
import { readJson } from "../read-json.ts";
import { type RowReading, readOutcomeRows, readPredictionRows } from "../read-rows.ts";
import type { RowIssue } from "../row-check.ts";
import type { PredictionRow } from "../row-shape.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";
import { outcomesOf, predictionsOf } from "./intake-routes.ts";

type QuarantineRoutes =
  | "quarantine"
  | "quarantineEntry"
  | "fixQuarantined"
  | "replayQuarantined"
  | "discardQuarantined";

const usualLimit = 100;
const mostAtOnce = 1_000;
const mostNamed = 100;
const previewLength = 200;

/** Rows that could not be stored: looked at, put right, sent again, given up. */
export function quarantineHandlers(house: House): Pick<Handlers, QuarantineRoutes> {
  return {
    quarantine: async ({ path, query }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { state = "open", limit = usualLimit } = query;
      const [entries, counts] = await Promise.all([
        house.quarantine.list(path.system, { ...queryOf(query), state, limit }),
        house.quarantine.counts(path.system),
      ]);
      const { open, replayed, discarded } = counts;
      return { kind: "ok", value: { items: entries.map(summaryOf), counts: { open, replayed, discarded } } };
    },
    quarantineEntry: async ({ path }) => {
      const found = await findEntry(house, path.system, path.entry);
      if (found.kind === "refused") return found;
      return { kind: "ok", value: { ...summaryOf(found.entry), payload: found.entry.payload } };
    },
    fixQuarantined: async ({ path, body, caller, receivedAt }) => {
      const found = await findEntry(house, path.system, path.entry);
      if (found.kind === "refused") return found;
      const { entry, system } = found;
      if (entry.state !== "open")
        return refused("not-possible-now", `${entry.id} is ${entry.state}: there is nothing left of it to edit.`);
      const payload = editedPayload(entry.payload, body);
      if (typeof payload === "object") return payload;
      const stillWrong = issueOf(read(system, { ...entry, payload }, receivedAt));
      const fixed: QuarantineEntry = {
        ...entry,
        ...(stillWrong ?? {}),
        payload,
        fixed: true,
        changedAt: receivedAt,
        changedBy: caller.name,
      };
      await house.quarantine.update(path.system, [fixed]);
      return { kind: "ok", value: { entry: { ...summaryOf(fixed), payload }, stillWrong: stillWrong ?? null } };
    },
    replayQuarantined: async ({ path, body, caller, receivedAt }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { open, alreadyClosed } = await selected(house, path.system, body);
      const readings = open.map((entry) => ({ entry, reading: read(found.system, entry, receivedAt) }));
      await takeAll(house, found.system, readings, { caller, receivedAt });
      const by = { changedAt: receivedAt, changedBy: caller.name };
      const changed = readings.map(({ entry, reading }): QuarantineEntry => {
        const issue = issueOf(reading);
        return issue === undefined ? { ...entry, ...by, state: "replayed", payload: "" } : { ...entry, ...issue };
      });
      await house.quarantine.update(path.system, changed);
      const still = changed.filter((entry) => entry.state === "open");
      const named = still
        .slice(0, mostNamed)
        .map(({ id, path: at, expected, found }) => ({ id, path: at, expected, found }));
      return {
        kind: "ok",
        value: { replayed: changed.length - still.length, refused: named, refusedCount: still.length, alreadyClosed },
      };
    },
    discardQuarantined: async ({ path, body, caller, receivedAt }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const { open, alreadyClosed } = await selected(house, path.system, body);
      await house.quarantine.update(
        path.system,
        open.map((entry) => ({
          ...entry,
          state: "discarded",
          payload: "",
          changedAt: receivedAt,
          changedBy: caller.name,
        })),
      );
      return { kind: "ok", value: { discarded: open.length, alreadyClosed } };
    },
  };
}

type Read =
  | { readonly kind: "prediction"; readonly row: PredictionRow }
  | { readonly kind: "outcome"; readonly row: OutcomeRow }
  | { readonly kind: "line"; readonly line: string }
  | { readonly kind: "wrong"; readonly issue: RowIssue };

/** What the door says of an entry's payload today. */
function read(system: System, entry: QuarantineEntry, now: Instant): Read {
  if (entry.form === "line") return readLine(entry.payload);
  const bytes = Buffer.from(`{"rows":[${entry.payload}\n]}`);
  const body = { mediaType: "application/json", bytes } as const;
  if (entry.stream === "outcomes") return oneRow(readOutcomeRows(body, system.task, now), "outcome");
  return oneRow(
    readPredictionRows(body, system.pipeline.inputs, system.task, now, system.pipeline.features),
    "prediction",
  );
}

function oneRow(reading: RowReading<PredictionRow | OutcomeRow>, kind: "prediction" | "outcome"): Read {
  const [wrong] = reading.rejected ?? [];
  if (wrong !== undefined) {
    const { path, expected, found } = wrong;
    return { kind: "wrong", issue: { path, expected, found } };
  }
  if (reading.kind === "refused")
    return { kind: "wrong", issue: { path: "", expected: "one JSON object", found: reading.detail.slice(0, 200) } };
  const [row] = reading.rows;
  if (row === undefined || reading.rows.length > 1)
    return { kind: "wrong", issue: { path: "", expected: "one row", found: `${reading.rows.length} rows` } };
  return { kind, row } as Read;
}

function readLine(payload: string): Read {
  const reading = readJson(payload, "any");
  const isObject = reading.kind === "read" && typeof reading.value === "object" && reading.value !== null;
  return isObject && !Array.isArray(reading.value) && !payload.includes("\n")
    ? { kind: "line", line: payload }
    : { kind: "wrong", issue: { path: "", expected: "one JSON object on one line", found: payload.slice(0, 80) } };
}

const issueOf = (reading: Read): RowIssue | undefined => (reading.kind === "wrong" ? reading.issue : undefined);

async function takeAll(
  house: House,
  system: System,
  readings: readonly { readonly entry: QuarantineEntry; readonly reading: Read }[],
  arrival: { readonly caller: { readonly name: string }; readonly receivedAt: Instant },
): Promise<void> {
  const predictions: PredictionRow[] = [];
  const outcomes: OutcomeRow[] = [];
  const lines: Record<QuarantineEntry["stream"], string[]> = { predictions: [], outcomes: [] };
  for (const { entry, reading } of readings) {
    if (reading.kind === "prediction") predictions.push(reading.row);
    if (reading.kind === "outcome") outcomes.push(reading.row);
    if (reading.kind === "line") lines[entry.stream].push(reading.line);
  }
  await Promise.all([
    takePredictions(house, system, predictionsOf(house, predictions, arrival)),
    takeOutcomes(house, system, outcomesOf(outcomes, arrival)),
    takeLines(house, `predictions:${system.name}`, lines.predictions),
    takeLines(house, `outcomes:${system.name}`, lines.outcomes),
  ]);
}

function editedPayload(
  payload: string,
  fix: {
    readonly payload?: string | undefined;
    readonly set?: readonly { readonly path: string; readonly json: string }[] | undefined;
    readonly unset?: readonly string[] | undefined;
  },
): string | Refusal {
  let text = fix.payload ?? payload;
  const edits = [...(fix.set ?? []), ...(fix.unset ?? []).map((path) => ({ path, json: undefined }))];
  if (fix.payload === undefined && edits.length === 0)
    return refused("malformed-body", "Give a new payload, or places to set or unset.");
  for (const edit of edits) {
    const result = editJson(text, edit);
    if (result.kind === "refused") {
      const { path, expected, found } = result;
      return refused("malformed-body", `The edit of ${path} is not possible: expected ${expected}, found ${found}.`, {
        issues: [{ path, expected, found }],
      });
    }
    text = result.text;
  }
  return text;
}

async function selected(
  house: House,
  system: string,
  selection: QuarantineSelection,
): Promise<{ readonly open: readonly QuarantineEntry[]; readonly alreadyClosed: number }> {
  const limit = selection.limit ?? mostAtOnce;
  const query = { ...queryOf(selection), limit, ...(selection.ids === undefined ? {} : { ids: selection.ids }) };
  const entries = await house.quarantine.list(
    system,
    selection.ids === undefined ? { ...query, state: "open" } : query,
  );
  const open = entries.filter((entry) => entry.state === "open");
  return { open, alreadyClosed: entries.length - open.length };
}

function queryOf(
  filter: Pick<QuarantineSelection, "stream" | "reason" | "text" | "from" | "to">,
): Omit<QuarantineQuery, "limit"> {
  const { stream, reason, text, from, to } = filter;
  return {
    stream,
    reason,
    text,
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  };
}

async function findEntry(
  house: House,
  name: string,
  id: string,
): Promise<{ readonly kind: "found"; readonly entry: QuarantineEntry; readonly system: System } | Refusal> {
  const found = await findSystem(house, name);
  if (found.kind === "refused") return found;
  const [entry] = await house.quarantine.list(name, { ids: [id], limit: 1 });
  return entry === undefined
    ? refused("not-found", `The quarantine of ${name} holds no entry ${JSON.stringify(id.slice(0, 80))}.`)
    : { kind: "found", entry, system: found.system };
}

function summaryOf(entry: QuarantineEntry): QuarantineSummary {
  const { payload, receivedAt, changedAt, ...rest } = entry;
  return {
    ...rest,
    receivedAt: isoOf(receivedAt),
    changedAt: changedAt === undefined ? null : isoOf(changedAt),
    payloadBytes: Buffer.byteLength(payload),
    preview: [...payload.slice(0, previewLength * 2)].slice(0, previewLength).join(""),
  };
}
