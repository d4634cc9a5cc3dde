import { readJson } from "./read-json.ts";

/** What to do with one place of a JSON text: put a value there (as JSON text), or take it out. */
export interface JsonEdit {
  readonly path: string;
  readonly json: string | undefined;
}

export type EditedJson =
  | { readonly kind: "edited"; readonly text: string }
  | { readonly kind: "refused"; readonly path: string; readonly expected: string; readonly found: string };

interface Entry {
  readonly key: string;
  /** From the key's first quote to behind the value. */
  readonly from: number;
  readonly valueFrom: number;
  readonly to: number;
}

/**
 * Changes one place of a JSON object and leaves every other character as it is: numbers keep all their digits. A path
 * is a key, or keys with dots between them. Cost: one pass over the text.
 */
export function editJson(text: string, edit: JsonEdit): EditedJson {
  const whole = readJson(text, "any");
  const refused = (expected: string, found: string): EditedJson => ({
    kind: "refused",
    path: edit.path,
    expected,
    found,
  });
  if (
    whole.kind === "malformed" ||
    typeof whole.value !== "object" ||
    whole.value === null ||
    Array.isArray(whole.value)
  )
    return refused("a payload that is a JSON object", "one that is not: give a whole new payload");
  if (edit.json !== undefined && readJson(edit.json).kind === "malformed")
    return refused("a value that is JSON", edit.json.slice(0, 80));
  return editObject(text, 0, edit.path.split("."), edit);
}

function editObject(text: string, start: number, keys: readonly string[], edit: JsonEdit): EditedJson {
  const [key = "", ...deeper] = keys;
  const { entries, close } = entriesOf(text, start);
  const index = entries.findIndex((entry) => entry.key === key);
  const entry = entries[index];
  if (entry === undefined) return insert(text, entries.at(-1), close, keys, edit);
  if (deeper.length > 0)
    return text[entry.valueFrom] === "{"
      ? editObject(text, entry.valueFrom, deeper, edit)
      : {
          kind: "refused",
          path: edit.path,
          expected: `an object at ${key}`,
          found: text.slice(entry.valueFrom, entry.to).slice(0, 80),
        };
  if (edit.json !== undefined) return edited(text, entry.valueFrom, entry.to, edit.json);
  const next = entries[index + 1];
  const before = entries[index - 1];
  if (next !== undefined) return edited(text, entry.from, next.from, "");
  return edited(text, before?.to ?? entry.from, entry.to, "");
}

const edited = (text: string, from: number, to: number, put: string): EditedJson => ({
  kind: "edited",
  text: text.slice(0, from) + put + text.slice(to),
});

function insert(
  text: string,
  last: Entry | undefined,
  close: number,
  keys: readonly string[],
  edit: JsonEdit,
): EditedJson {
  if (edit.json === undefined) return { kind: "edited", text };
  const value = keys.slice(1).reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, edit.json);
  const at = last?.to ?? close;
  return edited(text, at, at, `${last === undefined ? "" : ","}${JSON.stringify(keys[0])}:${value}`);
}

/** Entries of the object that begins at an offset of a text that is known to be JSON. */
export function entriesOf(text: string, start: number): { readonly entries: readonly Entry[]; readonly close: number } {
  const entries: Entry[] = [];
  let at = skipSpace(text, text.indexOf("{", start) + 1);
  while (text[at] === '"') {
    const from = at;
    const keyEnd = endOfValue(text, at);
    const valueFrom = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const to = endOfValue(text, valueFrom);
    entries.push({ key: JSON.parse(text.slice(from, keyEnd)) as string, from, valueFrom, to });
    at = skipSpace(text, to);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return { entries, close: at };
}

/** Texts of the elements of the list that begins at an offset of a text that is known to be JSON. */
export function elementsOf(text: string, start: number): readonly string[] {
  const elements: string[] = [];
  let at = skipSpace(text, start + 1);
  while (at < text.length && text[at] !== "]") {
    const end = endOfValue(text, at);
    elements.push(text.slice(at, end));
    at = skipSpace(text, end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return elements;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? "x")) at += 1;
  return at;
}

function endOfText(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function endOfValue(text: string, from: number): number {
  if (text[from] === '"') return endOfText(text, from);
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === '"') at = endOfText(text, at) - 1;
    else if (character === "{" || character === "[") depth += 1;
    else if (depth === 0 && /[\s,}\]]/.test(character)) return at;
    else if (character === "}" || character === "]") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}
