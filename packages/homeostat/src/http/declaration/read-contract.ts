import { type DataContract, dataContract } from "@homeostat/protocol";
import { columnTypeOf, type FieldType, type InputField } from "../../domain/pipeline/pipeline.ts";
import type { Source } from "../../domain/system/system.ts";
import type { Issue } from "../handler.ts";
import { type DeclarationDocument, readSchema } from "./yaml-document.ts";

/** A contract as systems use it. */
export interface Contract {
  readonly id: string;
  readonly inputs: readonly InputField[];
  readonly source: Source;
  /** What the contract promises and nobody checks yet, in words. */
  readonly unchecked: readonly string[];
}

type Property = DataContract["schema"][number]["properties"][number];

/** A date has no time of day: it is kept as its text, and expressions say `toDate(day)`. */
const fieldTypes: Readonly<Record<Property["logicalType"], FieldType>> = {
  string: "string",
  number: "number",
  integer: "integer",
  boolean: "boolean",
  timestamp: "timestamp",
  date: "string",
};

/** Keys of the standard that promise nothing about data: descriptions, people, prices, where it lies. */
const documentation: ReadonlySet<string> = new Set([
  ...["apiVersion", "kind", "id", "name", "version", "status", "schema", "description", "tags", "tenant", "domain"],
  ...["dataProduct", "authoritativeDefinitions", "customProperties", "team", "roles", "support", "price", "servers"],
  ...["contractCreatedTs", "businessName", "physicalName", "physicalType", "logicalType", "properties", "required"],
  ...["classification", "examples", "dataGranularityDescription", "slaDefaultElement", "transformLogic"],
  ...["transformDescription", "transformSourceObjects", "encryptedName", "criticalDataElement", "primaryKeyPosition"],
  ...["partitionKeyPosition", "isNullable"],
]);

const countOf = (value: unknown): string => (Array.isArray(value) ? ` (${value.length})` : "");
const saysNo = (value: unknown): boolean =>
  value === false || value === null || (Array.isArray(value) && value.length === 0);

/** Keys of one part that promise something, each by name; of `logicalTypeOptions` each option. */
function promisesIn(part: object): readonly string[] {
  return Object.entries(part).flatMap(([key, value]) => {
    if (documentation.has(key) || saysNo(value)) return [];
    if (key !== "logicalTypeOptions") return [key + countOf(value)];
    return typeof value === "object" && value !== null
      ? Object.keys(value).map((option) => `logicalTypeOptions.${option}`)
      : [key];
  });
}

function uncheckedIn(contract: DataContract): readonly string[] {
  const [table] = contract.schema;
  const named = (where: string, part: object): readonly string[] =>
    promisesIn(part).map((promise) => `contract ${contract.id}: ${where}${promise} is not checked`);
  return [
    ...named("", contract),
    ...(table === undefined ? [] : named(`${table.name}: `, table)),
    ...(table?.properties ?? []).flatMap((property) => [
      ...named(`field ${property.name}: `, property),
      ...(property.logicalType === "date"
        ? [`contract ${contract.id}: field ${property.name}: a date is kept as text, its form is not checked`]
        : []),
    ]),
  ];
}

/** Names that stand twice, and the one name that every object already has. */
function nameIssues(document: DeclarationDocument, properties: readonly Property[]): readonly Issue[] {
  const names = new Set<string>();
  const columns = new Set<string>();
  return properties.flatMap((property, index) => {
    const path = ["schema", 0, "properties", index];
    const column = property.physicalName ?? property.name;
    const issues: Issue[] = [];
    if (property.name === "constructor")
      issues.push({
        path: document.place([...path, "name"]),
        expected: "another name",
        found: "`constructor`, which is reserved",
      });
    if (names.has(property.name))
      issues.push({
        path: document.place([...path, "name"]),
        expected: "each field once",
        found: `\`${property.name}\` a second time`,
      });
    else if (columns.has(column))
      issues.push({
        path: document.place([...path, "physicalName"]),
        expected: "each column once",
        found: `\`${column}\` a second time`,
      });
    names.add(property.name);
    columns.add(column);
    return issues;
  });
}

/** Reads an Open Data Contract Standard v3 document: fields tagged `outcome` become outcome columns, all others inputs. */
export function readContract(
  document: DeclarationDocument,
): { readonly value: Contract } | { readonly issues: readonly Issue[] } {
  const read = readSchema(dataContract, document);
  if ("issues" in read) return read;
  const contract = read.value;
  const properties = contract.schema[0]?.properties ?? [];
  const issues = nameIssues(document, properties);
  if (issues.length > 0) return { issues };
  const isOutcome = (property: Property): boolean => property.tags?.includes("outcome") === true;
  const inputs = properties
    .filter((property) => !isOutcome(property))
    .map(
      ({ name, logicalType, required, physicalName }): InputField => ({
        name,
        type: fieldTypes[logicalType],
        required,
        physicalName: physicalName ?? name,
      }),
    );
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
  const source: Source = {
    component: `source:${contract.id}`,
    contractId: contract.id,
    contractVersion: contract.version,
    outcomeColumns: properties.filter(isOutcome).map(({ name, logicalType, physicalName }) => ({
      name,
      physicalName: physicalName ?? name,
      type: columnTypeOf(fieldTypes[logicalType]),
    })),
  };
  return { value: { id: contract.id, inputs, source, unchecked: uncheckedIn(contract) } };
}
