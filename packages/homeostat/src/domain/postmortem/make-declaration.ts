import type { ContractRule } from "../contract/contract.ts";
import type { Finding } from "../finding/finding.ts";
import type { Incident } from "../incident/incident.ts";
import type { System } from "../system/system.ts";
import type { MakeKind } from "./actions-in.ts";

/** What is written into a declaration: a value to add to a list (or to set) at a place of a document. */
export interface MadeDeclaration {
  readonly kind: MakeKind;
  /** How it is recognised among what is applied. */
  readonly mark: DeclarationMark;
  readonly document: "System" | "DataContract";
  /** Where in the document: names of keys, and for items of a list the name of the item. */
  readonly place: readonly string[];
  /** Added at the end of the list at the place. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly words: string;
}

type DeclarationMark = {
  readonly kind: "rule";
  readonly field: string;
  readonly breach: "missing" | "not-one-of";
};

export type Making =
  | { readonly kind: "made"; readonly declaration: MadeDeclaration }
  | { readonly kind: "refused"; readonly reason: "cannot-be-made" | "exists-already"; readonly message: string };

/** What is known of the incident and its system. */
export interface MakingScene {
  readonly incident: Incident;
  readonly system: System;
  readonly findings: readonly Finding[];
  /** The contract field that a rule is about; undefined: the one behind the leading finding. */
  readonly field: string | undefined;
  /** Categories that a feature had in the baseline, where they are few enough to be listed. */
  readonly categories: (feature: string) => readonly string[] | undefined;
}

const refuse = (reason: "cannot-be-made" | "exists-already", message: string): Making => ({
  kind: "refused",
  reason,
  message,
});

/** The declaration that would have caught the incident earlier, or why there is none. Only what exists is made. Pure. */
export function makeDeclaration(kind: MakeKind, scene: MakingScene): Making {
  switch (kind) {
    case "rule":
      return makeRule(scene);
    case "monitor":
    case "action":
    case "gate":
      return refuse("cannot-be-made", `a ${kind} cannot be made of an action`);
  }
}

/** Findings that a promise of the source could have been: what is missing, and values that were never seen. */
const promised: ReadonlySet<Finding["monitor"]> = new Set(["null-rate", "new-category"]);

function makeRule(scene: MakingScene): Making {
  const { system, findings } = scene;
  const rules = system.source.contract?.rules;
  if (rules === undefined)
    return refuse("cannot-be-made", `the contract of ${system.name} is not known: apply it first`);
  const finding = findings.find((one) => promised.has(one.monitor) && fieldOf(scene, one) !== undefined);
  const field = scene.field ?? (finding === undefined ? undefined : fieldOf(scene, finding));
  if (field === undefined)
    return refuse(
      "cannot-be-made",
      "no finding of this incident is about missing or unseen values of one contract field; name the field",
    );
  if (!system.source.contract?.fields.some(({ name }) => name === field))
    return refuse("cannot-be-made", `the contract has no field ${field}`);
  if (finding?.monitor === "new-category" && finding.feature !== undefined) {
    const categories = scene.categories(finding.feature);
    if (categories !== undefined) return valuesRule(rules, system, field, categories);
  }
  return presenceRule(rules, system, field);
}

/** The contract field of a feature: the feature is the field itself, or computed of one field only. */
function fieldOf({ system }: MakingScene, { feature }: Finding): string | undefined {
  const declared = system.pipeline.features.find(({ name }) => name === feature);
  if (declared === undefined) return undefined;
  const used = system.pipeline.inputs.filter(({ name }) =>
    new RegExp(`(^|[^A-Za-z0-9_])\`?${escaped(name)}\`?([^A-Za-z0-9_]|$)`).test(declared.expression),
  );
  return used.length === 1 ? used[0]?.name : undefined;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

function presenceRule(rules: readonly ContractRule[], system: System, field: string): Making {
  if (holds(rules, { kind: "rule", field, breach: "missing" }))
    return refuse("exists-already", `the contract promises already that \`${field}\` is present`);
  return {
    kind: "made",
    declaration: {
      kind: "rule",
      mark: { kind: "rule", field, breach: "missing" },
      document: "DataContract",
      place: ["schema", objectOf(system), "properties", field, "quality"],
      value: { metric: "nullValues", mustBeLessThan: 1, unit: "percent" },
      words: `the source promises that fewer than 1 % of the rows come without \`${field}\``,
    },
  };
}

function valuesRule(
  rules: readonly ContractRule[],
  system: System,
  field: string,
  categories: readonly string[],
): Making {
  if (holds(rules, { kind: "rule", field, breach: "not-one-of" }))
    return refuse("exists-already", `the contract lists the values of \`${field}\` already`);
  return {
    kind: "made",
    declaration: {
      kind: "rule",
      mark: { kind: "rule", field, breach: "not-one-of" },
      document: "DataContract",
      place: ["schema", objectOf(system), "properties", field, "quality"],
      value: { metric: "invalidValues", arguments: { validValues: categories }, mustBe: 0, unit: "rows" },
      words: `the source promises that \`${field}\` is one of the ${categories.length} values that the baseline knows`,
    },
  };
}

const objectOf = (system: System): string => system.source.contract?.object ?? "";

function holds(rules: readonly ContractRule[], mark: DeclarationMark): boolean {
  return rules.some((rule) => rule.kind === "row" && rule.field === mark.field && rule.breach.kind === mark.breach);
}

/** Whether what was made is in force. Pure. */
export function isApplied(system: System, { mark }: MadeDeclaration): boolean {
  return holds(system.source.contract?.rules ?? [], mark);
}
