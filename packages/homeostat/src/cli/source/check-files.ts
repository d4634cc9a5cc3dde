import { checkTable, type TableAnswer } from "../../contract/check-table.ts";
import { absentColumn, literalBinder } from "../../contract/rule-sql.ts";
import { typedColumn } from "../../contract/typed-column.ts";
import type { Contract, ContractField } from "../../domain/contract/contract.ts";
import type { RuleResult } from "../../domain/contract/judge-rules.ts";
import { sqlName, sqlString } from "../../engine/quote-sql.ts";
import type { DataPart, PrivateEngine } from "./open-data.ts";

export interface FileCheck extends TableAnswer {
  /** undefined: all files together. */
  readonly path: string | undefined;
  /** Columns that the contract does not know. */
  readonly strange: readonly string[];
}

const bind = literalBinder(sqlString);

/** What our columns are called: nothing that a file calls its own, for the engine would take one for the other. */
function ownPrefix(parts: readonly DataPart[]): string {
  let prefix = "own_";
  const names = parts.flatMap((part) => part.columns.map((column) => column.name));
  while (names.some((name) => name.startsWith(prefix))) prefix = `_${prefix}`;
  return prefix;
}

/** One file as a table of typed columns `v0…`, with `b0…` where the type is wrong and `r0…` the text that stood there. */
function typedSource(part: DataPart, fields: readonly ContractField[], own: string): string {
  const columns = fields.flatMap((field, index) => {
    const physical = part.columns.find((column) => column.name === field.physicalName);
    if (physical === undefined)
      return [
        `${absentColumn(field)} AS ${own}v${index}`,
        `toUInt8(0) AS ${own}b${index}`,
        `CAST(NULL AS Nullable(String)) AS ${own}r${index}`,
      ];
    const typed = typedColumn(sqlName(physical.name), physical.type, field);
    return [
      `${typed.value} AS ${own}v${index}`,
      `toUInt8(ifNull(${typed.broken}, 0)) AS ${own}b${index}`,
      `${typed.raw} AS ${own}r${index}`,
    ];
  });
  return `SELECT ${[...columns, `rowNumberInAllBlocks() + 1 AS ${own}n`].join(", ")} FROM ${part.source}`;
}

/** A column that is not there: every promise about it is broken where it is required, and unknown where it is not. */
function absence(parts: readonly DataPart[], contract: Contract): readonly RuleResult[] {
  return contract.fields.flatMap((field): readonly RuleResult[] => {
    const without = parts.filter((part) => !part.columns.some((column) => column.name === field.physicalName));
    if (without.length === 0) return [];
    return [
      {
        rule: `${field.name}.present`,
        field: field.name,
        words: `there is a column \`${field.physicalName}\``,
        severity: "error",
        state: "failed",
        grade: "critical",
        reason: undefined,
        rows: 0,
        counted: undefined,
        share: undefined,
        values: without.slice(0, 10).map((part) => ({ value: part.path, count: 1 })),
        examples: [],
      },
    ];
  });
}

/** Holds one file, or several as one table, to the contract. `now` is what ages are counted to. */
export async function checkFiles(
  engine: PrivateEngine,
  contract: Contract,
  parts: readonly DataPart[],
  now: number,
): Promise<FileCheck> {
  const { fields } = contract;
  const own = ownPrefix(parts);
  const positions = new Map(fields.map((field, index) => [field.name, index]));
  const answer = await checkTable({
    contract,
    source: `(${parts.map((part) => typedSource(part, fields, own)).join(" UNION ALL ")})`,
    parameters: {},
    bindLiterals: bind,
    scope: (binding) => ({
      fields: new Map(fields.map((field) => [field.name, field])),
      column: (field) => `${own}v${positions.get(field)}`,
      broken: (field) => `${own}b${positions.get(field)}`,
      bind: binding,
      received: undefined,
      now,
    }),
    raw: (field) => `${own}r${positions.get(field)}`,
    example: parts.length === 1 ? `concat('row ', toString(${own}n))` : undefined,
    ask: (statement) => engine.ask(statement),
  });
  const known = new Set(fields.map((field) => field.physicalName));
  const strange = new Set(
    parts.flatMap((part) => part.columns.map((column) => column.name)).filter((name) => !known.has(name)),
  );
  const [only] = parts;
  return {
    rows: answer.rows,
    results: [...absence(parts, contract), ...answer.results],
    path: parts.length === 1 ? only?.path : undefined,
    strange: [...strange],
  };
}
