import { z } from "zod";
import { serverSchema } from "./data-contract-server.ts";
import { checkTyped, type Dialect } from "./data-contract-type.ts";
import type { Schema } from "./schema-issue.ts";
import { type DeclarationDocument, type DeclarationIssue, readSchema, readYaml } from "./yaml-document.ts";

/**
 * The Open Data Contract Standard as schemas: v3.1 (keys it does not know are forbidden) and v3.0 (open, with what 3.0
 * says otherwise: bounds that exclude are booleans, `team` is a list, `rule` instead of `metric`). Written from the
 * standard's own description, https://bitol-io.github.io/open-data-contract-standard.
 */

const text = z.string();
const tags = z.array(text);
const number = z.number();
const customProperty = z.strictObject({
  id: text.optional(),
  property: text,
  value: z.unknown().refine((value) => value !== undefined, "a value"),
  description: text.optional(),
});
const customProperties = z.array(customProperty);
const authoritativeDefinitions = z.array(
  z.strictObject({ id: text.optional(), url: text, type: text, description: text.optional() }),
);
const documented = {
  id: text.optional(),
  tags: tags.optional(),
  customProperties: customProperties.optional(),
  authoritativeDefinitions: authoritativeDefinitions.optional(),
};
const day = z.iso.date();
const member = z.strictObject({
  ...documented,
  username: text,
  name: text.optional(),
  description: text.optional(),
  role: text.optional(),
  dateIn: day.optional(),
  dateOut: day.optional(),
  replacedByUsername: text.optional(),
  comment: text.optional(),
});
const team = z.strictObject({
  ...documented,
  name: text.optional(),
  description: text.optional(),
  members: z.array(member).optional(),
});
const role = z.strictObject({
  id: text.optional(),
  role: text,
  description: text.optional(),
  access: text.optional(),
  firstLevelApprovers: text.optional(),
  secondLevelApprovers: text.optional(),
  customProperties: customProperties.optional(),
});
const support = z.strictObject({
  id: text.optional(),
  channel: text,
  url: text.optional(),
  description: text.optional(),
  tool: text.optional(),
  scope: text.optional(),
  invitationUrl: text.optional(),
  customProperties: customProperties.optional(),
});
const price = z.strictObject({
  id: text.optional(),
  priceAmount: number.optional(),
  priceCurrency: text.optional(),
  priceUnit: text.optional(),
});
const plainValue = z.union([text, number, z.boolean(), z.null()]);
const sla = z.strictObject({
  id: text.optional(),
  property: text,
  value: plainValue,
  valueExt: plainValue.optional(),
  unit: text.optional(),
  element: text.optional(),
  driver: text.optional(),
  description: text.optional(),
  scheduler: text.optional(),
  schedule: text.optional(),
});

const between = z
  .tuple([number, number])
  .refine(([low, high]) => low < high, "two numbers, the smaller one first")
  .describe("Exclusive at both ends, as the standard has it");
const operators = {
  mustBe: z.unknown().optional(),
  mustNotBe: z.unknown().optional(),
  mustBeGreaterThan: number.optional(),
  mustBeGreaterOrEqualTo: number.optional(),
  mustBeLessThan: number.optional(),
  mustBeLessOrEqualTo: number.optional(),
  mustBeBetween: between.optional(),
  mustNotBeBetween: between.optional(),
};
const operatorNames = Object.keys(operators) as (keyof typeof operators)[];

const libraryMetrics = ["nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"] as const;

const qualityShape = {
  ...documented,
  ...operators,
  name: text.optional(),
  description: text.optional(),
  type: z.enum(["text", "library", "sql", "custom"]).optional(),
  metric: z.enum(libraryMetrics).optional(),
  rule: text.optional(),
  arguments: z.record(text, z.unknown()).optional(),
  query: text.optional(),
  engine: text.optional(),
  implementation: z.union([text, z.record(text, z.unknown())]).optional(),
  dimension: z
    .enum(["accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"])
    .optional(),
  method: text.optional(),
  severity: text.optional(),
  businessImpact: text.optional(),
  unit: text.optional(),
  schedule: text.optional(),
  scheduler: text.optional(),
};
const looseQuality = z.looseObject(qualityShape);
type Quality = z.infer<typeof looseQuality>;

/** Keys that only one type of rule may have. */
const ownKeys: Readonly<Record<string, string>> = { query: "sql", engine: "custom", implementation: "custom" };

function typeOfQuality(dialect: Dialect, { type, metric }: Quality): string | undefined {
  return type ?? (metric === undefined && dialect === "3.1" ? undefined : "library");
}

