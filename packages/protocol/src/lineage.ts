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

export const lineageNames = z.object({ items: z.array(z.string()) });
