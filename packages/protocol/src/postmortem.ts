import { z } from "zod";
import { instant, resourceName } from "./name.ts";

const makeKind = z.enum(["monitor", "rule", "action", "gate"]);

export const postmortemAction = z.object({
  id: z.string().describe("`A1`, as it stands in the text"),
  owner: z.string(),
  text: z.string(),
  done: z.boolean(),
  make: makeKind.nullable().describe("What it may become in one step"),
  made: z
    .object({ words: z.string(), at: instant, by: z.string(), appliedAt: instant.nullable() })
    .nullable()
    .describe("The declaration that was written for it; applied when a later apply brought it"),
});
export type PostmortemAction = z.infer<typeof postmortemAction>;

export const postmortemSummary = z.object({
  incident: z.int(),
  system: z.string(),
  version: z.int(),
  state: z.enum(["draft", "published"]),
  title: z.string(),
  at: instant,
  by: z.string(),
  openActions: z.int(),
});
export type PostmortemSummary = z.infer<typeof postmortemSummary>;

export const postmortem = postmortemSummary.extend({
  markdown: z.string(),
  html: z.string().describe("The same as HTML, without anything that a browser runs or loads"),
  actions: z.array(postmortemAction),
  versions: z.array(z.object({ version: z.int(), state: z.enum(["draft", "published"]), at: instant, by: z.string() })),
});
export type Postmortem = z.infer<typeof postmortem>;

export const postmortemDraft = z.strictObject({
  again: z.boolean().default(false).describe("Draft a new version although there is one; the older ones are kept"),
});

export const postmortemEdit = z.strictObject({
  markdown: z.string().min(1).max(200_000),
  basedOn: z.int().min(1).describe("The version that was edited; refused when there is a newer one"),
});

export const makeRequest = z.strictObject({
  make: makeKind,
  field: z.string().min(1).max(200).optional().describe("The contract field of a rule; without it the finding's"),
});

export const madeDeclaration = z.object({
  system: resourceName,
  document: z.enum(["System", "DataContract"]),
  place: z.array(z.string()).describe("Keys from the top of the document; an item of a list by its name"),
  value: z.record(z.string(), z.unknown()).describe("To add at the end of the list at the place"),
  yaml: z.string().describe("The same as text"),
  words: z.string(),
});
export type MadeDeclaration = z.infer<typeof madeDeclaration>;

export const similarIncident = z.object({
  incident: z.int(),
  system: z.string(),
  title: z.string(),
  state: z.enum(["open", "acknowledged", "resolved"]),
  since: instant,
  score: z.number().describe("For likeness the share of what is known that both have, 0 to 1; for a text BM25"),
  shared: z.array(z.string()),
  cause: z.string().nullable().describe("What people or the diagnosis said it was"),
  postmortem: z.enum(["draft", "published"]).nullable(),
});
export type SimilarIncident = z.infer<typeof similarIncident>;
