import { z } from "zod";
import { delivery } from "./channel.ts";
import { diagnosis } from "./diagnosis.ts";
import { instant, resourceName } from "./name.ts";
import { finding } from "./sensing.ts";

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

const valueCount = z.object({ value: z.string(), rows: z.int() });

export const blastRadius = z.object({
  from: instant.describe("Event time since which answers were counted"),
  rows: z.int().describe("Answers given in the slice since then"),
  callers: z.array(valueCount),
  cohorts: z.array(valueCount),
  segments: z.array(valueCount.extend({ segment: z.string() })),
  downstream: z
    .array(z.object({ component: z.string(), steps: z.int() }))
    .describe("What lineage says is made from it"),
});

export const incidentDetail = incidentSummary.extend({
  blastRadius: blastRadius.nullable().describe("null: there is no baseline to tell the slice by"),
  actions: z
    .array(z.object({ at: instant, text: z.string(), actor: z.string().nullable() }))
    .describe("What was done about it: releases that went live or back since it opened, and what people did"),
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
