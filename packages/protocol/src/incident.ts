import { z } from "zod";
import { delivery } from "./channel.ts";
import { change } from "./event.ts";
import { instant, resourceName } from "./name.ts";
import { driftCell, finding, performanceCell, segmentRef } from "./sensing.ts";

export const incidentSummary = z.object({
  number: z.int(),
  system: z.string(),
  state: z.enum(["open", "acknowledged", "resolved"]),
  severity: z.enum(["warning", "critical"]),
  layer: z.enum(["infrastructure", "pipeline", "model", "outcome"]),
  title: z.string(),
  owner: z.string(),
  openedAt: instant,
  since: instant.describe("Event time at which the trouble began, as far as the data show"),
  detectedAtEventTime: instant.describe("End of the window whose evaluation opened it"),
  acknowledgedBy: z.string().nullable(),
  resolvedAt: instant.nullable(),
  findings: z.int(),
  falseAlarm: z.string().nullable().describe("Why somebody marked it as a false alarm; null: nobody did"),
});
export type IncidentSummary = z.infer<typeof incidentSummary>;

export const sliceEvidence = z.object({
  segment: segmentRef,
  values: z.array(z.string()).describe("Segment values that belong to the slice"),
  rows: z.int(),
  share: z.number(),
  auc: z.number().nullable(),
  baselineAuc: z.number().nullable(),
  globalAuc: z.number().nullable(),
  globalBaselineAuc: z.number().nullable(),
  globalPsi: z.number().nullable().describe("The same feature over all rows"),
  slicePsi: z.number().nullable(),
});

export const diagnosisStep = z.object({
  step: z.int().min(1).max(7),
  title: z.string(),
  status: z.enum(["done", "not-enough-data", "waiting-for-labels", "not-checked"]),
  verdict: z.string(),
  tookMs: z.number(),
});

export const suspect = z.object({
  change: change.nullable().describe("null: none of the logged changes"),
  posterior: z.number(),
  why: z.array(z.string()),
});

export const diagnosis = z.object({
  completedAt: instant,
  tookMs: z.number(),
  sentence: z.string(),
  steps: z.array(diagnosisStep),
  slice: sliceEvidence.nullable(),
  otherSlices: z.array(sliceEvidence),
  features: z.array(driftCell).describe("Every feature on the slice, most moved first"),
  performance: z.array(performanceCell).describe("Slice and global, window by window"),
  suspects: z.array(suspect),
  namedCause: suspect.nullable().describe("Only when its posterior earns it"),
});
export type Diagnosis = z.infer<typeof diagnosis>;

export const timelineEntry = z.object({
  at: instant,
  kind: z.string(),
  text: z.string(),
  actor: z.string().nullable(),
});

export const linkedCause = z.object({
  component: z.string(),
  change: z.string().nullable().describe("Id in the change log; null: a change that nobody logged"),
  title: z.string(),
  note: z.string(),
  by: z.string(),
  at: instant,
});

export const incidentDetail = incidentSummary.extend({
  linkedCause: linkedCause.nullable().describe("What a person found out to be the cause"),
  evidence: z.array(finding),
  diagnosis: diagnosis.nullable(),
  timeline: z.array(timelineEntry),
  notifications: z.array(delivery).describe("Oldest first"),
});
export type IncidentDetail = z.infer<typeof incidentDetail>;

export const incidentAct = z.strictObject({ note: z.string().max(2_000).optional() });

const note = z.string().max(2_000);

export const incidentNote = z.strictObject({ text: note.min(1) });

export const incidentAssignment = z.strictObject({
  owner: resourceName.describe("The name of a declared owner"),
  note: note.optional(),
});

export const falseAlarmMark = z.strictObject({ reason: note.min(3).describe("Why nothing was wrong") });

export const causeLink = z.strictObject({
  change: z.string().max(200).optional().describe("Id of a logged change"),
  component: z.string().min(1).max(300).optional().describe("The component, where nobody logged the change"),
  note: note.optional().describe("What happened"),
});