/** What is there and does not belong to a rule of this type (v3.1 forbids it). */
function strangeKeys(quality: Quality, type: string | undefined): readonly string[] {
  const comparing = type === "library" || type === "sql";
  return [
    ...Object.keys(ownKeys).filter((key) => quality[key] !== undefined && ownKeys[key] !== type),
    ...(comparing ? [] : operatorNames.filter((name) => quality[name] !== undefined)),
  ];
}

/** What must be there, with the words that say why. */
function wantedKeys(
  dialect: Dialect,
  quality: Quality,
  type: string | undefined,
): readonly (readonly [string, string])[] {
  if (type === "sql") return [["query", "the query of a rule of type sql"]];
  if (type === "custom")
    return [
      ["engine", "the engine of a rule of type custom"],
      ["implementation", "what the engine of a custom rule is to run"],
    ];
  if (type !== "library") return [];
  if (dialect === "3.1") return [["metric", `one of ${libraryMetrics.join(", ")}`]];
  return quality.metric === undefined ? [["rule", "the name of a rule of the library"]] : [];
}

function checkQuality(dialect: Dialect, quality: Quality, context: z.RefinementCtx): void {
  const type = typeOfQuality(dialect, quality);
  for (const [key, message] of wantedKeys(dialect, quality, type))
    if (quality[key] === undefined) context.addIssue({ code: "custom", path: [key], message });
  if (dialect === "3.0") return;
  const keys = [...strangeKeys(quality, type)];
  if (keys.length > 0) context.addIssue({ code: "unrecognized_keys", keys, input: quality });
  const used = operatorNames.filter((name) => quality[name] !== undefined);
  if ((type === "library" || type === "sql") && used.length !== 1)
    context.addIssue({
      code: "custom",
      path: used[1] === undefined ? [] : [used[1]],
      message: `exactly one operator, one of ${operatorNames.join(", ")}`,
    });
}

const relationshipEnd = z.union([text, z.array(text).min(1)]);
const relationship = z.strictObject({
  id: text.optional(),
  type: z.literal("foreignKey").optional(),
  from: relationshipEnd,
  to: relationshipEnd,
  customProperties: customProperties.optional(),
});
const objectRelationship = relationship.refine(
  ({ from, to }) => Array.isArray(from) === Array.isArray(to),
  "`from` and `to` both one property, or both lists",
);
const propertyRelationship = relationship.omit({ from: true });

function schemasOf(dialect: Dialect) {
  const quality = (dialect === "3.1" ? z.strictObject(qualityShape) : looseQuality).superRefine((value, context) =>
    checkQuality(dialect, value as Quality, context),
  );
  const element = {
    ...documented,
    name: text,
    physicalType: text.optional(),
    physicalName: text.optional(),
    description: text.optional(),
    businessName: text.optional(),
    quality: z.array(quality).optional(),
  };
  const types =
    dialect === "3.1"
      ? (["string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"] as const)
      : (["string", "date", "number", "integer", "object", "array", "boolean"] as const);
  const propertyShape = {
    ...element,
    primaryKey: z.boolean().optional(),
    primaryKeyPosition: z.int().optional(),
    logicalType: z.enum(types).optional(),
    logicalTypeOptions: z.record(text, z.unknown()).optional(),
    required: z.boolean().optional(),
    unique: z.boolean().optional(),
    partitioned: z.boolean().optional(),
    partitionKeyPosition: z.int().optional(),
    classification: text.optional(),
    encryptedName: text.optional(),
    transformSourceObjects: z.array(text).optional(),
    transformLogic: text.optional(),
    transformDescription: text.optional(),
    examples: z.array(z.unknown()).optional(),
    criticalDataElement: z.boolean().optional(),
    ...(dialect === "3.1" ? { relationships: z.array(propertyRelationship).optional() } : {}),
  };
  const nested = (): z.ZodType => z.lazy(() => property);
  const item = z
    .strictObject({
      ...propertyShape,
      name: text.optional(),
      properties: z.array(nested()).optional(),
      items: z.lazy((): z.ZodType => item).optional(),
    })
    .superRefine((value, context) => checkTyped(dialect, value, context));
  const property = z
    .strictObject({ ...propertyShape, properties: z.array(nested()).optional(), items: item.optional() })
    .superRefine((value, context) => checkTyped(dialect, value, context));
  const objectShape = {
    ...element,
    logicalType: z.literal("object").optional(),
    dataGranularityDescription: text.optional(),
    properties: z.array(property).optional(),
    ...(dialect === "3.1" ? { relationships: z.array(objectRelationship).optional() } : {}),
  };
  const shape = {
    ...documented,
    id: text.min(1).max(200),
    kind: z.literal("DataContract"),
    name: text.optional(),
    version: text.min(1).max(100),
    status: text.min(1).max(100),
    tenant: text.optional(),
    domain: text.optional(),
    dataProduct: text.optional(),
    description: z
      .looseObject({
        usage: text.optional(),
        purpose: text.optional(),
        limitations: text.optional(),
        authoritativeDefinitions: authoritativeDefinitions.optional(),
        customProperties: customProperties.optional(),
      })
      .optional(),
    servers: z
      .array(
        serverSchema(
          { roles: z.array(role).optional(), customProperties: customProperties.optional() },
          dialect === "3.1",
        ),
      )
      .optional(),
    schema: z.array(dialect === "3.1" ? z.strictObject(objectShape) : z.looseObject(objectShape)).optional(),
    support: z.array(support).optional(),
    price: price.optional(),
    // the list of members is the older form, deprecated and still legal
    team: (dialect === "3.1" ? z.union([team, z.array(member)]) : z.array(member)).optional(),
    roles: z.array(role).optional(),
    slaDefaultElement: text.optional(),
    slaProperties: z.array(sla).optional(),
    contractCreatedTs: z.iso.datetime({ offset: true }).optional(),
  };
  const apiVersion = text.regex(
    dialect === "3.1" ? /^v3\.1\.\d+$/ : /^v3\.0\.\d+$/,
    "a version of the Open Data Contract Standard: v3.1.0, or v3.0.0 to v3.0.2",
  );
  return dialect === "3.1" ? z.strictObject({ apiVersion, ...shape }) : z.looseObject({ apiVersion, ...shape });
}

