import type { ExpressionChecker, ExpressionColumn } from "../engine/expression.ts";
import { noRows } from "./comparison.ts";
import type { Contract, ContractField, ContractRule, ContractType } from "./contract.ts";
import type { ContractDocument, DeclaredObject, DeclaredProperty } from "./contract-document.ts";
import { readFieldRules } from "./read-field-rules.ts";
import { type DraftRule, readQuality } from "./read-quality.ts";
import { readSla } from "./read-sla.ts";

/** The types of columns that rules see, whatever the data were written as. Dates and times are text. */
export function ruleColumnType(type: ContractType): string {
  switch (type) {
    case "number":
      return "Nullable(Float64)";
    case "integer":
      return "Nullable(Int64)";
    case "boolean":
      return "Nullable(Bool)";
    case "timestamp":
      return "Nullable(DateTime64(3, 'UTC'))";
    case "string":
    case "date":
    case "time":
    case "object":
    case "array":
      return "Nullable(String)";
  }
}

function fieldOf(property: DeclaredProperty): ContractField {
  return {
    name: property.name,
    physicalName: property.physicalName ?? property.name,
    // A field without a type may hold anything that can be written down.
    type: (property.logicalType ?? "string") as ContractType,
    required: property.required === true,
    isOutcome: property.tags?.includes("outcome") === true,
  };
}

interface Drafts {
  readonly rules: readonly DraftRule[];
  readonly unchecked: readonly string[];
}

function draftsOf(document: ContractDocument, table: DeclaredObject, fields: readonly ContractField[]): Drafts {
  const rules: DraftRule[] = [];
  const unchecked: string[] = [];
  const fieldNames = new Set(fields.map((field) => field.name));
  const take = (read: { readonly rule: DraftRule } | { readonly unchecked: string }): void => {
    if ("rule" in read) rules.push(read.rule);
    else unchecked.push(read.unchecked);
  };
  for (const [index, property] of (table.properties ?? []).entries()) {
    const field = fields[index];
    if (field === undefined) continue;
    const read = readFieldRules(property, field, table.name, fieldNames);
    rules.push(...read.rules);
    unchecked.push(...read.unchecked);
  }
  const keys = (table.properties ?? []).filter((property) => property.primaryKey === true).map(({ name }) => name);
  if (keys.length > 0)
    rules.push({
      id: "primary-key",
      field: keys.length === 1 ? keys[0] : undefined,
      severity: "error",
      words: `the primary key ${keys.map((key) => `\`${key}\``).join(", ")} stands once`,
      limit: noRows,
      declaredLimit: false,
      what: { kind: "set", measure: { kind: "duplicates", fields: keys } },
    });
  if (table.relationships !== undefined) unchecked.push(`${table.name}: relationships to other objects`);
  for (const [index, quality] of (table.quality ?? []).entries())
    take(
      readQuality(quality, {
        id: `${quality.metric ?? quality.rule ?? quality.type ?? "quality"}-${index + 1}`,
        field: undefined,
        fieldNames,
        object: table.name,
      }),
    );
  for (const [index, sla] of (document.slaProperties ?? []).entries())
    take(
      readSla(sla, {
        id: `sla-${sla.property.toLowerCase()}-${index + 1}`,
        object: table.name,
        fields,
        defaultElement: document.slaDefaultElement,
      }),
    );
  return { rules, unchecked };
}

/** The text of a pattern inside an expression without any quoting: hexadecimal digits. */
const hexOf = (text: string): string =>
  encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\uFFFD")).replaceAll(
    /%([0-9A-F]{2})|(.)/g,
    (_, hex: string | undefined, letter: string) => hex ?? letter.charCodeAt(0).toString(16).padStart(2, "0"),
  );

/** Expressions may use the fields whose names need no quoting. */
function columnsOf(fields: readonly ContractField[]): readonly ExpressionColumn[] {
  return fields
    .filter((field) => /^[A-Za-z_]\w*$/.test(field.name))
    .map((field) => ({ name: field.name, type: ruleColumnType(field.type) }));
}

const numeric = /^(LowCardinality\()?(Nullable\()?(U?Int\d+|Float\d+|Bool|Decimal)/;

type Settled = { readonly rule: ContractRule } | { readonly unchecked: string };

/** Text that somebody wrote becomes part of a rule only by way of the engine's own parser. */
async function settle(
  draft: DraftRule,
  checker: ExpressionChecker,
  fields: readonly ContractField[],
): Promise<Settled> {
  const { what, ...base } = draft;
  const where = draft.field === undefined ? draft.id : `field ${draft.field}`;
  if (what.kind === "set") return { rule: { ...base, kind: "set", measure: what.measure } };
  const { breach } = what;
  if (breach.kind === "not-matching") {
    const verdict = await checker.check(`match('', unhex('${hexOf(breach.pattern)}'))`, []);
    return verdict.kind === "scalar"
      ? { rule: { ...base, kind: "row", breach } }
      : {
          unchecked: `${where}: the pattern ${breach.pattern} uses what the engine's regular expressions (RE2) do not have`,
        };
  }
  if (breach.kind !== "unchecked-expression" && breach.kind !== "unchecked-condition")
    return { rule: { ...base, kind: "row", breach } };
  const verdict = await checker.check(breach.text, columnsOf(fields));
  if (verdict.kind === "refused") return { unchecked: `${where}: the query ${breach.text}: ${verdict.message}` };
  if (!numeric.test(verdict.resultType))
    return { unchecked: `${where}: the query ${breach.text} gives ${verdict.resultType}, which no operator compares` };
  const { expression, columnsUsed } = verdict;
  const columns = [...columnsUsed];
  return {
    rule: {
      ...base,
      kind: "row",
      breach:
        breach.kind === "unchecked-expression"
          ? { kind: "expression", expression, columns, holds: breach.holds }
          : { kind: "condition", expression, columns },
    },
  };
}

/**
 * Reads what one object of a contract promises. Queries and patterns are checked by the engine; what it cannot run, and
 * what nothing here measures, is listed as unchecked. The document has passed the standard's own schema before.
 * @throws Fault of the engine. Cost: one engine round trip per query and pattern.
 */
export async function readContract(
  document: ContractDocument,
  table: DeclaredObject,
  checker: ExpressionChecker,
): Promise<Contract> {
  const fields = (table.properties ?? []).map(fieldOf);
  const drafts = draftsOf(document, table, fields);
  const settled = await Promise.all(drafts.rules.map((draft) => settle(draft, checker, fields)));
  return {
    id: document.id,
    version: document.version,
    status: document.status,
    object: table.name,
    fields,
    rules: settled.flatMap((one) => ("rule" in one ? [one.rule] : [])),
    unchecked: [...drafts.unchecked, ...settled.flatMap((one) => ("unchecked" in one ? [one.unchecked] : []))],
  };
}
