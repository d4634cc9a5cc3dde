import type { ActionDeclaration, DeclarationDocument, SystemDeclaration } from "@homeostat/protocol";
import type { ActionCondition, ActionDeed, ActionRule } from "../../domain/action/action-rule.ts";
import { monitorKinds } from "../../domain/finding/finding.ts";
import type { Pipeline } from "../../domain/pipeline/pipeline.ts";
import type { Issue } from "../handler.ts";
import { durationMsOf } from "./duration.ts";
import { repeatedNames } from "./read-pipeline.ts";

type Reading<T> = { readonly value: T } | { readonly issues: readonly Issue[] };
type Place = (...path: readonly (string | number)[]) => string;

/** The declared actions of a system: only those that can be done to it, each with all that it needs. */
export function readActions(
  document: DeclarationDocument,
  declared: SystemDeclaration,
  pipeline: Pipeline,
): Reading<readonly ActionRule[]> {
  const readings = declared.actions.map((action, index) => {
    const at: Place = (...path) => document.place(["actions", index, ...path]);
    const deed = readDeed(at, action, declared, pipeline);
    const issues = [...conditionIssues(at, action, declared, pipeline), ...("issues" in deed ? deed.issues : [])];
    return issues.length > 0 || "issues" in deed ? { issues } : { value: ruleOf(action, deed.value) };
  });
  const names = declared.actions.map(({ name }) => name);
  const issues = [
    ...repeatedNames(document, "actions", names),
    ...readings.flatMap((reading) => ("issues" in reading ? reading.issues : [])),
  ];
  if (issues.length > 0) return { issues };
  return { value: readings.flatMap((reading) => ("value" in reading ? [reading.value] : [])) };
}

function conditionIssues(
  at: Place,
  { when }: ActionDeclaration,
  declared: SystemDeclaration,
  pipeline: Pipeline,
): readonly Issue[] {
  const issues: Issue[] = [];
  const known = [...monitorKinds, ...declared.monitors.map(({ name }) => name)];
  if (when.monitor !== undefined && !known.includes(when.monitor))
    issues.push({
      path: at("when", "monitor"),
      expected: `when.monitor: a kind (${monitorKinds.join(", ")}) or a declared monitor`,
      found: `\`${when.monitor}\``,
    });
  const segment = when.segment?.split("=")[0];
  const segments = declared.segments.map(({ name }) => name);
  if (segment !== undefined && !segments.includes(segment))
    issues.push({
      path: at("when", "segment"),
      expected: `when.segment: a declared segment: ${segments.join(", ") || "there is none"}`,
      found: `\`${segment}\``,
    });
  if (when.feature !== undefined) issues.push(...featureIssues(at("when", "feature"), when.feature, pipeline));
  if (when.cause !== undefined && when.event === "incident.opened")
    issues.push({
      path: at("when", "cause"),
      expected: "when.event: incident.diagnosed, because only the diagnosis knows a cause",
      found: when.event,
    });
  return issues;
}

function featureIssues(path: string, name: string, { features }: Pipeline): readonly Issue[] {
  if (features.some((feature) => feature.name === name)) return [];
  const expected = `a feature of the pipeline: ${features.map((feature) => feature.name).join(", ")}`;
  return [{ path, expected, found: `\`${name}\`` }];
}

function readDeed(
  at: Place,
  action: ActionDeclaration,
  declared: SystemDeclaration,
  pipeline: Pipeline,
): Reading<ActionDeed> {
  const issues: Issue[] = [];
  if (declared.serving !== "gateway")
    issues.push({
      path: at("do"),
      expected: "serving: gateway, because what is answered elsewhere cannot be changed here",
      found: `${action.do} of a system with serving: ${declared.serving}`,
    });
  for (const [key, owner] of [
    ["feature", "freeze-feature"],
    ["retrain", "retrain"],
  ] as const)
    if (action[key] !== undefined && action.do !== owner)
      issues.push({ path: at(key), expected: `${key} only with do: ${owner}`, found: `do: ${action.do}` });
  const deed = deedOf(at, action, declared, pipeline);
  if ("issues" in deed) issues.push(...deed.issues);
  return issues.length > 0 || "issues" in deed ? { issues } : deed;
}

function deedOf(
  at: Place,
  action: ActionDeclaration,
  declared: SystemDeclaration,
  pipeline: Pipeline,
): Reading<ActionDeed> {
  switch (action.do) {
    case "rollback":
      return { value: { kind: "rollback" } };
    case "fallback":
      return declared.fallback.length > 0
        ? { value: { kind: "fallback" } }
        : {
            issues: [
              { path: at("do"), expected: "fallback: at least one step that can answer instead", found: "no fallback" },
            ],
          };
    case "freeze-feature": {
      const { feature } = action;
      if (feature === undefined)
        return { issues: [{ path: at("feature"), expected: "feature: which one is frozen", found: "nothing" }] };
      const issues = featureIssues(at("feature"), feature, pipeline);
      return issues.length > 0 ? { issues } : { value: { kind: "freeze-feature", feature } };
    }
    case "retrain":
      return retrainOf(at, action, declared, pipeline);
  }
}

function retrainOf(
  at: Place,
  { retrain }: ActionDeclaration,
  declared: SystemDeclaration,
  pipeline: Pipeline,
): Reading<ActionDeed> {
  if (retrain === undefined)
    return {
      issues: [{ path: at("retrain"), expected: "retrain: at least its timeColumn", found: "nothing" }],
    };
  const issues: Issue[] = [];
  const timestamps = pipeline.inputs.filter(({ type }) => type === "timestamp").map(({ name }) => name);
  if (!timestamps.includes(retrain.timeColumn))
    issues.push({
      path: at("retrain", "timeColumn"),
      expected: `retrain.timeColumn: a timestamp field of the contract: ${timestamps.join(", ") || "it has none"}`,
      found: `\`${retrain.timeColumn}\``,
    });
  if (declared.task.type !== "binary-classification")
    issues.push({
      path: at("do"),
      expected: "task: binary-classification, which is all that Homeostat trains",
      found: declared.task.type,
    });
  const rowsOfMs = durationMsOf(retrain.rows);
  const heldOutMs = durationMsOf(retrain.heldOut);
  if (heldOutMs >= rowsOfMs)
    issues.push({
      path: at("retrain", "heldOut"),
      expected: `retrain.heldOut: shorter than rows (${retrain.rows})`,
      found: retrain.heldOut,
    });
  if (issues.length > 0) return { issues };
  const { timeColumn: timeField, maxTrainingRows } = retrain;
  return { value: { kind: "retrain", timeField, rowsOfMs, heldOutMs, maxTrainingRows } };
}

function ruleOf({ name, when, mode, coolDown }: ActionDeclaration, act: ActionDeed): ActionRule {
  return { name, when: conditionOf(when), act, mode, coolDownMs: durationMsOf(coolDown) };
}

function conditionOf(when: ActionDeclaration["when"]): ActionCondition {
  const { segment, cause, ...plain } = when;
  const at = segment?.indexOf("=") ?? -1;
  return {
    ...plain,
    ...(segment === undefined
      ? {}
      : {
          segment: {
            name: at < 0 ? segment : segment.slice(0, at),
            value: at < 0 ? undefined : segment.slice(at + 1),
          },
        }),
    ...(cause === undefined
      ? {}
      : { cause: { component: cause.component, kind: cause.kind, probability: cause.probability } }),
  };
}
