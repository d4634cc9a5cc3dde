import { z } from "zod";
import { instant } from "./name.ts";

export const componentName = z
  .string()
  .max(1_000)
  .regex(/^[a-z][a-z-]*:\S.*$/u, "must be a kind, a colon and a name, e.g. source:airline-feed")
  .describe("`source:airline-feed`, `dataset:ds-…`, `model:m-…`, `release:flight-delay/flight-delay-3`, …");

export const lineageQuery = z.object({
  node: componentName,
  direction: z.enum(["up", "down", "both"]).default("both").describe("Upstream: what it is made from"),
  depth: z.coerce.number().int().min(1).max(50).default(20).describe("Most steps from the node"),
  at: instant.optional().describe("Edges as they held then; now, when absent"),
});

export const columnStep = z.object({
  of: componentName.describe("The component that has `from`"),
  from: z.string().max(500),
  to: z.string().max(500),
});

export const lineageNode = z.object({
  name: z.string(),
  kind: z.string(),
  title: z.string().nullable(),
  version: z.string().nullable(),
  distance: z.int().describe("Steps from the node asked about: negative upstream, positive downstream"),
  facts: z
    .record(z.string(), z.unknown())
    .describe("What was said of it: OpenLineage facets as they came, own figures"),
});
export type LineageNode = z.infer<typeof lineageNode>;

export const lineageEdge = z.object({
  from: z.string(),
  to: z.string().describe("Made from `from`"),
  columns: z.array(columnStep),
  by: z.string().describe("The act that told it"),
  run: z.string().nullable(),
  since: instant,
  until: instant.nullable(),
});
export type LineageEdge = z.infer<typeof lineageEdge>;

export const lineageGraph = z.object({
  root: z.string(),
  nodes: z.array(lineageNode),
  edges: z.array(lineageEdge),
  more: z.boolean().describe("Whether more stands beyond the depth or the limit of 1,000 components"),
});
export type LineageGraph = z.infer<typeof lineageGraph>;

/** An edge told by hand, e.g. that a table of the warehouse is what a source delivers. */
export const lineageLink = z.strictObject({
  from: componentName,
  to: componentName,
  columns: z.array(columnStep).max(1_000).optional(),
});

/** An event of OpenLineage 2 as its sender makes it: RunEvent, JobEvent or DatasetEvent; what is read of it is in docs/lineage.md. */
export const openLineageEvent = z.looseObject({});

const ownFacets = z.record(z.string(), z.looseObject({ _producer: z.url(), _schemaURL: z.url() }));
const ownDataset = z.strictObject({ namespace: z.string().min(1), name: z.string().min(1), facets: ownFacets });

/** A RunEvent of OpenLineage 2-0-2 as Homeostat makes it: what the specification asks for, and nothing beside it. */
export const ownLineageEvent = z.strictObject({
  eventType: z.enum(["START", "COMPLETE"]),
  eventTime: instant,
  producer: z.url(),
  schemaURL: z.url(),
  run: z.strictObject({ runId: z.uuid(), facets: ownFacets }),
  job: z.strictObject({ namespace: z.string().min(1), name: z.string().min(1), facets: ownFacets }),
  inputs: z.array(ownDataset),
  outputs: z.array(ownDataset),
});

export const openLineageReceipt = z.object({ recorded: z.literal(true) });

export const openLineageBatchReceipt = z.object({
  status: z.enum(["success", "partial_success", "failure"]),
  summary: z.object({
    received: z.int(),
    successful: z.int(),
    failed: z.int(),
    retriable: z.int(),
    non_retriable: z.int(),
  }),
  failed_events: z.array(z.object({ index: z.int().describe("From 0"), reason: z.string(), retriable: z.boolean() })),
});

export const lineageRun = z.object({
  id: z.string(),
  job: z.string(),
  state: z.enum(["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  facets: z.record(z.string(), z.unknown()).describe("Of all its events together"),
});

export const lineageNames = z.object({ items: z.array(z.string()) });
