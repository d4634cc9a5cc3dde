import { type Comparison, type ComparisonUnit, comparisonWords, noRows } from "./comparison.ts";
import type { ContractType, RowBreach, RuleSeverity, SetMeasure } from "./contract.ts";
import type { DeclaredQuality } from "./contract-document.ts";

/** A promise as it was read, before user-written text in it was checked by the engine. */
type DraftBreach =
  | RowBreach
  | { readonly kind: "unchecked-expression"; readonly text: string; readonly holds: Comparison }
  | { readonly kind: "unchecked-condition"; readonly text: string };

export interface DraftRule {
  readonly id: string;
  readonly field: string | undefined;
  readonly severity: RuleSeverity;
  readonly words: string;
  readonly limit: Comparison;
  readonly declaredLimit: boolean;
  readonly what:
    | { readonly kind: "row"; readonly breach: DraftBreach }
    | { readonly kind: "set"; readonly measure: SetMeasure };
}

/** Where a quality rule stands: on one field, or on the object with all its fields. */
export interface QualityPlace {
  readonly id: string;
  readonly field: { readonly name: string; readonly type: ContractType } | undefined;
  readonly fieldNames: ReadonlySet<string>;
  readonly object: string;
}

type QualityRead = { readonly rule: DraftRule } | { readonly unchecked: string };

const operators = [
  "mustBe",
  "mustNotBe",
  "mustBeGreaterThan",
  "mustBeGreaterOrEqualTo",
  "mustBeLessThan",
  "mustBeLessOrEqualTo",
  "mustBeBetween",
  "mustNotBeBetween",
] as const;

/** Names that v3.0 used before the library had fixed metrics. */
const olderRules: Readonly<Record<string, string>> = {
  duplicateCount: "duplicateValues",
  validValues: "invalidValues",
  nullCheck: "nullValues",
  nullCount: "nullValues",
};

function severityOf(text: string | undefined): RuleSeverity {
  const word = (text ?? "error").toLowerCase();
  if (word === "info" || word === "low") return "info";
  return word === "warning" || word === "warn" || word === "medium" ? "warning" : "error";
}

const asNumber = (value: unknown): number =>
  typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : Number.NaN;

/** The comparison a quality rule declares; words say why it cannot be one. */
function comparisonOf(quality: DeclaredQuality, unit: ComparisonUnit): Comparison | string {
  const used = operators.filter((name) => quality[name] !== undefined);
  const [operator] = used;
  if (operator === undefined || used.length > 1)
    return used.length === 0 ? "it has no operator" : "it has more than one operator";
  const value = quality[operator];
  if (operator === "mustBeBetween" || operator === "mustNotBeBetween") {
    const [low, high] = Array.isArray(value) ? value.map(asNumber) : [];
    return low === undefined || high === undefined || !(low < high)
      ? `${operator} needs two numbers`
      : { operator, low, high, unit };
  }
  const number = asNumber(value);
  return Number.isNaN(number) ? `${operator} is not a number` : { operator, value: number, unit };
}

const textsOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((part) => part !== null).map(String) : undefined;

type Metric =
  | { readonly breach: DraftBreach; readonly words: string }
  | { readonly measure: SetMeasure; readonly words: string };

const valuesNamed = 5;
const longestNamed = 60;

/** A short list is named, of a long one its length. */
function listWords(values: readonly string[]): string {
  const text = values.map((value) => JSON.stringify(value)).join(", ");
  const [only] = values;
  if (only !== undefined && values.length === 1 && text.length <= longestNamed) return `not ${text}`;
  return values.length <= valuesNamed && text.length <= longestNamed
    ? `none of ${text}`
    : `none of the ${values.length} values listed`;
}

function invalidValues(values: unknown, pattern: unknown, subject: string): Metric | string {
  const valid = textsOf(values);
  if (valid !== undefined)
    return {
      breach: { kind: "not-one-of", values: valid },
      words: `rows where ${subject} is ${listWords(valid)}`,
    };
  if (typeof pattern === "string")
    return { breach: { kind: "not-matching", pattern }, words: `rows where ${subject} does not match ${pattern}` };
  return "it names neither validValues nor pattern";
}

