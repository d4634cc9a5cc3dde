import type { Instant } from "../instant.ts";
import { invariant } from "../invariant.ts";

/**
 * What the values of a column are, whatever file or table they came from. `unsigned` holds what no signed 64-bit
 * integer can; `timestamp` is to the microsecond, `timestamp-ns` finer.
 */
export type ColumnKind = "boolean" | "integer" | "unsigned" | "number" | "text" | "date" | "timestamp" | "timestamp-ns";

export interface DatasetColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Raised when the same rows would get other parts or another text. */
export const manifestFormat = 1;
/** A part ends after so many rows or so many bytes of text, whichever comes first. */
export const partLimits = { rows: 65_536, bytes: 16 * 1024 * 1024 } as const;
/** What stands in the place of an erased row. No row has this text: rows are lists. */
export const tombstone = '"erased"';

/** A stretch of the sorted rows. `digest` is SHA-256 (hex) of its text, `bytes` the length of that text. */
export interface DatasetPart {
  readonly rows: number;
  readonly bytes: number;
  readonly digest: string;
  /** Where the compressed text lies, how long it is and its own SHA-256. The same text may be compressed otherwise elsewhere. */
  readonly stored: { readonly key: string; readonly bytes: number; readonly digest: string };
}

/** Where the rows came from: told, and not part of the digest. */
export type DatasetOrigin =
  | {
      readonly kind: "files";
      readonly files: readonly { readonly name: string; readonly sha256: string; readonly bytes: number }[];
    }
  | {
      readonly kind: "predictions";
      readonly since: Instant;
      readonly until: Instant;
      /** Checked expression over the contract's fields; undefined: every row. */
      readonly where: string | undefined;
      readonly labelledOnly: boolean;
      /** Predictions and outcomes received after it are not in the dataset. */
      readonly receivedUntil: Instant;
      /** Newest event time the store knew of; undefined when it knew of none. */
      readonly watermark: Instant | undefined;
    };

/** One act of erasure on one part. */
export interface PartErasure {
  readonly at: Instant;
  /** Keyed hash of the subject's id; the id itself is kept nowhere. */
  readonly subject: string;
  readonly part: number;
  /** Rows of the part, from 0. */
  readonly positions: readonly number[];
  readonly before: { readonly digest: string; readonly bytes: number };
  readonly after: { readonly digest: string; readonly bytes: number };
}

/** What a column holds, counted when the dataset was made and again after each erasure. */
export interface ColumnStatistics {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly nulls: number;
  /** Estimated beyond some thousands. */
  readonly distinct: number;
  readonly min: string | undefined;
  readonly max: string | undefined;
  /** At 5, 25, 50, 75 and 95 %; numbers only. */
  readonly quantiles: readonly number[] | undefined;
  /** The most frequent values; texts and truth values only. */
  readonly top: readonly { readonly value: string; readonly rows: number }[] | undefined;
}

/** Everything about one immutable snapshot of rows except the rows. Kept beside its parts, and self-contained. */
export interface Manifest {
  readonly format: typeof manifestFormat;
  /** The dataset's name for ever. Of datasets made by releases before manifests it is the digest of that time. */
  readonly name: string;
  /** Digest of schema and parts as they were made. */
  readonly content: string;
  readonly system: string;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly origin: DatasetOrigin;
  /** Rows of subjects already erased that the source still had and that were left out. */
  readonly leftOut: number;
  readonly schema: readonly DatasetColumn[];
  readonly rows: number;
  readonly parts: readonly DatasetPart[];
  readonly statistics: readonly ColumnStatistics[];
  readonly erasures: readonly PartErasure[];
}

/** The text whose SHA-256 is the dataset's digest: schema, row count and parts as they were before any erasure. */
export function contentText(manifest: Pick<Manifest, "schema" | "rows" | "parts" | "erasures">): string {
  const parts = manifest.parts.map((part, index) => {
    const first = manifest.erasures.find((erasure) => erasure.part === index);
    const { digest, bytes } = first?.before ?? part;
    return [part.rows, bytes, digest];
  });
  return JSON.stringify({
    format: manifestFormat,
    schema: manifest.schema.map(({ name, kind }) => [name, kind]),
    rows: manifest.rows,
    parts,
  });
}

/** Rows of a part, from 0, that were erased. */
export function erasedPositions(manifest: Pick<Manifest, "erasures">, part: number): ReadonlySet<number> {
  return new Set(manifest.erasures.filter((erasure) => erasure.part === part).flatMap(({ positions }) => positions));
}

