import type { JsonSchema } from "../../data/open-api.ts";

/** One line of a shape: a path into the body, its type, whether it must be there, and what it is. */
export interface ShapeLine {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

const mostDepth = 6;

/** The alternatives of a schema; a schema without any is its own only one. */
const alternativesOf = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf ?? schema.oneOf ?? [schema];

const isNull = (schema: JsonSchema): boolean => schema.type === "null";

/** A schema's type in a few words: `string (date-time)`, `"open" | "resolved"`, `object | null`, `list of number`. */
export function typeText(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1) ?? "object";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf !== undefined || schema.oneOf !== undefined) {
    return [...new Set(alternativesOf(schema).map(typeText))].join(" | ");
  }
  if (schema.type === "array") return `list of ${schema.items === undefined ? "anything" : typeText(schema.items)}`;
  const name = Array.isArray(schema.type)
    ? schema.type.join(" | ")
    : ((schema.type as string | undefined) ?? "anything");
  return schema.format === undefined ? name : `${name} (${schema.format})`;
}

// JSON Schema's integers carry the bounds of safe integers, which say nothing to a reader.
const isTelling = (bound: number | undefined): bound is number =>
  bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;

/** Limits worth reading, in words. */
export function limitText(schema: JsonSchema): string {
  const limits = [
    isTelling(schema.minimum) ? `at least ${schema.minimum}` : "",
    isTelling(schema.maximum) ? `at most ${schema.maximum}` : "",
    schema.minItems === undefined ? "" : `at least ${schema.minItems} items`,
    schema.maxItems === undefined ? "" : `at most ${schema.maxItems} items`,
    schema.maxLength === undefined ? "" : `at most ${schema.maxLength} characters`,
    schema.default === undefined ? "" : `default ${JSON.stringify(schema.default)}`,
  ];
  return limits.filter((limit) => limit !== "").join(", ");
}

/** The object or list inside a schema that may also be null. */
function inner(schema: JsonSchema): JsonSchema {
  const solid = alternativesOf(schema).filter((one) => !isNull(one));
  const [only] = solid;
  return solid.length === 1 && only !== undefined && only !== schema ? inner(only) : schema;
}

function linesOf(path: string, schema: JsonSchema, required: boolean, depth: number): readonly ShapeLine[] {
  const description = [schema.description ?? "", limitText(schema)].filter((text) => text !== "").join("; ");
  const own: ShapeLine = { path, type: typeText(schema), required, description };
  return [own, ...below(path, inner(schema), depth)];
}

function below(path: string, schema: JsonSchema, depth: number): readonly ShapeLine[] {
  if (depth >= mostDepth) return [];
  if (schema.type === "array" && schema.items !== undefined) return below(`${path}[]`, inner(schema.items), depth + 1);
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    linesOf(path === "" ? name : `${path}.${name}`, property, required.has(name), depth + 1),
  );
}

/** A schema as a flat list of paths. Deeper than six levels is left out. Cost: one line per property. */
export function shapeLines(schema: JsonSchema): readonly ShapeLine[] {
  return below("", inner(schema), 0);
}
