import { z } from "zod";
import { changeKind } from "./event.ts";
import { duration, fieldName, resourceName } from "./name.ts";

/** What can be done about an incident by rule. */
export const actionDo = z.enum(["rollback", "fallback", "freeze-feature", "retrain"]);

const condition = z.strictObject({
  event: z
    .enum(["incident.opened", "incident.diagnosed"])
    .default("incident.diagnosed")
    .describe("`incident.opened`: it opened, or findings joined it. `incident.diagnosed`: its diagnosis is there"),
  layer: z.enum(["infrastructure", "pipeline", "model", "outcome"]).optional(),
  severity: z.enum(["warning", "critical"]).optional(),
  monitor: z.string().min(1).max(100).optional().describe("A monitor of the system by its name, or a kind of monitors"),
  area: z
    .enum(["training-pipeline", "serving", "upstream-data", "production-performance", "business"])
    .optional()
    .describe("The owned area of the monitor that found it"),
  segment: z
    .string()
    .regex(
      /^[a-z][a-z0-9_]{0,62}(=[\s\S]{1,200})?$/,
      "must be a segment (`origin`) or one of its values (`origin=LAX`)",
    )
    .optional(),
  feature: fieldName.optional(),
  cause: z
    .strictObject({
      component: z
        .string()
        .min(1)
        .max(300)
        .optional()
        .describe("The component that changed, or with `*` at the end how its name begins, e.g. `release:*`"),
      kind: changeKind.optional(),
      probability: z.number().min(0.05).max(1).default(0.5).describe("From which posterior of one logged change on"),
    })
    .optional()
    .describe("Only with `incident.diagnosed`"),
});

/** One entry of `actions` in `system.yaml`: everything in `when` must hold. */
export const actionDeclaration = z.strictObject({
  name: resourceName.describe("Unique in the system"),
  when: condition,
  do: actionDo.describe(
    "`rollback`: the previous release live again. `fallback`: the declared fallbacks answer until the incident is resolved. `freeze-feature`: the model gets the baseline's middle value of a feature until then. `retrain`: a model of the newest labelled rows; nothing goes live",
  ),
  mode: z
    .enum(["automatic", "approval", "dry-run"])
    .default("approval")
    .describe("`approval`: somebody says yes first. `dry-run`: it is only written down what would be done"),
  coolDown: duration
    .default("P1D")
    .describe("The same deed is not done to the system twice within it, whichever rule or incident asks"),
  feature: fieldName.optional().describe("Of `freeze-feature`"),
  retrain: z
    .strictObject({
      timeColumn: fieldName.describe("The contract's timestamp field that tells older rows from newer ones"),
      rows: duration.default("P90D").describe("How far back the rows go, in event time"),
      heldOut: duration.default("P14D").describe("The newest of them, on which the model is measured"),
      maxTrainingRows: z.int().min(100).max(5_000_000).default(200_000),
    })
    .optional()
    .describe("Of `retrain`"),
});
export type ActionDeclaration = z.infer<typeof actionDeclaration>;
