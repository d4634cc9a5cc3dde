import type { EngineHttp } from "./engine-http.ts";

/** What an expression may call, as the engine at hand knows it. */
export interface FunctionCatalogue {
  standingOf(name: string): FunctionStanding;
}

export type FunctionStanding =
  | { readonly kind: "allowed" }
  | { readonly kind: "forbidden" }
  | { readonly kind: "aggregate" }
  | { readonly kind: "not-deterministic" }
  | { readonly kind: "table-function" }
  | { readonly kind: "unknown"; readonly similar: string | undefined };

/** Families of functions that only compute from their arguments. A family unknown to this list is not allowed. */
const allowedCategories = new Set([
  "Arithmetic",
  "Arrays",
  "Bit",
  "Comparison",
  "Conditional",
  "Dates and Times",
  "Distance",
  "Encoding",
  "Financial",
  "Geo",
  "Hash",
  "IP Address",
  "JSON",
  "Logical",
  "Map",
  "Mathematical",
  "Null",
  "Rounding",
  "String",
  "String Replacement",
  "String Search",
  "String Splitting",
  "Tuple",
  "Type Conversion",
  "URL",
  "UUID",
]);

/** Good ones from the mixed family "Other". */
const allowedOthers = new Set([
  "digits",
  "countDigits",
  "formatReadableQuantity",
  "formatReadableSize",
  "identity",
  "isDecimalOverflow",
  "parseReadableSize",
  "parseReadableSizeOrNull",
  "parseTimeDelta",
  "transform",
]);

/**
 * Not allowed although their family is: they multiply rows, make much from little, depend on the server's setup, or
 * are called without being written.
 */
const forbiddenNames = new Set([
  "arrayJoin",
  "arrayResize",
  "arrayWithConstant",
  "formatRow",
  "formatRowNoNewline",
  "range",
  "repeat",
  "sleep",
  "sleepEachRow",
  "space",
  "throwIf",
  "timezone",
]);

const combinators =
  /(If|Array|Map|SimpleState|State|Merge|MergeState|ForEach|Distinct|OrDefault|OrNull|Resample|ArgMin|ArgMax)$/;

interface FunctionRow {
  readonly name: string;
  readonly original: string;
  readonly aggregate: boolean;
  readonly anyCase: boolean;
  readonly deterministic: boolean;
  readonly category: string;
}

const question = `
SELECT f.name, if(f.alias_to = '', f.name, f.alias_to), toString(toUInt8(f.is_aggregate)), toString(f.case_insensitive),
  toString(ifNull(o.deterministic, 0) = 1), o.categories
FROM system.functions AS f
LEFT JOIN system.functions AS o ON o.name = if(f.alias_to = '', f.name, f.alias_to)`;

/** Asks the engine for its functions once; 1,800 rows, about 20 ms. @throws Fault as {@link EngineHttp.query}. */
export async function loadFunctionCatalogue(http: EngineHttp): Promise<FunctionCatalogue> {
  const settings = { default_format: "TabSeparatedRaw" };
  const rows = linesOf(await http.query({ sql: question, settings })).map(parseRow);
  const tableFunctions = linesOf(await http.query({ sql: "SELECT lower(name) FROM system.table_functions", settings }));
  return catalogueOf(rows, new Set(tableFunctions));
}

function linesOf(answer: Buffer): readonly string[] {
  return answer
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}

function parseRow(line: string): FunctionRow {
  const [name = "", original = "", aggregate, anyCase, deterministic, category = ""] = line.split("\t");
  return {
    name,
    original,
    aggregate: aggregate === "1",
    anyCase: anyCase === "1",
    deterministic: deterministic === "1",
    category,
  };
}

function catalogueOf(rows: readonly FunctionRow[], tableFunctions: ReadonlySet<string>): FunctionCatalogue {
  const exact = new Map(rows.map((row) => [row.name, row]));
  const folded = new Map(rows.map((row) => [row.name.toLowerCase(), row]));
  return {
    standingOf: (name) => {
      const near = folded.get(name.toLowerCase());
      const row = exact.get(name) ?? (near?.anyCase === true ? near : undefined);
      if (row !== undefined) return standingOfRow(row);
      if (isCombined(name, exact)) return { kind: "aggregate" };
      if (tableFunctions.has(name.toLowerCase())) return { kind: "table-function" };
      return { kind: "unknown", similar: near?.name };
    },
  };
}

function standingOfRow(row: FunctionRow): FunctionStanding {
  if (row.aggregate) return { kind: "aggregate" };
  const allowed = allowedCategories.has(row.category) || allowedOthers.has(row.original);
  if (forbiddenNames.has(row.original) || forbiddenNames.has(row.name)) return { kind: "forbidden" };
  if (!row.deterministic && (allowed || row.category === "Random Number")) return { kind: "not-deterministic" };
  return allowed ? { kind: "allowed" } : { kind: "forbidden" };
}

/** `sumIf`, `quantileArrayIf`: aggregates that the catalogue does not list, being made of others. */
function isCombined(name: string, exact: ReadonlyMap<string, FunctionRow>): boolean {
  let base = name;
  while (combinators.test(base)) {
    base = base.replace(combinators, "");
    if (exact.get(base)?.aggregate === true) return true;
  }
  return false;
}