export function erasedRows(manifest: Pick<Manifest, "erasures">): number {
  return manifest.erasures.reduce((sum, { positions }) => sum + positions.length, 0);
}

/** The kind of a column of the engine. Types without one of their own are kept as the text the engine writes. */
export function columnKindOf(type: string): ColumnKind {
  const plain = type.replace(/^LowCardinality\((.*)\)$/, "$1").replace(/^Nullable\((.*)\)$/, "$1");
  if (plain === "Bool") return "boolean";
  if (/^(Int(8|16|32|64)|UInt(8|16|32))$/.test(plain)) return "integer";
  if (plain === "UInt64") return "unsigned";
  if (/^(Float32|Float64|BFloat16)$/.test(plain)) return "number";
  if (/^Date(32)?$/.test(plain)) return "date";
  if (/^DateTime(\(|$)/.test(plain)) return "timestamp";
  const precision = /^DateTime64\((\d)/.exec(plain)?.[1];
  if (precision !== undefined) return Number(precision) > 6 ? "timestamp-ns" : "timestamp";
  return "text";
}

/** The type under which the engine reads a column of that kind back. */
export function engineTypeOf(kind: ColumnKind): string {
  switch (kind) {
    case "boolean":
      return "Nullable(Bool)";
    case "integer":
      return "Nullable(Int64)";
    case "unsigned":
      return "Nullable(UInt64)";
    case "number":
      return "Nullable(Float64)";
    case "text":
      return "Nullable(String)";
    case "date":
      return "Nullable(Date32)";
    case "timestamp":
      return "Nullable(DateTime64(6, 'UTC'))";
    case "timestamp-ns":
      return "Nullable(DateTime64(9, 'UTC'))";
  }
}

/**
 * One row as the text that is digested: a JSON list of its values in the order of the columns' names. Numbers are
 * written as ECMAScript writes them (shortest digits that read back to the same double; -0 is 0; not-a-number and
 * infinities are texts), integers in full, times as ISO 8601 in UTC without trailing zeros, missing values as `null`.
 * `cells` are values as the engine writes them in JSON with 64-bit integers quoted.
 */
export function canonicalRow(schema: readonly DatasetColumn[], cells: readonly unknown[]): string {
  return `[${schema.map((column, index) => canonicalCell(column.kind, cells[index] ?? null)).join(",")}]`;
}

const nonFinite: Readonly<Record<string, string>> = { nan: '"NaN"', inf: '"Infinity"', "-inf": '"-Infinity"' };

function canonicalCell(kind: ColumnKind, cell: unknown): string {
  if (cell === null) return "null";
  switch (kind) {
    case "boolean":
      return cell === true || cell === 1 ? "true" : "false";
    case "integer":
    case "unsigned":
      return String(cell);
    case "number": {
      if (typeof cell === "number") return String(cell === 0 ? 0 : cell);
      const text = nonFinite[String(cell).toLowerCase()];
      invariant(text !== undefined, `not a number: ${String(cell)}`);
      return text;
    }
    case "text":
    case "date":
      return JSON.stringify(String(cell));
    case "timestamp":
    case "timestamp-ns":
      return `"${String(cell)
        .replace(" ", "T")
        .replace(/\.(\d*?)0*$/, (_, digits: string) => (digits === "" ? "" : `.${digits}`))}Z"`;
  }
}

/** The texts of the cells of a canonical row; of a tombstone there are none. */
export function cellTextsOf(row: string): readonly string[] {
  if (row === tombstone) return [];
  const cells: string[] = [];
  let start = 1;
  let quoted = false;
  for (let at = 1; at < row.length; at++) {
    const sign = row[at];
    if (quoted) {
      if (sign === "\\") at += 1;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === "," || sign === "]") {
      cells.push(row.slice(start, at));
      start = at + 1;
    }
  }
  return cells;
}

/** The text that a value given by a person has in a cell of that kind; undefined where such a value cannot stand. */
export function cellTextOf(kind: ColumnKind, value: string): string | undefined {
  if (kind === "text") return JSON.stringify(value);
  if (kind === "integer" || kind === "unsigned") return /^-?(0|[1-9]\d*)$/.test(value) ? value : undefined;
  if (kind === "number") return /^-?\d+(\.\d+)?$/.test(value) ? String(Number(value)) : undefined;
  return undefined;
}
