import { z } from "zod";
import { actionDo } from "./action-declaration.ts";
import { instant } from "./name.ts";

export const actionState = z.enum([
  "waiting",
  "running",
  "done",
  "dry-run",
  "cooling",
  "refused",
  "rejected",
  "failed",
]);

export const actionRun = z.object({
  incident: z.int(),
  system: z.string(),
  action: z.string().describe("Name of the rule"),
  do: actionDo,
  state: actionState.describe(
    "`cooling`: the same was done a short time ago. `refused`: it cannot be done now. `rejected`: somebody said no",
  ),
  createdAt: instant,
  changedAt: instant,
  decidedBy: z.string().nullable().describe("Who approved or rejected; null: nobody was asked"),
  before: z.string().nullable(),
  after: z.string().nullable(),
  text: z.string(),
});
export type ActionRun = z.infer<typeof actionRun>;

export const servingHold = z.object({
  incident: z.int(),
  action: z.string(),
  since: instant,
  text: z.string().describe("What answers otherwise than the live release would, and why"),
});
export type ServingHold = z.infer<typeof servingHold>;
