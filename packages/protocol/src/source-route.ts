import { z } from "zod";
import { instant } from "./name.ts";
import { contractBody, contractChange, sourceAdded, sourceDetail, sourceSummary, sourceWindows } from "./source.ts";

const range = z.object({ from: instant.optional(), to: instant.optional() });
const windowRange = range.extend({
  last: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe("Only so many of the newest windows of a system"),
});

/** Addresses about sources and their contracts. */
export const sourceRoutes = {
  sources: {
    method: "GET",
    path: "/v1/sources",
    scope: "read",
    summary: "Sources with the version of their contract that counts",
    answer: z.object({ items: z.array(sourceSummary) }),
    status: 200,
  },
  source: {
    method: "GET",
    path: "/v1/sources/{source}",
    scope: "read",
    summary: "One source: fields, rules, what is not checked, versions",
    answer: sourceDetail,
    status: 200,
  },
  addSource: {
    method: "POST",
    path: "/v1/sources",
    scope: "operate",
    summary: "Register a version of a source's contract",
    body: contractBody,
    answer: sourceAdded,
    status: 200,
  },
  diffSource: {
    method: "POST",
    path: "/v1/sources/{source}/diff",
    scope: "operate",
    summary: "What a contract would change, and which systems it would break",
    body: contractBody,
    answer: z.object({ changes: z.array(contractChange) }),
    status: 200,
  },
  sourceWindows: {
    method: "GET",
    path: "/v1/sources/{source}/windows",
    scope: "read",
    summary: "Contract checks and pipeline health, window by window, with the last shipped batches",
    query: windowRange,
    answer: sourceWindows,
    status: 200,
  },
  checkSource: {
    method: "GET",
    path: "/v1/sources/{source}/check",
    scope: "read",
    summary:
      "Hold the live rows of a stretch of event time to the contract, now; the last day of events when no time is given",
    query: range,
    answer: sourceWindows,
    status: 200,
  },
} as const;
