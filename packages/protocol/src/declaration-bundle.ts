import { z } from "zod";
import { resourceName } from "./name.ts";

/** The text files of one or more systems, as they stand in git. The server parses them, so that errors name line and column. */
export const declarationBundle = z.strictObject({
  files: z
    .array(z.strictObject({ path: z.string().min(1).max(500), text: z.string().max(1_000_000) }))
    .min(1)
    .max(500),
  allowBreaking: z
    .boolean()
    .default(false)
    .describe("Apply even if a new version of a contract breaks systems that read the source"),
});
export type DeclarationBundle = z.input<typeof declarationBundle>;

export const plannedStep = z.object({
  action: z.enum(["create", "change", "keep"]),
  what: z.string().describe("`system flight-delay`, `pipeline pl-…`, `table …`"),
  detail: z.string(),
});

export const plan = z.object({
  systems: z.array(resourceName),
  steps: z.array(plannedStep),
  warnings: z.array(z.string()).describe("What is declared but not checked or not enforced"),
  applied: z.boolean(),
});
export type Plan = z.infer<typeof plan>;
