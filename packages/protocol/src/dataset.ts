import { z } from "zod";
import { instant } from "./name.ts";

export const datasetName = z.string().regex(/^ds-[0-9a-f]{64}$/);

export const dataset = z.object({
  digest: z.string().describe("`ds-` and 64 hex digits: SHA-256 over schema and sorted rows in canonical text"),
  rows: z.int().describe("Rows as the dataset was made, erased ones included"),
  erasedRows: z.int().describe("Rows that were erased on request since then"),
  kind: z.enum(["files", "predictions"]),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  createdAt: instant,
  createdBy: z.string().describe("Empty where a release before this noted nobody"),
});
export type Dataset = z.infer<typeof dataset>;

const columnStatistics = z.object({
  name: z.string(),
  kind: z.enum(["boolean", "integer", "unsigned", "number", "text", "date", "timestamp", "timestamp-ns"]),
  nulls: z.int(),
  distinct: z.int().describe("Estimated beyond some thousands"),
  min: z.string().nullable(),
  max: z.string().nullable(),
  quantiles: z.array(z.number()).nullable().describe("At 5, 25, 50, 75 and 95 %; numbers only"),
  top: z
    .array(z.object({ value: z.string(), rows: z.int() }))
    .nullable()
    .describe("The most frequent values; texts and truth values only"),
});

const origin = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("files"),
    files: z
      .array(z.object({ name: z.string(), sha256: z.string(), bytes: z.int() }))
      .describe("Empty where a release before this noted none"),
  }),
  z.object({
    kind: z.literal("predictions"),
    since: instant,
    until: instant,
    where: z.string().nullable(),
    labelledOnly: z.boolean(),
    receivedUntil: instant.describe("What was received later is not in the dataset"),
    watermark: instant.nullable().describe("Newest event time that was known"),
  }),
]);

/** A dataset with all that its manifest says. */
export const datasetDetail = dataset.extend({
  origin,
  leftOut: z.int().describe("Rows of subjects already erased that the source still had"),
  parts: z.array(z.object({ rows: z.int(), bytes: z.int(), digest: z.string() })),
  statistics: z.array(columnStatistics),
  erasures: z.array(
    z.object({
      at: instant,
      subject: z.string().describe("Keyed hash of the subject's id"),
      part: z.int(),
      positions: z.array(z.int()),
      before: z.string().describe("Digest of the part before"),
      after: z.string(),
    }),
  ),
});
export type DatasetDetail = z.infer<typeof datasetDetail>;

export const upload = z.object({ upload: z.string(), bytes: z.int() });

/** What to make a dataset of: uploads, or what was received. */
export const datasetRequest = z.union([
  z.strictObject({
    uploads: z
      .array(
        z.strictObject({
          upload: z.string().regex(/^[0-9a-f]{32}$/),
          files: z
            .array(
              z.strictObject({
                name: z.string().min(1).max(500).describe("What the owner calls the file"),
                sha256: z
                  .string()
                  .regex(/^[0-9a-f]{64}$/)
                  .describe("Of the owner's own file"),
                bytes: z.int().min(0),
              }),
            )
            .min(1)
            .max(10_000)
            .describe("The owner's files whose rows the upload holds"),
        }),
      )
      .min(1)
      .max(1_000),
  }),
  z.strictObject({
    predictions: z.strictObject({
      since: instant.describe("First event time"),
      until: instant.describe("End of event time, exclusive"),
      where: z.string().min(1).max(2_000).optional().describe("A boolean SQL expression over the contract's fields"),
      labelledOnly: z.boolean().default(false).describe("Only predictions whose outcome was received"),
      receivedUntil: instant
        .optional()
        .describe("Leave out what was received later (now): the same cut-off gives the same dataset later too"),
    }),
  }),
]);
export type DatasetRequest = z.infer<typeof datasetRequest>;

/** Result of a `verify` job. */
export const datasetCheck = z.object({
  dataset: z.string(),
  state: z.enum(["ok", "erased", "missing", "corrupt"]),
  erasedRows: z.int(),
  manifest: z.enum(["ok", "missing", "corrupt"]),
  parts: z.array(
    z.discriminatedUnion("state", [
      z.object({ state: z.literal("ok"), part: z.int() }),
      z.object({ state: z.literal("missing"), part: z.int() }),
      z.object({ state: z.literal("corrupt"), part: z.int(), reason: z.string() }),
      z.object({ state: z.literal("erased"), part: z.int(), rows: z.int() }),
    ]),
  ),
  source: z.discriminatedUnion("state", [
    z.object({ state: z.literal("same") }),
    z.object({ state: z.literal("missing"), reason: z.string() }),
    z.object({ state: z.literal("not-checked"), reason: z.string() }),
  ]),
});
export type DatasetCheck = z.infer<typeof datasetCheck>;

export const exportFormats = ["parquet", "csv", "ndjson", "arrow"] as const;
export type ExportFormat = (typeof exportFormats)[number];
