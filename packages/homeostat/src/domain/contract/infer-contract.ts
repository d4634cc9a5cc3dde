import type { ContractType } from "./contract.ts";

/** What was seen of one column in all rows. */
export interface ColumnProfile {
  readonly name: string;
  readonly type: ContractType;
  readonly rows: number;
  readonly missing: number;
  /** Every value with its count; undefined when there are more than a domain may hold. */
  readonly values: readonly string[] | undefined;
  readonly distinct: number;
  readonly minimum: number | string | undefined;
  readonly maximum: number | string | undefined;
}

/** Values that a column may have and still be taken for a closed list. */
export const largestDomain = 100;
/** A list of values is only a domain when each stands for many rows; a list as long as the data is a list of names. */
const rowsPerValue = 10;

interface InferredProperty {
  readonly name: string;
  readonly physicalName?: string;
  readonly logicalType: ContractType;
  readonly required?: true;
  readonly description?: string;
  readonly logicalTypeOptions?: Readonly<Record<string, number | string>>;
  readonly quality?: readonly Readonly<Record<string, unknown>>[];
  readonly tags?: readonly string[];
}

/** A contract in the shape of the standard, ready to be written as YAML. */
export interface InferredContract {
  readonly apiVersion: "v3.1.0";
  readonly kind: "DataContract";
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly status: "draft";
  readonly schema: readonly {
    readonly name: string;
    readonly logicalType: "object";
    readonly properties: readonly InferredProperty[];
  }[];
}

/** `Pickup DateTime` becomes `pickup_datetime`: a name that can be a column everywhere. */
function fieldNameOf(column: string, taken: ReadonlySet<string>): string {
  const plain = column
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^[^a-z]+|_+$/g, "")
    .slice(0, 60);
  const name = plain === "" ? "field" : plain;
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}_${number}`)) number += 1;
  return `${name}_${number}`;
}

function presenceOf({ rows, missing }: ColumnProfile): Pick<InferredProperty, "required" | "description" | "quality"> {
  if (rows === 0) return {};
  if (missing === 0) return { required: true };
  if (missing < rows) return {};
  return {
    description: "Empty in every row that this was inferred from: its type is a guess, and a value is news.",
    quality: [{ metric: "nullValues", mustBe: 100, unit: "percent", description: "Has never had a value" }],
  };
}

function domainOf({
  type,
  values,
  rows,
  missing,
  distinct,
}: ColumnProfile): readonly Readonly<Record<string, unknown>>[] {
  const isListed =
    values !== undefined && distinct > 0 && distinct <= largestDomain && (rows - missing) / distinct >= rowsPerValue;
  if (type !== "string" || !isListed) return [];
  return [{ metric: "invalidValues", arguments: { validValues: [...values].sort() }, mustBe: 0 }];
}

function rangeOf({ type, minimum, maximum }: ColumnProfile): Pick<InferredProperty, "logicalTypeOptions"> {
  if ((type !== "number" && type !== "integer") || minimum === undefined || maximum === undefined) return {};
  return { logicalTypeOptions: { minimum, maximum } };
}

/**
 * A first contract from data: types, whether a value is always there, never there or sometimes, the lists of values up to
 * a hundred, the ranges of numbers. It promises what was seen and nothing more; people widen it where they know better.
 */
export function inferContract(id: string, object: string, columns: readonly ColumnProfile[]): InferredContract {
  const taken = new Set<string>();
  const properties = columns.map((column): InferredProperty => {
    const name = fieldNameOf(column.name, taken);
    taken.add(name);
    const { quality = [], ...presence } = presenceOf(column);
    const rules = [...quality, ...domainOf(column)];
    return {
      name,
      ...(name === column.name ? {} : { physicalName: column.name }),
      logicalType: column.type,
      ...presence,
      ...rangeOf(column),
      ...(rules.length === 0 ? {} : { quality: rules }),
    };
  });
  return {
    apiVersion: "v3.1.0",
    kind: "DataContract",
    id,
    name: id,
    version: "0.1.0",
    status: "draft",
    schema: [{ name: object, logicalType: "object", properties }],
  };
}
