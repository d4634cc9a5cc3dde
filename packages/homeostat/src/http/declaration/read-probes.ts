import type { DeclarationDocument, SystemDeclaration } from "@homeostat/protocol";
import { minuteMs } from "../../domain/instant.ts";
import type { Pipeline } from "../../domain/pipeline/pipeline.ts";
import type { ProbePlan } from "../../domain/probe/probe.ts";
import type { Issue } from "../handler.ts";
import { readPredictRows } from "../read-rows.ts";
import { durationMsOf } from "./duration.ts";

const encoder = new TextEncoder();

/**
 * Reads the probes of a system. Each row must be one that the gateway would answer: the same check as of a question.
 */
export function readProbes(
  document: DeclarationDocument,
  { probes, serving }: SystemDeclaration,
  pipeline: Pipeline,
): { readonly value: ProbePlan | undefined } | { readonly issues: readonly Issue[] } {
  if (probes === undefined) return { value: undefined };
  const issues: Issue[] = [];
  if (serving === "monitor-only")
    issues.push({
      path: document.place(["probes"]),
      expected: "probes: only with serving: gateway, since they are sent through it",
      found: "serving: monitor-only",
    });
  const everyMs = probes.every === undefined ? undefined : durationMsOf(probes.every);
  if (everyMs !== undefined && everyMs < minuteMs)
    issues.push({
      path: document.place(["probes", "every"]),
      expected: "probes.every: at least PT1M",
      found: probes.every ?? "",
    });
  const read = probes.rows.map(({ name, inputs }, index) => {
    const bytes = encoder.encode(JSON.stringify({ rows: [{ inputs }] }));
    const reading = readPredictRows({ mediaType: "application/json", bytes }, pipeline.inputs, 0);
    if (probes.rows.findIndex((other) => other.name === name) < index)
      issues.push({ path: document.place(["probes", "rows", index, "name"]), expected: "each name once", found: name });
    if (reading.kind === "refused") {
      const wrong = reading.issues?.[0];
      issues.push({
        path: document.place(["probes", "rows", index, "inputs"]),
        expected: `${wrong?.path ?? "inputs"}: ${wrong?.expected ?? "a row of the contract"}`,
        found: wrong?.found ?? reading.detail,
      });
      return undefined;
    }
    return reading.rows.map((row) => ({ name, inputs: row.inputs }))[0];
  });
  if (issues.length > 0) return { issues };
  return { value: { probes: read.filter((probe) => probe !== undefined), repeats: probes.repeats, everyMs } };
}
