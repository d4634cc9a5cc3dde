import { z } from "zod";
import { instant } from "./name.ts";

const stream = z.enum(["predictions", "outcomes"]).describe("Which stream the row was meant for");
const reason = z
  .enum(["not-json", "shape", "engine", "unpaired"])
  .describe(
    "`not-json`: its text is none; `shape`: a field is missing, of the wrong type or out of range; `engine`: the data engine refuses it; `unpaired`: half of a logged inference",
  );
const state = z.enum(["open", "replayed", "discarded"]);

/** A row that was sent and could not be stored. */
export const quarantineSummary = z.object({
  id: z.string().describe("Follows from the row: the same row sent again is the same entry"),
  state,
  stream,
  form: z.enum(["row", "line"]).describe("`row`: as it was sent; `line`: as the spool held it"),
  reason,
  path: z.string(),
  expected: z.string(),
  found: z.string(),
  receivedAt: instant,
  caller: z.string(),
  fixed: z.boolean().describe("Somebody has edited the payload"),
  changedAt: instant.nullable(),
  changedBy: z.string(),
  payloadBytes: z.int(),
  preview: z.string().describe("The first 200 characters of the payload"),
});
export type QuarantineSummary = z.infer<typeof quarantineSummary>;

export const quarantineEntry = quarantineSummary.extend({
  payload: z.string().describe("The text of the row, byte for byte; empty once replayed or discarded"),
});
export type QuarantineEntry = z.infer<typeof quarantineEntry>;

const filter = {
  stream: stream.optional(),
  reason: reason.optional(),
  text: z.string().min(1).max(200).optional().describe("Found anywhere in payload, path, expectation or finding"),
  from: instant.optional().describe("Received at or after"),
  to: instant.optional().describe("Received before"),
};

export const quarantineFilter = z.object({
  ...filter,
  state: state.optional().describe("`open` when absent"),
  limit: z.coerce.number().int().min(1).max(1_000).optional().describe("100 when absent"),
});

export const quarantineList = z.object({
  items: z.array(quarantineSummary).describe("Newest first"),
  counts: z.object({ open: z.int(), replayed: z.int(), discarded: z.int() }).describe("Of the whole system"),
});
export type QuarantineList = z.infer<typeof quarantineList>;

/** Which open entries an act is about: those with these ids, or all that the filter finds. */
export const quarantineSelection = z.strictObject({
  ...filter,
  ids: z.array(z.string().max(100)).min(1).max(1_000).optional(),
  limit: z.int().min(1).max(1_000).optional().describe("1,000 when absent"),
});
export type QuarantineSelection = z.infer<typeof quarantineSelection>;

/** Another payload, or changes to the one that is there. */
export const quarantineFix = z.strictObject({
  payload: z.string().min(1).max(1_000_000).optional(),
  set: z
    .array(z.strictObject({ path: z.string().min(1).max(200), json: z.string().min(1).max(100_000) }))
    .max(100)
    .optional()
    .describe("`{ path: 'inputs.amount', json: '12.5' }`: the value as JSON text, so that no digit is lost"),
  unset: z.array(z.string().min(1).max(200)).max(100).optional().describe("Paths to take out"),
});
export type QuarantineFix = z.infer<typeof quarantineFix>;

export const quarantineFixed = z.object({
  entry: quarantineEntry,
  stillWrong: z
    .object({ path: z.string(), expected: z.string(), found: z.string() })
    .nullable()
    .describe("What replaying would meet now; null when nothing is known to be wrong"),
});
export type QuarantineFixed = z.infer<typeof quarantineFixed>;

export const quarantineReplayed = z.object({
  replayed: z.int().describe("Rows that are durable now"),
  refused: z
    .array(z.object({ id: z.string(), path: z.string(), expected: z.string(), found: z.string() }))
    .describe("At most the first 100"),
  refusedCount: z.int(),
  alreadyClosed: z.int().describe("Entries asked for by id that were replayed or discarded before"),
});
export type QuarantineReplayed = z.infer<typeof quarantineReplayed>;
