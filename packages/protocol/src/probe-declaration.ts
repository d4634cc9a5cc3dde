import { z } from "zod";
import { inputRow } from "./event.ts";
import { duration, resourceName } from "./name.ts";

/** `probes` of a system: rows that are sent through the gateway again and again, to see whether they are answered alike. */
export const probeDeclaration = z.strictObject({
  every: duration.optional().describe("How long between two runs; without it, only when somebody asks"),
  repeats: z.int().min(2).max(100).default(5).describe("How often each row is asked in one run"),
  rows: z
    .array(z.strictObject({ name: resourceName, inputs: inputRow }))
    .min(1)
    .max(100),
});
