import { stringify } from "yaml";
import type { InferredContract } from "../../domain/contract/infer-contract.ts";
import { hourMs, minuteMs } from "../../domain/instant.ts";
import type { ColumnFacts } from "../../domain/table/column-facts.ts";
import type { TaskPlan, WindowPlan } from "../../domain/table/plan-system.ts";
import type { TableRoles } from "../../domain/table/recognise-roles.ts";

export interface SystemDraft {
  readonly name: string;
  readonly owner: string;
  readonly facts: readonly ColumnFacts[];
  readonly roles: TableRoles;
  readonly task: TaskPlan;
  readonly windows: WindowPlan;
  readonly contract: InferredContract;
  /** The value of a binary outcome that is positive. */
  readonly positive: string | undefined;
  readonly unit: string;
  readonly from: string;
}

type Properties = InferredContract["schema"][number]["properties"];

/** Files of a system under their names: as a person would write them, to be read, changed and kept in git. */
export function declareSystem(draft: SystemDraft): Readonly<Record<string, string>> {
  const properties = draft.contract.schema[0]?.properties ?? [];
  return {
    "system.yaml": `# Made from ${draft.from}. Read it, change it, and apply it again.\n${stringify(systemOf(draft, properties))}`,
    "contract.odcs.yaml": `# What the source promises (Open Data Contract Standard), as far as its rows showed.\n${stringify(draft.contract)}`,
    "pipeline.yaml": `# What the model sees of a row, as SQL expressions over the contract's fields.\n${stringify(pipelineOf(draft, properties))}`,
    "owners.yaml": `# Who answers for what. Put real people here.\n${stringify(ownersOf(draft))}`,
  };
}

/** The contract without the model's own columns: those are sent as predictions. The outcome is marked as known only afterwards. */
export function contractOf(inferred: InferredContract, roles: TableRoles, task: TaskPlan): InferredContract {
  const own = new Set([roles.id, roles.score, roles.prediction].filter((name) => name !== undefined));
  const columnOf = ({ name, physicalName }: Properties[number]): string => physicalName ?? name;
  const outcome = inferred.schema[0]?.properties.find((property) => columnOf(property) === roles.outcome);
  const schema = inferred.schema.map((table) => {
    const kept = table.properties.filter((property) => !own.has(columnOf(property)) && property !== outcome);
    const known: Properties[number] =
      outcome === undefined
        ? { name: freeName("outcome", kept), logicalType: outcomeType(task), tags: ["outcome"] }
        : { name: outcome.name, ...named(outcome), logicalType: outcome.logicalType, tags: ["outcome"] };
    return { ...table, properties: [...kept, known] };
  });
  return { ...inferred, schema };
}

const named = ({ physicalName }: Properties[number]): { readonly physicalName?: string } =>
  physicalName === undefined ? {} : { physicalName };

function freeName(wanted: string, properties: Properties): string {
  return properties.some(({ name }) => name === wanted) ? freeName(`${wanted}_known`, properties) : wanted;
}

function outcomeType(task: TaskPlan): Properties[number]["logicalType"] {
  if (task.type === "regression") return "number";
  return task.type === "multiclass-classification" ? "string" : "boolean";
}

function systemOf(draft: SystemDraft, properties: Properties): object {
  const { name, task, windows, roles, owner } = draft;
  const outcome = properties.find((property) => property.tags?.includes("outcome") === true);
  const fieldOf = (column: string): string | undefined =>
    properties.find((property) => (property.physicalName ?? property.name) === column)?.name;
  return {
    apiVersion: "homeostat/v1",
    kind: "System",
    name,
    domain: "tabular",
    description: `Made from ${draft.from}`,
    serving: task.type === "no-prediction" ? "gateway" : "monitor-only",
    task: taskOf(draft),
    contract: "./contract.odcs.yaml",
    pipeline: "./pipeline.yaml",
    outcome: {
      name: outcome?.name ?? "outcome",
      expression: outcomeExpression(draft, outcome?.name ?? "outcome"),
      maturity: durationText(Math.max(24 * hourMs, windows.lengthMs)),
    },
    segments: roles.segments.flatMap((column) => {
      const field = fieldOf(column);
      return field === undefined ? [] : [{ name: field, expression: `toString(${field})`, top: 30 }];
    }),
    windows: {
      length: durationText(windows.lengthMs),
      lateness: durationText(windows.latenessMs),
      season: windows.season,
    },
    ...(task.type === "no-prediction" ? { fallback: [{ kind: "previous-release" }] } : {}),
    owners: {
      "training-pipeline": owner,
      serving: owner,
      "upstream-data": owner,
      "production-performance": owner,
      business: owner,
    },
    notify: [{ channel: "console" }],
  };
}

function taskOf({ task, unit }: SystemDraft): object {
  switch (task.type) {
    case "regression":
      return { type: "regression", unit };
    case "multiclass-classification":
      return { type: "multiclass-classification", classes: "open" };
    case "binary-classification":
    case "no-prediction":
      return { type: "binary-classification", threshold: 0.5 };
  }
}

/** How the outcome follows from the source's own column. */
function outcomeExpression({ task, roles, facts, positive, contract }: SystemDraft, field: string): string {
  if (task.type === "regression") return `toFloat64(${field})`;
  if (task.type === "multiclass-classification") return `toString(${field})`;
  const type = contract.schema[0]?.properties.find(({ name }) => name === field)?.logicalType;
  if (roles.outcome === undefined || positive === undefined || type === "boolean") return field;
  const isNumber = facts.some(({ name, kind }) => name === roles.outcome && (kind === "whole" || kind === "fraction"));
  return isNumber
    ? `${field} = ${Number(positive)}`
    : `lower(${field}) = '${positive.toLowerCase().replaceAll("'", "\\'")}'`;
}

function pipelineOf({ roles, facts }: SystemDraft, properties: Properties): object {
  const features = properties.flatMap((property) => {
    const column = property.physicalName ?? property.name;
    const known = facts.find(({ name }) => name === column);
    if (known === undefined || !roles.features.includes(column) || column === roles.outcome) return [];
    const { name, logicalType } = property;
    switch (logicalType) {
      case "integer":
      case "number":
        return [{ name, type: "number", expression: name }];
      case "boolean":
        return [{ name, type: "category", expression: `toString(${name})` }];
      case "string":
        // A text that is another one in most rows says nothing as a category.
        return known.distinct > known.present / 2 && known.present > 50
          ? []
          : [{ name, type: "category", expression: name }];
      default:
        return [];
    }
  });
  return { apiVersion: "homeostat/v1", kind: "Pipeline", features };
}

function ownersOf({ owner }: SystemDraft): object {
  return {
    apiVersion: "homeostat/v1",
    kind: "Owners",
    owners: [{ name: owner, title: "Everything, until somebody else is named", contact: `${owner}@example.com` }],
  };
}

/** ISO 8601: `PT15M`, `PT6H`, `P7D`. */
export function durationText(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  const days = Math.floor(minutes / 1_440);
  const hours = Math.floor((minutes % 1_440) / 60);
  const rest = minutes % 60;
  const clock = `${hours > 0 ? `${hours}H` : ""}${rest > 0 ? `${rest}M` : ""}`;
  return `P${days > 0 ? `${days}D` : ""}${clock === "" ? "" : `T${clock}`}`;
}
