import type { z } from "zod";

type RawIssue = z.core.$ZodIssue;

/** The part of a schema and its error that this room uses; every schema of the protocol has it. */
interface SchemaError {
  readonly issues: readonly RawIssue[];
}
export interface Schema<T = unknown> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: T } | { readonly success: false; readonly error: SchemaError };
}

export type IssuePath = readonly (string | number)[];

/** What a schema found wrong, still with its path in parts, so that a text file can say line and column instead. */
export interface SchemaIssue {
  readonly path: IssuePath;
  /** `key`: the key itself does not belong there; `value`: its value is wrong; `missing`: the key should be there. */
  readonly about: "key" | "value" | "missing";
  readonly expected: string;
  readonly found: string;
}

const longestFound = 80;
const kindsOfNothing: Readonly<Record<string, string>> = { undefined: "nothing", null: "null" };

/** A found value in words, cut to 80 characters: values go back to their sender only, never into a log. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") {
    const text = JSON.stringify(value.slice(0, longestFound));
    return value.length > longestFound ? `text of ${value.length} characters beginning ${text}` : `text ${text}`;
  }
  if (typeof value === "number" || typeof value === "boolean") return `${typeof value} ${value}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : (kindsOfNothing[String(value)] ?? typeof value);
}

function valueAt(root: unknown, path: IssuePath): unknown {
  let at = root;
  for (const part of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}

const listed = (values: readonly unknown[]): string =>
  values.length === 1 ? JSON.stringify(values[0]) : `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`;

const words: Readonly<Record<string, string>> = {
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};
const formats: Readonly<Record<string, string>> = {
  datetime: "an ISO 8601 instant with zone, e.g. 2001-02-01T13:05:00Z",
  url: "an http or https address",
};
const units: Readonly<Record<string, string>> = { string: "characters", array: "entries" };

function boundOf(issue: RawIssue & { readonly code: "too_small" | "too_big" }): string {
  if (!issue.message.startsWith("Too ")) return issue.message;
  const [limit, word, strict] =
    issue.code === "too_small"
      ? [issue.minimum, issue.inclusive === false ? "more than" : "at least", issue.inclusive === false]
      : [issue.maximum, issue.inclusive === false ? "less than" : "at most", issue.inclusive === false];
  const unit = units[issue.origin];
  return `${word} ${String(limit)}${unit === undefined || strict ? "" : ` ${unit}`}`;
}

function expectedOf(issue: RawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return words[issue.expected] ?? issue.expected;
    case "invalid_value":
      return listed(issue.values);
    case "too_small":
    case "too_big":
      return boundOf(issue);
    case "invalid_format":
      return formats[issue.format] ?? issue.message;
    case "invalid_union":
      return "options" in issue && Array.isArray(issue.options) ? listed(issue.options) : unionOf(issue.errors);
    default:
      return issue.message;
  }
}

function unionOf(branches: readonly (readonly RawIssue[])[]): string {
  const each = branches.map((branch) => branch.map(expectedOf).join(" and ")).filter((text) => text !== "");
  return each.length === 0 ? "another shape" : each.join(" or ");
}

/**
 * Schema issues in the words of the product. `root` is the value that was parsed: what was found is read from it.
 * Cost: one walk per issue.
 */
export function schemaIssuesOf(error: SchemaError, root: unknown): readonly SchemaIssue[] {
  return error.issues.flatMap((issue): SchemaIssue[] => {
    const path = issue.path as IssuePath;
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        path: [...path, key],
        about: "key",
        expected: "no such key",
        found: describeValue(valueAt(root, [...path, key])),
      }));
    const found = valueAt(root, path);
    const about = found === undefined ? "missing" : "value";
    return [{ path, about, expected: expectedOf(issue), found: describeValue(found) }];
  });
}

/** `files[0].path`; the empty path is the body itself. */
export function pathTextOf(path: IssuePath): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );
}
