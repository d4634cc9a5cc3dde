import { z } from "zod";
import { fieldName, resourceName } from "./name.ts";
import { finding } from "./sensing.ts";

/** Every kind of monitor by its name. */
export const monitorKind = finding.shape.monitor;

const segmentChoice = z
  .string()
  .regex(
    /^(all|[a-z][a-z0-9_]{0,62}(=[\s\S]{1,200})?)$/,
    "must be `all`, a segment (`origin`) or one of its values (`origin=LAX`)",
  )
  .describe("`all` rows, every value of a segment (`origin`), or one value (`origin=LAX`)");

/** One entry of `monitors` in `system.yaml`. */
export const monitorDeclaration = z.strictObject({
  name: resourceName.describe(
    "Unique in the system. The name of a kind (`input-drift`) changes the default monitor of that kind; any other name adds a monitor",
  ),
  kind: monitorKind.optional().describe("What it asks; the default monitor's own where the name is a kind"),
  enabled: z.boolean().default(true).describe("`false` switches it off; the coverage map then says so"),
  metric: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("One of the kind's metrics; those of the default monitor if absent"),
  segments: z.array(segmentChoice).min(1).max(100).optional().describe("All rows and every segment if absent"),
  features: z.array(fieldName).min(1).max(500).optional().describe("Every feature if absent"),
  threshold: z.number().gt(0).optional().describe("From which effect on it matters, in the metric's own unit"),
  persistence: z.int().min(1).max(30).optional().describe("Windows running in which it must be real and matter"),
  severity: z.enum(["warning", "critical"]).optional().describe("`warning` is shown, `critical` opens an incident"),
  owner: resourceName.optional().describe("Whom it is told to; the owner of the kind's area if absent"),
  runbook: z.string().min(1).max(2_000).optional().describe("Address or words: what does the owner do?"),
  window: z
    .unknown()
    .refine(
      (value) => value === undefined,
      "nothing: a monitor asks about the system's own windows, declare `windows.length`; sliding windows and windows by count do not exist",
    )
    .optional(),
});
export type MonitorDeclaration = z.infer<typeof monitorDeclaration>;
