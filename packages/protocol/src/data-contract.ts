import { z } from "zod";
import { fieldName } from "./name.ts";

/**
 * The part of the Open Data Contract Standard v3 that Homeostat reads so far. Other keys are legal and kept; what is
 * not enforced is listed as not checked, never shown as passed.
 */
const contractProperty = z.looseObject({
  name: fieldName,
  logicalType: z.enum(["string", "number", "integer", "boolean", "timestamp", "date"]),
  physicalName: z.string().max(200).optional().describe("The column's name in the owner's files, where it differs"),
  required: z.boolean().default(false),
  description: z.string().optional(),
  tags: z.array(z.string()).optional().describe("`outcome` marks a column known only afterwards: it is never an input"),
});

export const dataContract = z.looseObject({
  apiVersion: z.string().regex(/^v3\./, "must be an Open Data Contract Standard v3 version, e.g. v3.1.0"),
  kind: z.literal("DataContract"),
  id: z.string().min(1).max(200),
  name: z.string().max(200).optional(),
  version: z.string().min(1).max(100),
  status: z.string().min(1).max(100),
  schema: z
    .array(z.looseObject({ name: z.string().min(1), properties: z.array(contractProperty).min(1).max(1_000) }))
    .length(1, "must describe exactly one object"),
});

export type DataContract = z.infer<typeof dataContract>;