/** ODCS v3.1. */
const contract31 = schemasOf("3.1");
/** ODCS v3.0. */
const contract30 = schemasOf("3.0");

export type DataContract = z.infer<typeof contract31>;

/** The schema that a document asks for by its `apiVersion`; that of v3.1 where it names none that is known. */
function contractSchemaOf(value: unknown): Schema<DataContract> {
  const named = typeof value === "object" && value !== null && "apiVersion" in value ? String(value.apiVersion) : "";
  return (named.startsWith("v3.0.") ? contract30 : contract31) as Schema<DataContract>;
}

/** A contract of either version of the standard; the schema is chosen by `apiVersion`. */
export const dataContract: Schema<DataContract> = {
  safeParse: (value) => contractSchemaOf(value).safeParse(value),
};

/** One contract read from text, with the document that knows its lines. */
export interface ContractText {
  readonly contract: DataContract;
  readonly document: DeclarationDocument;
}

/**
 * Reads and lints the text of one contract file. Every issue says file, line and column, what was expected and what was
 * found; there is exactly one contract in the file, or that is the issue.
 */
export function lintContract(
  file: string,
  source: string,
): { readonly value: ContractText } | { readonly issues: readonly DeclarationIssue[] } {
  const { documents, issues } = readYaml(file, source);
  if (issues.length > 0) return { issues };
  const [document] = documents;
  if (document === undefined || documents.length > 1)
    return {
      issues: [{ path: `${file}:1:1`, expected: "one document of kind DataContract", found: String(documents.length) }],
    };
  const read = readSchema(dataContract, document);
  if ("issues" in read) return read;
  const repeated = repeatedNames(document, read.value);
  return repeated.length > 0 ? { issues: repeated } : { value: { contract: read.value, document } };
}

/** Rules, marks and results go by the names of fields: each stands once in its object, and so does each column. */
function repeatedNames(document: DeclarationDocument, { schema }: DataContract): readonly DeclarationIssue[] {
  return (schema ?? []).flatMap(({ properties }, object) => {
    const names = new Set<string>();
    const columns = new Set<string>();
    return (properties ?? []).flatMap(({ name, physicalName = name }, index): DeclarationIssue[] => {
      const isRepeated = names.has(name);
      const isRepeatedColumn = columns.has(physicalName);
      names.add(name);
      columns.add(physicalName);
      if (!isRepeated && !isRepeatedColumn) return [];
      const [key, found] = isRepeated ? ["name", name] : ["physicalName", physicalName];
      const path = document.place(["schema", object, "properties", index, key]);
      return [{ path, expected: "each field and each column once", found: `\`${found}\` a second time` }];
    });
  });
}
