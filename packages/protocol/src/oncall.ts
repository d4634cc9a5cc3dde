import { z } from "zod";
import { instant, resourceName } from "./name.ts";

const span = { from: instant, to: instant };

export const madeOverride = z.object({
  id: z.string(),
  schedule: z.string(),
  ...span,
  person: z.string(),
  instead: z.string().nullable(),
  reason: z.string(),
  by: z.string().describe("Who made it; `declared` where it stands in the schedule's document"),
  at: instant.nullable(),
  swap: z.string().nullable(),
});
export type OncallOverride = z.infer<typeof madeOverride>;

export const overrideRequest = z.strictObject({
  ...span,
  person: resourceName.describe("Who stands in"),
  instead: resourceName.optional().describe("Only for this person; for whoever is on call, when absent"),
  reason: z.string().max(500).default(""),
});

const half = z.strictObject({ person: resourceName, ...span });

export const swapRequest = z.strictObject({
  first: half.describe("Whose hours the second one takes"),
  second: half.describe("Whose hours the first one takes in return"),
  reason: z.string().max(500).default(""),
});

const layerAnswer = z.object({
  layer: z.string(),
  state: z.enum(["has-somebody", "not-begun", "ended", "outside-hours", "empty-turn"]),
  people: z.array(z.string()),
  turn: z.object({ number: z.int(), ...span }).nullable(),
});

/** Who is on call in one schedule at an instant, and why. */
export const onCallAnswer = z.object({
  schedule: z.string(),
  title: z.string(),
  zone: z.string(),
  at: instant,
  people: z.array(z.string()).describe("Empty: nobody"),
  why: z.string(),
  layers: z.array(layerAnswer).describe("A later one overrules an earlier one"),
  overrides: z.array(madeOverride).describe("Those that act at that instant"),
});
export type OnCallAnswer = z.infer<typeof onCallAnswer>;

export const shift = z.object({
  ...span,
  people: z.array(z.string()),
  source: z.object({ kind: z.enum(["layer", "override", "nobody"]), name: z.string() }),
});
export type OncallShift = z.infer<typeof shift>;

/** A schedule over a stretch of time. */
export const scheduleCalendar = z.object({
  name: z.string(),
  title: z.string(),
  zone: z.string(),
  ...span,
  shifts: z.array(shift).describe("Follow each other without holes"),
  gaps: z.array(z.object(span)).describe("Stretches in which nobody is on call"),
  covered: z.number().min(0).max(1),
  load: z.array(z.object({ person: z.string(), hours: z.number() })).describe("Longest first"),
  overrides: z.array(madeOverride),
});
export type ScheduleCalendar = z.infer<typeof scheduleCalendar>;

export const scheduleSummary = z.object({
  name: z.string(),
  title: z.string(),
  zone: z.string(),
  since: instant,
  layers: z.array(z.string()),
  onCall: z.array(z.string()).describe("Now; empty: nobody"),
  firstGap: z.object(span).nullable().describe("The first stretch without anybody in the next 52 weeks"),
  gaps: z.int().describe("Stretches without anybody in the next 52 weeks"),
});
export type ScheduleSummary = z.infer<typeof scheduleSummary>;

export const simulateRequest = z.strictObject({
  system: resourceName,
  area: z
    .enum(["training-pipeline", "serving", "upstream-data", "production-performance", "business"])
    .default("upstream-data"),
  severity: z.enum(["warning", "critical"]).default("critical"),
  labels: z
    .record(z.string().max(100), z.string().max(500))
    .default({})
    .describe("Further ones, e.g. `segment.origin` or `monitor`"),
  at: instant.optional().describe("Now, when absent"),
});

export const simulatedPage = z.object({
  at: instant,
  afterMs: z.number(),
  kind: z.string(),
  person: z.string().nullable(),
  channel: z.string(),
  why: z.string(),
});

export const simulation = z.object({
  system: z.string(),
  at: instant,
  labels: z.record(z.string(), z.string()),
  mutedBy: z.string().nullable().describe("Why nobody would be told at all"),
  paths: z.array(
    z.object({
      policy: z.string(),
      why: z.string(),
      pages: z.array(simulatedPage).describe("What would be sent if nobody answered, one round long"),
      notes: z.array(z.object({ at: instant, text: z.string() })),
    }),
  ),
});
export type PagingSimulation = z.infer<typeof simulation>;

export const silence = z.object({
  id: z.string(),
  state: z.enum(["pending", "active", "expired"]),
  matchers: z.array(z.string()),
  ...span,
  by: z.string(),
  reason: z.string(),
  createdAt: instant,
  expiredAt: instant.nullable(),
});
export type SilenceAnswer = z.infer<typeof silence>;

export const silenceRequest = z.strictObject({
  matchers: z
    .array(z.string().min(1).max(500))
    .min(1)
    .max(20)
    .describe("All must match: `system=flights`, `segment.origin=~JFK|LGA`"),
  from: instant.optional().describe("Now, when absent"),
  to: instant,
  reason: z.string().min(1).max(500),
});

/** How far telling about an incident has come, per policy. */
export const escalation = z.object({
  policy: z.string(),
  why: z.string(),
  phase: z.enum(["waiting", "muted", "escalating", "told", "quiet", "acknowledged", "ended"]),
  round: z.int(),
  step: z.int().describe("From 1; one more than `steps` is the last resort"),
  steps: z.int(),
  nextAt: instant.nullable().describe("When it goes on by itself"),
  mutedBy: z.string().nullable(),
  told: z.array(z.object({ person: z.string().nullable(), channel: z.string(), why: z.string() })),
});
export type EscalationAnswer = z.infer<typeof escalation>;

export const linkToken = z.strictObject({ token: z.string().min(1).max(2_000) });

export const linkedIncident = z.object({
  incident: z.int(),
  system: z.string(),
  title: z.string(),
  severity: z.enum(["warning", "critical"]),
  state: z.enum(["open", "acknowledged", "resolved"]),
  recipient: z.string(),
  expiresAt: instant,
});
export type LinkedIncident = z.infer<typeof linkedIncident>;
