import { z } from "zod";
import { instant } from "./name.ts";

/** The text of one contract, as it stands in git. */
export const contractBody = z.strictObject({
  path: z.string().min(1).max(500).default("contract.odcs.yaml").describe("Shown in what is wrong with it"),
  text: z.string().max(1_000_000),
  allowBreaking: z.boolean().default(false).describe("Register it even if it breaks systems that read the source"),
});

export const contractChange = z.object({
  kind: z.enum(["field-added", "field-removed", "field-changed", "rule-added", "rule-removed", "rule-changed"]),
  field: z.string().nullable(),
  what: z.string(),
  breaking: z.boolean(),
  consumers: z.array(z.string()).describe("Systems that it breaks"),
});
export type SourceChange = z.infer<typeof contractChange>;

const ruleSeverity = z.enum(["error", "warning", "info"]);

export const sourceSummary = z.object({
  id: z.string(),
  component: z.string().describe("`source:<id>`"),
  version: z.string(),
  status: z.string(),
  since: instant,
  fields: z.int(),
  rules: z.int(),
  unchecked: z.int(),
  consumers: z.array(z.string()).describe("Systems that read the source"),
});
export type SourceSummary = z.infer<typeof sourceSummary>;

export const sourceDetail = z.object({
  source: sourceSummary,
  fields: z.array(z.object({ name: z.string(), column: z.string(), type: z.string(), required: z.boolean() })),
  rules: z.array(z.object({ id: z.string(), field: z.string().nullable(), words: z.string(), severity: ruleSeverity })),
  unchecked: z.array(z.string()).describe("What is declared and not enforced"),
  versions: z.array(
    z.object({
      version: z.string(),
      digest: z.string(),
      since: instant,
      by: z.string(),
      breaking: z.boolean().describe("It broke a system that read the source"),
      changes: z
        .array(contractChange)
        .describe("From the version before, with the systems that read the source now; none of the first version"),
    }),
  ),
});
export type SourceDetail = z.infer<typeof sourceDetail>;

export const sourceAdded = z.object({
  source: sourceSummary,
  added: z.boolean().describe("false: this version was registered already"),
  changes: z.array(contractChange),
});

export const ruleResult = z.object({
  rule: z.string(),
  field: z.string().nullable(),
  words: z.string(),
  severity: ruleSeverity,
  state: z.enum(["passed", "failed", "not-checked"]),
  grade: z.enum(["none", "info", "warning", "critical"]),
  reason: z.string().nullable().describe("Why it was not checked"),
  rows: z.int(),
  counted: z.number().nullable(),
  share: z.number().nullable(),
  values: z.array(z.object({ value: z.string(), count: z.int() })).describe("Offending values, most frequent first"),
  examples: z.array(z.string()).describe("Ids of rows that break it"),
});

export const sourceHealth = z.object({
  rows: z.int(),
  freshnessMs: z.number().nullable().describe("Age of the newest event when it was received"),
  delayMs: z.number().nullable().describe("From event to receipt, the median"),
  processingMs: z.number().nullable().describe("From receipt to being stored, 95 % of the rows"),
  completeness: z
    .number()
    .nullable()
    .describe("Share of the rows that break no rule; null where none was held to rules"),
  nulls: z.array(z.object({ field: z.string(), share: z.number() })),
});

export const contractWindow = z.object({
  system: z.string(),
  start: instant,
  end: instant,
  contractVersion: z.string(),
  health: sourceHealth,
  results: z.array(ruleResult).describe("Worst first"),
});
export type SourceWindow = z.infer<typeof contractWindow>;

const sourceBatch = z.object({
  system: z.string(),
  at: instant.describe("When its rows were stored"),
  rows: z.int(),
  freshnessMs: z.number(),
  processingMs: z.number().describe("From the first receipt to being stored"),
  completeness: z
    .number()
    .nullable()
    .describe("Share of the rows that break no rule; null where none was held to rules"),
});
export type SourceBatch = z.infer<typeof sourceBatch>;

export const sourceWindows = z.object({
  items: z.array(contractWindow),
  batches: z.array(sourceBatch),
  unchecked: z.array(z.string()),
});
export type SourceWindows = z.infer<typeof sourceWindows>;
