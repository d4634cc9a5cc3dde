import { z } from "zod";
import { instant, predictionId, resourceName } from "./name.ts";

export const inputValue = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]);

/** Values by contract field name. */
export const inputRow = z.record(z.string(), inputValue);
export type InputRow = z.infer<typeof inputRow>;

/** One question to the gateway. */
export const predictRow = z.strictObject({
  id: predictionId.optional().describe("Chosen by the caller for joining outcomes; made by the gateway when absent"),
  time: instant.optional().describe("Event time; the time of arrival when absent"),
  inputs: inputRow,
  cohort: z.string().max(100).optional().describe("Route, arm or device group"),
});

export const predictRequest = z.strictObject({ rows: z.array(predictRow).min(1).max(10_000) });
export type PredictRequest = z.infer<typeof predictRequest>;

export const predictAnswer = z.object({
  release: z.string().nullable().describe("The release that answered; null when a constant answered"),
  degraded: z.boolean(),
  reason: z.string().nullable().describe("Why the answer is degraded"),
  servedBy: z.enum(["release", "previous-release", "constant"]),
  predictions: z.array(z.object({ id: predictionId, probability: z.number(), decision: z.boolean() })),
});
export type PredictAnswer = z.infer<typeof predictAnswer>;

/** What an answer depended on beside its release, as the sender knows it. */
const predictionState = {
  state: z
    .record(
      z.string().regex(/^[a-zA-Z][\w.-]{0,62}$/, "must be letters, digits, '_', '.' and '-'"),
      z.union([z.string().max(200), z.number(), z.boolean()]),
    )
    .refine((state) => Object.keys(state).length <= 20, "must have at most 20 keys")
    .optional()
    .describe(
      "`status` (`ok`, `degraded` or `error`: how the prediction was made), `promptVersion`, `indexVersion`, `session`, `sampling`, `seed`, `arm`, `sourceTime`, and keys of your own",
    ),
  costUsd: z.number().min(0).max(1_000_000).optional(),
  featureAges: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, "must be the name of a feature"),
      z.number().min(0).max(3_155_760_000),
    )
    .refine((ages) => Object.keys(ages).length <= 500, "must have at most 500 features")
    .optional()
    .describe("How old each feature's value was, in seconds"),
  environment: z.string().min(1).max(100).optional().describe("`production`, `staging`; the server's own when absent"),
};

const madeElsewhere = {
  id: predictionId,
  time: instant,
  release: z.string().min(1).max(100).describe("The release that answered, as the sender names it"),
  inputs: inputRow,
  features: z
    .record(z.string(), z.union([z.string().max(10_000), z.number(), z.null()]))
    .optional()
    .describe(
      "The vector the model really saw: every feature of the pipeline by name. Only rows that tell it can be held against training row by row",
    ),
  cohort: z.string().max(100).optional(),
  latencyMs: z.number().min(0).max(3_600_000).optional(),
  ...predictionState,
};

/** A class of a multiclass task. */
export const classLabel = z.string().min(1).max(200);

/** A prediction of a monitor-only system whose task is binary classification. */
export const binaryPredictionEvent = z.strictObject({ ...madeElsewhere, probability: z.number().min(0).max(1) });

/** A prediction of a monitor-only system whose task is regression. */
export const regressionPredictionEvent = z.strictObject({
  ...madeElsewhere,
  value: z.number().describe("In the unit that the system's task declares"),
});

/** A prediction of a monitor-only system whose task is multiclass classification. */
export const multiclassPredictionEvent = z.strictObject({
  ...madeElsewhere,
  class: classLabel.describe("The class that was predicted"),
  confidence: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("How sure the model was of it; taken from `probabilities` when absent"),
  probabilities: z
    .record(classLabel, z.number().min(0).max(1))
    .refine((probabilities) => Object.keys(probabilities).length <= 100, "must have at most 100 classes")
    .optional()
    .describe("By class, at most 100 of them; needed for the log loss"),
});

/** A prediction made elsewhere, of a monitor-only system: which of the shapes is decided by the system's task. */
export const predictionEvent = z.union([binaryPredictionEvent, regressionPredictionEvent, multiclassPredictionEvent]);
export type PredictionEvent = z.infer<typeof predictionEvent>;

const outcomeName = z.string().min(1).max(100).describe("Which metric or which question, e.g. `revenue` or `thumbs`");

/**
 * What turned out to be true. Of several with the same prediction, kind and name the one with the latest `time` counts,
 * then the latest to arrive: a later `time` corrects an earlier one.
 */
export const outcomeEvent = z.union([
  z
    .strictObject({
      predictionId,
      time: instant.describe("When the outcome was known"),
      kind: z.literal("label").optional(),
      value: z.union([z.boolean(), z.number(), classLabel]).describe("As the task has it: boolean, number or class"),
    })
    .describe("The label: what the model should have said"),
  z
    .strictObject({
      predictionId,
      time: instant.describe("When the outcome was known"),
      kind: z.literal("business"),
      name: outcomeName,
      value: z.number(),
      unit: z.string().min(1).max(50).describe("e.g. `EUR`; different units are never added"),
    })
    .describe("What it was worth: revenue, loss caught, minutes saved"),
  z
    .strictObject({
      predictionId,
      time: instant.describe("When the outcome was known"),
      kind: z.literal("feedback"),
      name: outcomeName,
      value: z.union([z.boolean(), z.number(), z.string().min(1).max(500)]),
    })
    .describe("What a user said of it"),
]);
export type OutcomeEvent = z.infer<typeof outcomeEvent>;

/** Answer to a batch of events: what was taken durably, and each refused row by name. */
export const batchReceipt = z.object({
  accepted: z.int().describe("Rows that are durable now"),
  refused: z
    .array(z.object({ row: z.int(), path: z.string(), expected: z.string(), found: z.string() }))
    .describe("At most the first 100"),
  refusedCount: z.int(),
  quarantined: z.int().describe("Refused rows that are kept in quarantine, to be put right and replayed"),
});
export type BatchReceipt = z.infer<typeof batchReceipt>;

export const changeKind = z
  .enum(["deploy", "schema", "library", "firmware", "policy", "data-source", "vendor", "infrastructure", "training"])
  .describe("`training` changes nothing that answers and is never a suspect");
/** How a batch of events is to be treated. */
export const batchOptions = z.object({
  quarantine: z.enum(["true", "false"]).optional().describe("`false`: refused rows are named and not kept"),
});

/** Something that changed, tied to a component. */
export const changeEvent = z.strictObject({
  id: z
    .string()
    .regex(/^[\w.:-]{1,200}$/, "must be 1 to 200 letters, digits, '.', ':', '_' or '-'")
    .optional()
    .describe("Chosen by the sender, so that a repeated message is one change; made here when absent"),
  component: z
    .string()
    .min(1)
    .max(200)
    .describe("`source:airline-feed`, `pipeline:flight-delay`, `model:…`, `library:…`"),
  kind: changeKind,
  title: z.string().min(1).max(500),
  time: instant.describe("When it took effect"),
  actor: z.string().max(200).optional(),
  system: resourceName.optional().describe("Left out when it concerns every system that depends on the component"),
});
export type ChangeEvent = z.infer<typeof changeEvent>;

export const change = changeEvent.extend({ id: z.string(), recordedAt: instant });
export type Change = z.infer<typeof change>;