function duplicatesOf(named: unknown, place: QualityPlace): Metric | string {
  const fields = textsOf(named) ?? (place.field === undefined ? [] : [place.field.name]);
  const strange = fields.find((field) => !place.fieldNames.has(field));
  if (strange !== undefined) return `it names ${strange}, which the contract does not have`;
  if (fields.length === 0) return "it names no properties";
  const words = `rows whose ${fields.map((one) => `\`${one}\``).join(" with ")} stands in an earlier row too`;
  return { measure: { kind: "duplicates", fields }, words };
}

function missingValues(listed: unknown, subject: string): Metric {
  const values = textsOf(listed) ?? [""];
  const nulls = !Array.isArray(listed) || listed.includes(null);
  return { breach: { kind: "stands-for-missing", values, nulls }, words: `rows where ${subject} is missing` };
}

function metricOf(name: string, quality: DeclaredQuality, place: QualityPlace): Metric | string {
  // In v3.0 the arguments stand beside the rule.
  const option = (key: string): unknown => quality.arguments?.[key] ?? quality[key];
  if (name === "rowCount") return { measure: { kind: "row-count" }, words: `rows of ${place.object}` };
  if (name === "duplicateValues") return duplicatesOf(option("properties"), place);
  if (place.field === undefined) return `the metric ${name} belongs to a property`;
  const subject = `\`${place.field.name}\``;
  switch (name) {
    case "nullValues":
      return { breach: { kind: "missing" }, words: `rows without ${subject}` };
    case "missingValues":
      return missingValues(option("missingValues"), subject);
    case "invalidValues":
      return invalidValues(option("validValues"), option("pattern"), subject);
    default:
      return `${name} is no metric of the library`;
  }
}

const counting = /^\s*select\s+count\s*\(\s*(?:\*|1)\s*\)\s+from\s+\S+\s+where\s+([\s\S]+?);?\s*$/i;

/**
 * A rule of type sql. An expression is held to the operator in every row; `SELECT count(*) FROM … WHERE condition`
 * counts the rows for which the condition is true. Every other query stays unchecked.
 */
function sqlRule(
  quality: DeclaredQuality,
  place: QualityPlace,
): { readonly breach: DraftBreach; readonly words: string; readonly limit: Comparison } | string {
  const query = (quality.query ?? "").replaceAll(/\$?\{(?:property|column|field)\}/gi, place.field?.name ?? "");
  const condition = counting.exec(query)?.[1];
  const limit = comparisonOf(quality, quality.unit === "percent" ? "percent" : "rows");
  if (typeof limit === "string") return limit;
  if (condition !== undefined)
    return {
      breach: { kind: "unchecked-condition", text: condition.trim() },
      words: `rows where ${condition.trim()}`,
      limit,
    };
  if (/^\s*(select|with)\b/i.test(query))
    return "its query is neither a scalar expression nor a count of rows with a condition";
  const holds: Comparison = { ...limit, unit: "value" };
  return {
    breach: { kind: "unchecked-expression", text: query.trim(), holds },
    words: `${query.trim()} is ${comparisonWords(holds)} in every row`,
    limit: { operator: "mustBe", value: 0, unit: "rows" },
  };
}

type Base = Pick<DraftRule, "id" | "field" | "severity">;

function readSql(quality: DeclaredQuality, place: QualityPlace, base: Base): DraftRule | string {
  const read = sqlRule(quality, place);
  if (typeof read === "string") return read;
  const declaredLimit = read.breach.kind === "unchecked-condition";
  const words = declaredLimit ? `${read.words}: ${comparisonWords(read.limit)}` : read.words;
  return { ...base, declaredLimit, limit: read.limit, words, what: { kind: "row", breach: read.breach } };
}

function readLibrary(quality: DeclaredQuality, place: QualityPlace, base: Base): DraftRule | string {
  const metric = quality.metric ?? olderRules[quality.rule ?? ""] ?? quality.rule;
  if (metric === undefined) return "it names no metric";
  const unit = quality.unit ?? "rows";
  if (unit !== "rows" && unit !== "percent") return `the unit ${unit} is neither rows nor percent`;
  const read = metricOf(metric, quality, place);
  if (typeof read === "string") return read;
  const isPlain = quality.rule !== undefined && operators.every((name) => quality[name] === undefined);
  const limit = isPlain ? noRows : comparisonOf(quality, unit);
  if (typeof limit === "string") return limit;
  const rule = { ...base, declaredLimit: !isPlain, limit };
  const words = `${read.words}: ${isPlain ? "none" : comparisonWords(limit)}`;
  return "breach" in read
    ? { ...rule, words, what: { kind: "row", breach: read.breach } }
    : { ...rule, words, what: { kind: "set", measure: read.measure } };
}

/** One entry of `quality`. What cannot be enforced answers why not, in words. */
export function readQuality(quality: DeclaredQuality, place: QualityPlace): QualityRead {
  const base = { id: place.id, field: place.field?.name, severity: severityOf(quality.severity) };
  const read = ((): DraftRule | string => {
    switch (quality.type) {
      case "text":
        return "text for people";
      case "custom":
        return `for the engine ${String(quality.engine ?? "of another tool")}`;
      case "sql":
        return readSql(quality, place, base);
      default:
        return readLibrary(quality, place, base);
    }
  })();
  if (typeof read !== "string") return { rule: read };
  const where = place.field === undefined ? place.object : `field ${place.field.name}`;
  const named = quality.name ?? quality.metric ?? quality.rule ?? quality.type ?? "quality";
  return { unchecked: `${where}: quality ${named}: ${read}` };
}
