import { z } from "zod";
import { actionDeclaration } from "./action-declaration.ts";
import { notifyTarget } from "./channel-declaration.ts";
import { diagnosisDeclaration } from "./diagnosis-declaration.ts";
import { monitorDeclaration } from "./monitor-declaration.ts";
import { duration, fieldName, resourceName } from "./name.ts";
import { oncallSection, personDeclaration } from "./oncall-declaration.ts";
import { probeDeclaration } from "./probe-declaration.ts";

/** `system.yaml`: one AI system under care. Paths are relative to this file. */
export const systemDeclaration = z
  .strictObject({
    apiVersion: z.literal("homeostat/v1"),
    kind: z.literal("System"),
    name: resourceName,
    domain: z.enum(["tabular"]).describe("The domain packs for vision, trading and language are not built yet"),
    description: z.string().max(2_000).optional(),
    serving: z
      .enum(["gateway", "monitor-only"])
      .describe(
        "`gateway`: Homeostat answers predictions. `monitor-only`: they are made elsewhere and posted with their release id",
      ),
    task: z
      .discriminatedUnion("type", [
        z.strictObject({
          type: z.literal("binary-classification"),
          threshold: z.number().gt(0).lt(1).describe("A probability at or above it is a positive decision"),
        }),
        z.strictObject({
          type: z.literal("regression"),
          unit: z.string().min(1).max(50).describe("Unit of the predicted value in words, e.g. `minutes`"),
        }),
        z.strictObject({
          type: z.literal("multiclass-classification"),
          classes: z
            .union([z.literal("open"), z.array(z.string().min(1).max(200)).min(2).max(100)])
            .default("open")
            .describe("The labels; `open`: those that the baseline holds, at most 100, others are counted together"),
        }),
      ])
      .describe("What is predicted. Only binary classification can be served by the gateway; it never changes"),
    contract: z.string().describe("Path of the Open Data Contract Standard file of the source"),
    pipeline: z.string().describe("Path of the feature pipeline file"),
    outcome: z.strictObject({
      name: fieldName,
      expression: z
        .string()
        .min(1)
        .max(2_000)
        .describe(
          "How the outcome follows from the source's own columns, for training and replay: a SQL expression of the task's type (boolean, number or text)",
        ),
      maturity: duration.describe("By when outcomes have normally arrived, after the prediction"),
    }),
    segments: z
      .array(
        z.strictObject({
          name: fieldName,
          expression: z
            .string()
            .min(1)
            .max(2_000)
            .describe("A scalar SQL expression over inputs and features giving the segment's value"),
          consistent: z
            .boolean()
            .default(false)
            .describe(
              "Its values should be treated alike (arms of a test, routes, regions, devices): they are held against each other",
            ),
          top: z
            .int()
            .min(1)
            .max(200)
            .default(50)
            .describe("Values kept apart; rarer ones are counted together as OTHER"),
        }),
      )
      .max(10)
      .default([]),
    windows: z.strictObject({
      length: duration.describe("Tumbling windows of event time"),
      lateness: duration.describe("How long a window stays open for late events"),
      season: z
        .enum(["none", "day-of-week", "hour-of-week"])
        .default("none")
        .describe(
          "With `day-of-week` a window is compared with the baseline's windows of the same day of the week, with `hour-of-week` with those of the same hour of the week: for windows shorter than a day",
        ),
    }),
    entity: fieldName
      .optional()
      .describe("The contract field with the id of the person or thing a row is about: `homeostat erase` goes by it"),
    retention: z
      .strictObject({
        age: duration.optional().describe("Rows are dropped so long after they were received, e.g. `P90D`"),
        bytes: z
          .string()
          .regex(/^[1-9]\d{0,11}(KB|MB|GB|TB)$/, "must be a size, e.g. 500MB or 50GB")
          .optional()
          .describe("The oldest rows are dropped while the predictions take more on disk"),
      })
      .optional()
      .describe("How long rows are kept; without it, for ever"),
    fallback: z
      .array(
        z.discriminatedUnion("kind", [
          z.strictObject({ kind: z.literal("previous-release") }),
          z.strictObject({ kind: z.literal("constant"), probability: z.number().min(0).max(1) }),
        ]),
      )
      .max(5)
      .default([]),
    budget: z
      .strictObject({ pagesPerMonth: z.number().min(0.1).max(100) })
      .optional()
      .describe("False pages its owners accept in a month in which nothing is wrong; one without it"),
    monitors: z
      .array(monitorDeclaration)
      .max(500)
      .default([])
      .describe("Changes of the default monitors, and monitors beside them; without any, every default watches"),
    diagnosis: diagnosisDeclaration.optional(),
    probes: probeDeclaration
      .optional()
      .describe("Rows to ask again and again; only for systems that the gateway serves"),
    owners: z.strictObject({
      "training-pipeline": resourceName,
      serving: resourceName,
      "upstream-data": resourceName,
      "production-performance": resourceName,
      business: resourceName,
    }),
    actions: z
      .array(actionDeclaration)
      .max(50)
      .default([])
      .describe("What is done about incidents by rule, automatically or after somebody approved"),
    review: z
      .strictObject({
        zone: z.string().min(1).max(64).default("UTC").describe("IANA zone whose calendar months are reviewed"),
        monthly: z.boolean().default(true).describe("`false`: only when somebody asks for it"),
      })
      .optional()
      .describe("The monthly health review; in UTC and by itself if absent"),
    notify: z
      .array(notifyTarget)
      .max(50)
      .default([{ channel: "console" }]),
    oncall: oncallSection.optional().describe("Who is told of what, how together and when not"),
  })
  .describe("A system under care");

export type SystemDeclaration = z.infer<typeof systemDeclaration>;

/** `owners.yaml`: the people and teams that systems name. */
export const ownersDeclaration = z.strictObject({
  apiVersion: z.literal("homeostat/v1"),
  kind: z.literal("Owners"),
  owners: z
    .array(
      z.strictObject({
        name: resourceName,
        title: z.string().max(200),
        contact: z.string().max(200),
        escalation: resourceName.optional().describe("The escalation policy by which it is told of what it owns"),
      }),
    )
    .min(1),
  people: z.array(personDeclaration).max(1_000).default([]).describe("Who can be on call, and how they are reached"),
});

export type OwnersDeclaration = z.infer<typeof ownersDeclaration>;

/** `pipeline.yaml`: the feature pipeline in SQL expressions over the contract's fields. */
export const pipelineDeclaration = z.strictObject({
  apiVersion: z.literal("homeostat/v1"),
  kind: z.literal("Pipeline"),
  features: z
    .array(
      z.strictObject({
        name: fieldName,
        type: z.enum(["number", "category"]),
        expression: z.string().min(1).max(2_000),
        description: z.string().max(500).optional(),
        maxAge: duration
          .optional()
          .describe("Older than this the value is stale; without it ages are held against the baseline's"),
      }),
    )
    .min(1)
    .max(500),
});

export type PipelineDeclaration = z.infer<typeof pipelineDeclaration>;
