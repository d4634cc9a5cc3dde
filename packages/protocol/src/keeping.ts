import { z } from "zod";
import { instant } from "./name.ts";

export const erasureRequest = z.strictObject({
  entity: z.string().min(1).max(1_000).describe("Id of the subject, as it stands in the field the system declares"),
});

/** What one erasure took away. The id itself is kept nowhere. */
export const erasure = z.object({
  at: instant,
  subject: z.string().describe("Keyed hash of the subject's id"),
  actor: z.string(),
  predictions: z.int(),
  outcomes: z.int(),
  references: z.int().describe("Rows of frozen baselines"),
  quarantined: z.int().describe("Quarantined rows that held the id, and halves of inferences that waited"),
  datasets: z.array(z.object({ dataset: z.string(), rows: z.int() })),
});
export type Erasure = z.infer<typeof erasure>;

export const retention = z.object({
  rule: z
    .object({ age: z.string().nullable(), bytes: z.int().nullable() })
    .nullable()
    .describe("null: rows are kept for ever"),
  kept: z.object({
    predictions: z.int(),
    bytes: z.int().describe("On disk, of the predictions' table"),
    oldestReceivedAt: instant.nullable(),
  }),
  dropped: z.array(
    z.object({
      at: instant,
      receivedBefore: instant,
      reason: z.enum(["age", "bytes"]),
      predictions: z.int(),
      outcomes: z.int(),
      windows: z.int().describe("Windows closed for good: their counts stay"),
    }),
  ),
});
export type Retention = z.infer<typeof retention>;

export const backupRequest = z.strictObject({
  directory: z
    .string()
    .min(1)
    .max(4_000)
    .describe("Absolute path on the server's machine; it must not exist yet, or be empty"),
});
