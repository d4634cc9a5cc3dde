/**
 * How values travel in and out of `jsonb` columns without loss. Plain JSON loses three things that our nouns may hold:
 * NaN and the infinities (JSON writes `null`), the NUL character and lone surrogates (Postgres refuses both in
 * `jsonb`). They are written behind the private-use character U+E000, which is itself escaped, so that reading gives
 * back exactly what was written. `-0` is read back as `0`; keys whose value is `undefined` are not kept.
 */

const escapeMark = "\uE000";
/** What the text of `JSON.stringify` holds when some string needs escaping (it writes lone surrogates as `\ud8xx`). */
const suspicious = /\uE000|\\u0000|\\ud[89a-f]/;
const unsafe = /[\0\uE000]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const escaped = /\uE000([0-9a-f]{4})/g;
const specialNumbers: Readonly<Record<string, number>> = {
  [`${escapeMark}NaN`]: Number.NaN,
  [`${escapeMark}Infinity`]: Number.POSITIVE_INFINITY,
  [`${escapeMark}-Infinity`]: Number.NEGATIVE_INFINITY,
};

/** The text to store for a value. Cost: one pass of `JSON.stringify`, a second one only where a string needs escaping. */
export function toBody(value: unknown): string {
  const text = JSON.stringify(value, escapeNumber) ?? "null";
  return suspicious.test(text) ? JSON.stringify(escapeStrings(value)) : text;
}

/** The value of a stored text. */
export function fromBody(text: string): unknown {
  return text.includes(escapeMark) ? unescapeAll(JSON.parse(text)) : JSON.parse(text);
}

function escapeNumber(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? `${escapeMark}${value}` : value;
}

function escapeStrings(value: unknown): unknown {
  if (typeof value === "string") return escapeString(value);
  if (typeof value === "number") return escapeNumber("", value);
  if (Array.isArray(value)) return value.map(escapeStrings);
  if (typeof value !== "object" || value === null) return value;
  if ("toJSON" in value && typeof value.toJSON === "function") return escapeStrings(value.toJSON());
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [escapeString(key), escapeStrings(part)]));
}

function escapeString(text: string): string {
  return text.replaceAll(unsafe, (unit) => escapeMark + unit.charCodeAt(0).toString(16).padStart(4, "0"));
}

function unescapeAll(value: unknown): unknown {
  if (typeof value === "string") return specialNumbers[value] ?? unescapeString(value);
  if (Array.isArray(value)) return value.map(unescapeAll);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [unescapeString(key), unescapeAll(part)]));
}

function unescapeString(text: string): string {
  return text.replaceAll(escaped, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
