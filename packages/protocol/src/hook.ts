import { z } from "zod";
import { changeKind } from "./event.ts";
import { componentName } from "./lineage.ts";
import { instant, resourceName } from "./name.ts";

export const hookKind = z
  .enum(["github", "gitlab", "pagerduty", "standard"])
  .describe("Who sends: decides how a delivery is signed and what it looks like");
export type HookKind = z.infer<typeof hookKind>;

const pattern = z.string().min(1).max(300).describe("`*` stands for any text; anything matches when absent");

/** Which deliveries are changes of which component. */
export const hookRule = z.strictObject({
  repository: pattern.optional(),
  environment: pattern.optional(),
  service: pattern.optional(),
  component: componentName,
  kind: changeKind.optional().describe("`deploy` when absent"),
  system: resourceName
    .optional()
    .describe("The only system it concerns; every system that depends on the component, when absent"),
});
export type HookRule = z.infer<typeof hookRule>;

export const hookRequest = z.strictObject({
  name: z.string().min(1).max(100),
  kind: hookKind,
  rules: z.array(hookRule).max(100).default([]).describe("The first that matches counts"),
  onlyMapped: z
    .boolean()
    .default(false)
    .describe("Ignore what no rule matches; else it is a change of `service:<service or repository>`"),
});

export const hook = z.object({
  id: z.string(),
  name: z.string(),
  kind: hookKind,
  rules: z.array(hookRule),
  onlyMapped: z.boolean(),
  path: z.string().describe("Where deliveries are posted to"),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
});
export type Hook = z.infer<typeof hook>;

export const createdHook = hook.extend({ secret: z.string().describe("Shown once") });

/** A delivery as its sender makes it; what is read of it is said in docs/changes.md. */
export const hookDelivery = z.looseObject({});

export const hookReceipt = z.object({
  status: z.enum(["recorded", "known", "ignored"]),
  change: z.string().nullable().describe("Id in the change log"),
  reason: z.string().nullable().describe("Why it was ignored"),
});

/** A change event as senders to PagerDuty make it. */
export const pagerDutyChange = z.looseObject({
  routing_key: z.string().max(200),
  payload: z.looseObject({
    summary: z.string().min(1).max(1_024),
    timestamp: z.string().max(100).optional(),
    source: z.string().max(1_024).optional(),
    custom_details: z.record(z.string(), z.unknown()).optional(),
  }),
});

export const pagerDutyReceipt = z.object({ status: z.literal("success"), message: z.string() });
