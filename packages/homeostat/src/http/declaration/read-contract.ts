import { type DataContract, type DeclarationDocument, dataContract, fieldName, readSchema } from "@homeostat/protocol";
import type { Contract, ContractType } from "../../domain/contract/contract.ts";
import { readContract } from "../../domain/contract/read-contract.ts";
import type { ExpressionChecker } from "../../domain/engine/expression.ts";
import { columnTypeOf, type FieldType, type InputField } from "../../domain/pipeline/pipeline.ts";
import type { Source } from "../../domain/system/system.ts";
import type { Issue } from "../handler.ts";

/** A contract as systems use it. */
export interface SystemContract {
  readonly id: string;
  readonly inputs: readonly InputField[];
  readonly source: Source;
  /** What the contract promises and nobody checks, in words. */
  readonly unchecked: readonly string[];
}

type DeclaredTable = NonNullable<DataContract["schema"]>[number];
type Property = NonNullable<DeclaredTable["properties"]>[number];

/** A date or a time is kept as its text, and expressions say `toDate(day)`. Nested values are no inputs. */
const fieldTypes: Readonly<Record<ContractType, FieldType | undefined>> = {
  string: "string",
  number: "number",
  integer: "integer",
  boolean: "boolean",
  timestamp: "timestamp",
  date: "string",
  time: "string",
  object: undefined,
  array: undefined,
};

const largestContract = 1_000;

/** The one object of a contract that is to be used; more, or none, is an issue. */
export function onlyObject(
  document: DeclarationDocument,
  contract: DataContract,
): { readonly value: DeclaredTable } | { readonly issues: readonly Issue[] } {
  const [table] = contract.schema ?? [];
  const found = (what: string, path: (string | number)[]) => ({
    issues: [{ path: document.place(path), expected: "schema: exactly one object with properties", found: what }],
  });
  if (table === undefined || contract.schema?.length !== 1)
    return found(`${contract.schema?.length ?? 0} objects`, ["schema"]);
  const count = table.properties?.length ?? 0;
  return count === 0 || count > largestContract
    ? found(`one with ${count} properties`, ["schema", 0, "properties"])
    : { value: table };
}

/** Names that cannot be columns, names that stand twice, and the one name that every object already has. */
function nameIssues(document: DeclarationDocument, properties: readonly Property[]): readonly Issue[] {
  const names = new Set<string>();
  const columns = new Set<string>();
  return properties.flatMap((property, index) => {
    const path = ["schema", 0, "properties", index];
    const column = property.physicalName ?? property.name;
    const issue = (key: string, expected: string, found: string): Issue => ({
      path: document.place([...path, key]),
      expected,
      found,
    });
    const issues: Issue[] = [];
    const shape = fieldName.safeParse(property.name);
    if (!shape.success)
      issues.push(issue("name", shape.error.issues[0]?.message ?? "a field name", `\`${property.name}\``));
    if (property.name === "constructor") issues.push(issue("name", "another name", "`constructor`, which is reserved"));
    if (names.has(property.name)) issues.push(issue("name", "each field once", `\`${property.name}\` a second time`));
    else if (columns.has(column)) issues.push(issue("physicalName", "each column once", `\`${column}\` a second time`));
    names.add(property.name);
    columns.add(column);
    return issues;
  });
}

function sourceOf(contract: Contract): Source {
  return {
    component: `source:${contract.id}`,
    contractId: contract.id,
    contractVersion: contract.version,
    outcomeColumns: contract.fields.flatMap((field) => {
      const type = fieldTypes[field.type];
      return field.isOutcome && type !== undefined
        ? [{ name: field.name, physicalName: field.physicalName, type: columnTypeOf(type) }]
        : [];
    }),
    contract,
  };
}

/**
 * Reads an Open Data Contract Standard v3 document for a system: fields tagged `outcome` become outcome columns, all
 * others inputs. @throws Fault of the engine.
 */
export async function readSystemContract(
  document: DeclarationDocument,
  checker: ExpressionChecker,
): Promise<{ readonly value: SystemContract } | { readonly issues: readonly Issue[] }> {
  const read = readSchema(dataContract, document);
  if ("issues" in read) return read;
  const table = onlyObject(document, read.value);
  if ("issues" in table) return table;
  const properties = table.value.properties ?? [];
  const issues = nameIssues(document, properties);
  if (issues.length > 0) return { issues };
  const contract = await readContract(read.value, table.value, checker);
  const inputs = contract.fields.flatMap((field): InputField[] => {
    const type = fieldTypes[field.type];
    const { name, required, physicalName } = field;
    return field.isOutcome || type === undefined ? [] : [{ name, type, required, physicalName }];
  });
  if (inputs.length === 0)
    return {
      issues: [
        {
          path: document.place(["schema", 0, "properties"]),
          expected: "at least one field that is not tagged `outcome`",
          found: "none",
        },
      ],
    };
  const unchecked = contract.unchecked.map((what) => `contract ${contract.id}: not checked: ${what}`);
  return { value: { id: contract.id, inputs, source: sourceOf(contract), unchecked } };
}
