import type { Instant } from "../instant.ts";
import type { ColumnStep, ComponentName, LineageRecord } from "./lineage.ts";
import type { Facets, LineageRun, RunEventType } from "./lineage-run.ts";

/** The namespace under which Homeostat tells others of its own components. */
export const ownNamespace = "homeostat";

/** A dataset that an event names. */
export interface NamedDataset {
  readonly name: ComponentName;
  readonly version: string | undefined;
  readonly facets: Facets;
  /** How its columns are made, where the event says. */
  readonly columns: readonly ColumnStep[];
}

/** An event of OpenLineage 2, read: of a run, of a job as designed, or of a dataset alone. */
export type OpenLineageEvent =
  | {
      readonly kind: "run";
      readonly at: Instant;
      readonly type: RunEventType;
      readonly run: string;
      readonly runFacets: Facets;
      readonly job: { readonly name: ComponentName; readonly facets: Facets };
      readonly inputs: readonly NamedDataset[];
      readonly outputs: readonly NamedDataset[];
    }
  | {
      readonly kind: "job";
      readonly at: Instant;
      readonly job: { readonly name: ComponentName; readonly facets: Facets };
      readonly inputs: readonly NamedDataset[];
      readonly outputs: readonly NamedDataset[];
    }
  | { readonly kind: "dataset"; readonly at: Instant; readonly dataset: NamedDataset };

const terminal: ReadonlySet<RunEventType> = new Set(["COMPLETE", "ABORT", "FAIL"]);

/** `homeostat` and `model/m-1` are our `model:m-1`; everything else is somebody's dataset. */
export function datasetComponent(namespace: string, name: string): ComponentName {
  const own = namespace === ownNamespace ? /^([a-z]+)\/(.+)$/s.exec(name) : null;
  return own === null ? `dataset:${namespace}/${name}` : `${own[1]}:${own[2]}`;
}

export function jobComponent(namespace: string, name: string): ComponentName {
  return `job:${namespace}/${name}`;
}

/** What an event tells of components: inputs go into the job, outputs are made by it. A run that failed made nothing. Pure. */
export function lineageOfEvent(event: OpenLineageEvent): LineageRecord {
  const told = { at: event.at, by: "openlineage" };
  if (event.kind === "dataset") return { ...told, nodes: [nodeOf(event.dataset)], edges: [] };
  const { job, inputs, outputs } = event;
  const nodes = [{ name: job.name, facts: job.facets }, ...[...inputs, ...outputs].map(nodeOf)];
  const failed = event.kind === "run" && (event.type === "FAIL" || event.type === "ABORT");
  const edges = failed
    ? []
    : [
        ...inputs.map((input) => ({ from: input.name, to: job.name })),
        ...outputs.map((output) => ({
          from: job.name,
          to: output.name,
          ...(output.columns.length === 0 ? {} : { columns: output.columns }),
        })),
      ];
  return { ...told, ...(event.kind === "run" ? { run: event.run } : {}), nodes, edges };
}

function nodeOf({ name, version, facets }: NamedDataset): LineageRecord["nodes"][number] {
  return { name, version, facts: facets };
}

/**
 * A run with one more event: facets accumulate, of two with one name the newer event's counts; a state that ends a run is not
 * taken back by an event that comes late. Taking the same event again changes nothing. Pure.
 */
export function runWith(run: LineageRun | undefined, event: Extract<OpenLineageEvent, { kind: "run" }>): LineageRun {
  const { at, type, runFacets } = event;
  const started = type === "START" ? at : undefined;
  const ended = terminal.has(type) ? at : undefined;
  if (run === undefined)
    return {
      id: event.run,
      job: event.job.name,
      state: type,
      startedAt: started,
      endedAt: ended,
      toldAt: at,
      ...facetsWith({ facets: {}, facetsToldAt: {} }, at, runFacets),
    };
  const isNewer = at >= run.toldAt;
  const stays = terminal.has(run.state) && !(ended !== undefined && isNewer);
  return {
    ...run,
    state: stays || (!isNewer && ended === undefined) ? run.state : type,
    startedAt: started ?? run.startedAt,
    endedAt: stays ? run.endedAt : (ended ?? run.endedAt),
    toldAt: Math.max(run.toldAt, at),
    ...facetsWith(run, at, runFacets),
  };
}

function facetsWith(
  { facets, facetsToldAt }: Pick<LineageRun, "facets" | "facetsToldAt">,
  at: Instant,
  told: Facets,
): Pick<LineageRun, "facets" | "facetsToldAt"> {
  // A facet may be called `constructor`: what an object has by nature was told by nobody.
  const known = new Map(Object.entries(facetsToldAt));
  const newer = Object.entries(told).filter(([name]) => at >= (known.get(name) ?? Number.NEGATIVE_INFINITY));
  const times = newer.map(([name]) => [name, at] as const);
  return {
    facets: { ...facets, ...Object.fromEntries(newer) },
    facetsToldAt: { ...facetsToldAt, ...Object.fromEntries(times) },
  };
}
