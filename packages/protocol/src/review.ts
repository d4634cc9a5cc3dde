import { z } from "zod";
import { instant, resourceName } from "./name.ts";

export const reviewSummary = z.object({
  system: resourceName,
  month: z.string().describe("`2026-10`"),
  from: instant,
  to: instant.describe("Exclusive"),
  zone: z.string(),
  writtenAt: instant,
  by: z.string(),
  headline: z.string().describe("The month in one sentence"),
});
export type ReviewSummary = z.infer<typeof reviewSummary>;

export const review = reviewSummary.extend({
  markdown: z.string(),
  html: z.string().describe("The same as HTML, without anything that a browser runs or loads"),
});
export type Review = z.infer<typeof review>;

export const reviewRequest = z.strictObject({
  month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, "must be a month, e.g. 2026-10"),
});
