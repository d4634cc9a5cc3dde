import type { ColumnStep } from "../../domain/lineage/lineage.ts";
import { type Facets, type RunEventType, runEventTypes } from "../../domain/lineage/lineage-run.ts";
import {
  datasetComponent,
  jobComponent,
  type NamedDataset,
  type OpenLineageEvent,
} from "../../domain/lineage/open-lineage.ts";
import { readInstant } from "../read-instant.ts";

/** An event that cannot be taken: where, and what was expected there. */
export interface EventIssue {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

type Fields = Readonly<Record<string, unknown>>;

const longestName = 480;
const mostDatasets = 5_000;
const mostColumns = 2_000;

class Unreadable extends Error {
  readonly issue: EventIssue;

  constructor(path: string, expected: string, found: unknown) {
    super(`${path}: expected ${expected}`);
    const text = found === undefined ? "nothing" : (JSON.stringify(found) ?? "nothing");
    this.issue = { path, expected, found: text.slice(0, 120) };
  }
}

/**
 * Reads a RunEvent, JobEvent or DatasetEvent of OpenLineage 2. Lenient where senders differ: `producer`, `schemaURL` and the
 * shape of a run id are not held against anybody; facets are taken as they come. Never throws.
 */
export function readOpenLineage(
  value: unknown,
):
  | { readonly kind: "event"; readonly event: OpenLineageEvent }
  | { readonly kind: "unreadable"; readonly issue: EventIssue } {
  try {
    return { kind: "event", event: readEvent(value) };
  } catch (thrown) {
    if (thrown instanceof Unreadable) return { kind: "unreadable", issue: thrown.issue };
    throw thrown;
  }
}

function readEvent(value: unknown): OpenLineageEvent {
  const event = fieldsAt(value, "");
  const at = timeAt(event.eventTime, "eventTime");
  if (event.run === undefined && event.job === undefined)
    return { kind: "dataset", at, dataset: datasetAt(event.dataset, "dataset") };
  const job = fieldsAt(event.job, "job");
  const named = {
    name: jobComponent(textAt(job.namespace, "job.namespace"), textAt(job.name, "job.name")),
    facets: facetsAt(job.facets, "job.facets"),
  };
  const inputs = datasetsAt(event.inputs, "inputs");
  const outputs = datasetsAt(event.outputs, "outputs");
  if (event.run === undefined) return { kind: "job", at, job: named, inputs, outputs };
  const run = fieldsAt(event.run, "run");
  const type = event.eventType === undefined ? "OTHER" : event.eventType;
  if (!runEventTypes.includes(type as RunEventType))
    throw new Unreadable("eventType", `one of ${runEventTypes.join(", ")}`, type);
  return {
    kind: "run",
    at,
    type: type as RunEventType,
    run: textAt(run.runId, "run.runId"),
    runFacets: facetsAt(run.facets, "run.facets"),
    job: named,
    inputs,
    outputs,
  };
}

function fieldsAt(value: unknown, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Unreadable(path, "an object", value);
  return value as Fields;
}

/** Names become keys of a database, which keeps neither NUL nor halves of surrogate pairs. */
function textAt(value: unknown, path: string): string {
  const isName = typeof value === "string" && value.trim() !== "" && value.length <= longestName;
  if (!isName || value.includes("\0") || /\p{Surrogate}/u.test(value))
    throw new Unreadable(path, `text of 1 to ${longestName} characters`, value);
  return value;
}

function timeAt(value: unknown, path: string): number {
  // Some clients write microseconds and nanoseconds; an instant here has milliseconds.
  const text = typeof value === "string" ? value.replace(/(\.\d{3})\d+/, "$1") : "";
  const at = readInstant(text);
  if (at === undefined) throw new Unreadable(path, "an ISO 8601 instant with zone", value);
  return at;
}

function facetsAt(value: unknown, path: string): Facets {
  return value === undefined || value === null ? {} : fieldsAt(value, path);
}

function datasetsAt(value: unknown, path: string): readonly NamedDataset[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > mostDatasets)
    throw new Unreadable(path, `a list of at most ${mostDatasets} datasets`, value);
  return value.map((one, index) => datasetAt(one, `${path}[${index}]`));
}

function datasetAt(value: unknown, path: string): NamedDataset {
  const dataset = fieldsAt(value, path);
  const facets = {
    ...facetsAt(dataset.facets, `${path}.facets`),
    ...facetsAt(dataset.inputFacets, `${path}.inputFacets`),
    ...facetsAt(dataset.outputFacets, `${path}.outputFacets`),
  };
  const version = (facets.version as Fields | undefined | null)?.datasetVersion;
  return {
    name: datasetComponent(textAt(dataset.namespace, `${path}.namespace`), textAt(dataset.name, `${path}.name`)),
    version: typeof version === "string" ? version.slice(0, longestName) : undefined,
    facets,
    columns: columnsOf(facets.columnLineage),
  };
}

/** The columnLineage facet; a part of it that has another shape is passed over, the facet itself is kept. */
function columnsOf(facet: unknown): readonly ColumnStep[] {
  const fields = (facet as { readonly fields?: unknown } | undefined | null)?.fields;
  if (typeof fields !== "object" || fields === null) return [];
  const steps = Object.entries(fields).flatMap(([to, made]) => {
    const inputs = (made as { readonly inputFields?: unknown } | null)?.inputFields;
    return Array.isArray(inputs) ? inputs.flatMap((input: unknown) => columnStep(input, to)) : [];
  });
  return steps.slice(0, mostColumns);
}

function columnStep(input: unknown, to: string): readonly ColumnStep[] {
  const { namespace, name, field } = (input ?? {}) as Fields;
  if (typeof namespace !== "string" || typeof name !== "string" || typeof field !== "string") return [];
  return [{ of: datasetComponent(namespace, name), from: field, to }];
}
