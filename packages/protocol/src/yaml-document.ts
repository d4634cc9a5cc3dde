import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  visit,
} from "yaml";
import { type IssuePath, pathTextOf, type Schema, type SchemaIssue, schemaIssuesOf } from "./schema-issue.ts";

/** Uses of one anchor, counted through anchors inside anchors: a hundred lines cannot become a billion values. */
const mostAliases = 100;
/** Deeper than any declaration; far less than the stack of the YAML reader. */
const deepestYaml = 64;

/** Where something is wrong in declared text (`file:line:column`), what was expected there and what was found. */
export interface DeclarationIssue {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

type YamlDocument = Document.Parsed<ParsedNode>;

/** One YAML document of a file, as a value that still knows its lines. */
export interface DeclarationDocument {
  readonly file: string;
  readonly kind: string;
  readonly value: unknown;
  /** `file:line:column` of the value at a path, or of the nearest thing around it that exists. */
  place(path: IssuePath, about?: SchemaIssue["about"]): string;
}

interface Step {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

function stepInto(node: Node | undefined, part: string | number): Step | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
    return pair === undefined
      ? undefined
      : { key: pair.key as Node, value: isNode(pair.value) ? pair.value : undefined };
  }
  const item = isSeq(node) && typeof part === "number" ? node.items[part] : undefined;
  return isNode(item) ? { key: undefined, value: item } : undefined;
}

/** The steps from the root to the deepest part of the path that is written down. */
function stepsTo(document: YamlDocument, path: IssuePath): readonly Step[] {
  const steps: Step[] = [{ key: undefined, value: document.contents ?? undefined }];
  for (const part of path) {
    const at = steps.at(-1)?.value;
    const step = stepInto(isAlias(at) ? at.resolve(document) : at, part);
    if (step === undefined) break;
    steps.push(step);
  }
  return steps;
}

function placeIn(file: string, document: YamlDocument, lines: LineCounter): DeclarationDocument["place"] {
  return (path, about = "value") => {
    const last = stepsTo(document, path).at(-1);
    const node = about === "value" ? (last?.value ?? last?.key) : (last?.key ?? last?.value);
    return `${file}:${positionText(lines, node?.range?.[0] ?? 0)}`;
  };
}

function positionText(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${Math.max(line, 1)}:${Math.max(col, 1)}`;
}

/** Keys that stand twice and keys that reach into prototypes. Linear, where the reader's own check is quadratic. */
function keyIssues(file: string, document: YamlDocument, lines: LineCounter): readonly DeclarationIssue[] {
  const issues: DeclarationIssue[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const path = `${file}:${positionText(lines, key.range?.[0] ?? 0)}`;
        if (seen.has(name)) issues.push({ path, expected: "each key once", found: `\`${name}\` a second time` });
        if (name === "__proto__" || name === "<<") issues.push({ path, expected: "no such key", found: `\`${name}\`` });
        seen.add(name);
      }
    },
  });
  return issues;
}

/** Brackets that do not close and `- - -` in one line, quotes not considered: only a bound, so that reading cannot overflow the stack. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const mark of text.matchAll(/[[{]|[\]}]|(?:[-?:] +){64}/g)) {
    if (mark[0].length > 1) return true;
    depth += mark[0] === "[" || mark[0] === "{" ? 1 : -1;
    if (depth > deepestYaml * 4) return true;
  }
  return false;
}

interface Parsed {
  readonly documents: readonly YamlDocument[];
  readonly lines: LineCounter;
}

function parseText(text: string): Parsed | string {
  if (isTooDeep(text)) return "nesting too deep for a declaration";
  const lines = new LineCounter();
  try {
    const options = {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      stringKeys: true,
      schema: "core",
      version: "1.2",
    } as const;
    const documents = parseAllDocuments(text, options);
    return { documents: Array.isArray(documents) ? (documents as YamlDocument[]) : [], lines };
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

function plainValue(document: YamlDocument): { readonly value: unknown } | string {
  try {
    return { value: document.toJS({ maxAliasCount: mostAliases }) };
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

const kindOf = (value: unknown): string => {
  const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  return typeof kind === "string" ? kind : "";
};

/**
 * Reads the documents of one file. Broken YAML, unknown tags, keys that stand twice and anchors that multiply are
 * issues with their place. Empty documents are passed over.
 */
export function readYaml(
  file: string,
  text: string,
): { readonly documents: readonly DeclarationDocument[]; readonly issues: readonly DeclarationIssue[] } {
  const parsed = parseText(text);
  if (typeof parsed === "string")
    return { documents: [], issues: [{ path: `${file}:1:1`, expected: "YAML", found: parsed }] };
  const { lines } = parsed;
  const documents: DeclarationDocument[] = [];
  const issues: DeclarationIssue[] = [];
  for (const document of parsed.documents) {
    const wrong = [...document.errors, ...document.warnings].map(
      (error): DeclarationIssue => ({
        path: `${file}:${positionText(lines, error.pos[0])}`,
        expected: "YAML",
        found: error.message,
      }),
    );
    if (wrong.length === 0) wrong.push(...keyIssues(file, document, lines));
    issues.push(...wrong);
    if (wrong.length > 0 || document.contents === null) continue;
    const read = plainValue(document);
    if (typeof read === "string") issues.push({ path: `${file}:1:1`, expected: "few uses of anchors", found: read });
    else if (read.value !== null)
      documents.push({ file, kind: kindOf(read.value), value: read.value, place: placeIn(file, document, lines) });
  }
  return { documents, issues };
}

/** The document's value after its schema, or every issue at its line and column. */
export function readSchema<T>(
  schema: Schema<T>,
  document: DeclarationDocument,
): { readonly value: T } | { readonly issues: readonly DeclarationIssue[] } {
  const result = schema.safeParse(document.value);
  if (result.success) return { value: result.data };
  const issues = schemaIssuesOf(result.error, document.value).map(({ path, about, expected, found }) => ({
    path: document.place(path, about),
    expected: path.length === 0 ? expected : `${pathTextOf(path)}: ${expected}`,
    found,
  }));
  return { issues };
}
