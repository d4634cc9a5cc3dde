import type { System } from "../system/system.ts";
import type { ContractRule } from "./contract.ts";

/** The fields that a rule looks at. */
function fieldsOf(rule: ContractRule): readonly string[] {
  if (rule.kind === "row") {
    const { breach } = rule;
    if (breach.kind === "expression" || breach.kind === "condition") return breach.columns;
    return rule.field === undefined ? [] : [rule.field];
  }
  const { measure } = rule;
  if (measure.kind === "row-count") return [];
  return "fields" in measure ? measure.fields : [measure.field];
}

/** Why a rule cannot be held to live rows of a system; undefined when it can. */
export function unableLive(system: System, rule: ContractRule): string | undefined {
  const inputs = new Set(system.pipeline.inputs.map((field) => field.name));
  const strange = fieldsOf(rule).find((field) => !inputs.has(field));
  return strange === undefined ? undefined : `\`${strange}\` is known only afterwards: no prediction brings it`;
}

/** The rules that are about what predictions bring. */
export function liveRules(system: System): readonly ContractRule[] {
  return (system.source.contract?.rules ?? []).filter((rule) => unableLive(system, rule) === undefined);
}
