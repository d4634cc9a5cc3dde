import { basename } from "node:path";
import { columnProfileOf, type ProfileRow, profileSql } from "../../contract/profile-column.ts";
import type { ContractType } from "../../domain/contract/contract.ts";
import { type InferredContract, inferContract } from "../../domain/contract/infer-contract.ts";
import { sqlName } from "../../engine/quote-sql.ts";
import type { DataPart, PrivateEngine } from "./open-data.ts";

const knownTypes: readonly (readonly [RegExp, ContractType])[] = [
  [/^U?Int\d+$/, "integer"],
  [/^(Float|BFloat|Decimal)/, "number"],
  [/^Bool$/, "boolean"],
  [/^DateTime/, "timestamp"],
  [/^Date/, "date"],
  [/^(Array)/, "array"],
  [/^(Tuple|Map|JSON|Object)/, "object"],
];

function knownType(parts: readonly DataPart[], name: string): ContractType | undefined {
  const types = parts.flatMap((part) =>
    part.isTyped ? part.columns.filter((column) => column.name === name).map((column) => column.type) : [],
  );
  const bare = types.map((type) => type.replaceAll(/LowCardinality\(|Nullable\(|\)+$/g, ""));
  const found = new Set(bare.map((type) => knownTypes.find(([pattern]) => pattern.test(type))?.[1]));
  const [only] = found;
  if (found.size === 2 && found.has("integer") && found.has("number")) return "number";
  return found.size === 1 ? only : undefined;
}

/** Reads every column of the files once and writes down what was seen. `tell` hears how many columns are done. */
export async function inferFromFiles(
  engine: PrivateEngine,
  parts: readonly DataPart[],
  id: string,
  tell: (done: number, of: number) => void,
): Promise<InferredContract> {
  const names = [...new Set(parts.flatMap((part) => part.columns.map((column) => column.name)))];
  const profiles = [];
  for (const [index, name] of names.entries()) {
    const sources = parts.map((part) => {
      const column = part.columns.find((one) => one.name === name);
      const text =
        column === undefined
          ? "NULL"
          : /String/.test(column.type)
            ? `nullIf(${sqlName(name)}, '')`
            : `toString(${sqlName(name)})`;
      return `SELECT CAST(${text} AS Nullable(String)) AS value FROM ${part.source}`;
    });
    const [row] = await engine.ask<ProfileRow>(`SELECT ${profileSql("value")} FROM (${sources.join(" UNION ALL ")})`);
    if (row !== undefined) profiles.push(columnProfileOf(name, row, knownType(parts, name)));
    tell(index + 1, names.length);
  }
  const object = basename(parts[0]?.path ?? id)
    .replace(/\..*$/, "")
    .replaceAll(/[^A-Za-z0-9_]+/g, "_");
  return inferContract(id, object, profiles);
}
