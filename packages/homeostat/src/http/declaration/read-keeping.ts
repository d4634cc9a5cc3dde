import type { DeclarationDocument, SystemDeclaration } from "@homeostat/protocol";
import { hourMs } from "../../domain/instant.ts";
import type { Pipeline } from "../../domain/pipeline/pipeline.ts";
import type { RetentionRule } from "../../domain/system/system.ts";
import type { Issue } from "../handler.ts";
import { durationMsOf } from "./duration.ts";

const units: Readonly<Record<string, number>> = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** What the declaration says about erasing and keeping; keys that it does not have are left out. */
export function readKeeping(declared: SystemDeclaration): {
  readonly entity?: string;
  readonly retention?: RetentionRule;
} {
  const { entity, retention } = declared;
  const [, count = "", unit = ""] = /^(\d+)([KMGT]B)$/.exec(retention?.bytes ?? "") ?? [];
  return {
    ...(entity === undefined ? {} : { entity }),
    ...(retention === undefined
      ? {}
      : {
          retention: {
            ageMs: retention.age === undefined ? undefined : durationMsOf(retention.age),
            bytes: unit === "" ? undefined : Number(count) * (units[unit] ?? 1),
          },
        }),
  };
}

/** The subject must be a field of the contract that holds ids; rows must live longer than it takes to judge them. */
export function keepingIssues(
  document: DeclarationDocument,
  declared: SystemDeclaration,
  pipeline: Pipeline,
): readonly Issue[] {
  const issues: Issue[] = [];
  const { entity, retention, windows, outcome } = declared;
  const field = pipeline.inputs.find(({ name }) => name === entity);
  if (entity !== undefined && field?.type !== "string" && field?.type !== "integer")
    issues.push({
      path: document.place(["entity"]),
      expected: "entity: a field of the contract of type string or integer",
      found: field === undefined ? `\`${entity}\`, which is none` : `\`${entity}\` of type ${field.type}`,
    });
  if (retention !== undefined && retention.age === undefined && retention.bytes === undefined)
    issues.push({
      path: document.place(["retention"]),
      expected: "retention: age, bytes or both",
      found: "neither",
    });
  if (retention?.age !== undefined) {
    const leastMs = durationMsOf(windows.length) + durationMsOf(windows.lateness) + durationMsOf(outcome.maturity);
    if (durationMsOf(retention.age) < leastMs)
      issues.push({
        path: document.place(["retention", "age"]),
        expected: `retention.age: at least window, lateness and maturity together (${Math.ceil(leastMs / hourMs)} hours), so that every window is judged before its rows go`,
        found: retention.age,
      });
  }
  return issues;
}
