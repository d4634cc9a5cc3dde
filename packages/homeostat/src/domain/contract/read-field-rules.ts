import { noRows } from "./comparison.ts";
import type { ContractField, RowBreach } from "./contract.ts";
import type { DeclaredProperty } from "./contract-document.ts";
import { type DraftRule, readQuality } from "./read-quality.ts";

interface FieldRules {
  readonly rules: readonly DraftRule[];
  readonly unchecked: readonly string[];
}

/** Formats of text whose form can be told by a pattern that every engine reads. */
const formatPatterns: Readonly<Record<string, string>> = {
  email: "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$",
  uuid: "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
  uri: "^[A-Za-z][A-Za-z0-9+.-]*:\\S+$",
  hostname: "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$",
  ipv4: "^((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])$",
};
/** `yyyy-MM-dd` and its like, for dates and times kept as text. */
const dateParts: readonly (readonly [RegExp, string])[] = [
  [/yyyy/g, "[0-9]{4}"],
  [/MM/g, "(0[1-9]|1[0-2])"],
  [/dd/g, "(0[1-9]|[12][0-9]|3[01])"],
  [/HH/g, "([01][0-9]|2[0-3])"],
  [/mm/g, "[0-5][0-9]"],
  [/ss/g, "[0-5][0-9]"],
];

function datePattern(format: string): string | undefined {
  if (!/^(yyyy|MM|dd|HH|mm|ss|[-/:. ]|'T')+$/.test(format)) return undefined;
  const escaped = format.replaceAll("'T'", "T").replaceAll(".", "\\.").replaceAll("/", "\\/");
  return `^${dateParts.reduce((text, [part, pattern]) => text.replace(part, pattern), escaped)}$`;
}

const integerRanges: Readonly<Record<string, readonly [number, number]>> = {
  i8: [-128, 127],
  i16: [-32_768, 32_767],
  i32: [-2_147_483_648, 2_147_483_647],
  u8: [0, 255],
  u16: [0, 65_535],
  u32: [0, 4_294_967_295],
};

function rangeOf(options: Readonly<Record<string, unknown>>): Extract<RowBreach, { kind: "outside" }> | undefined {
  const bound = (key: string): number | string | undefined => {
    const value = options[key];
    return typeof value === "number" || typeof value === "string" ? value : undefined;
  };
  // 3.0 says `exclusiveMinimum: true` beside the minimum; 3.1 gives the bound itself.
  const above = bound("exclusiveMinimum");
  const below = bound("exclusiveMaximum");
  const minimum = above ?? bound("minimum");
  const maximum = below ?? bound("maximum");
  if (minimum === undefined && maximum === undefined) return undefined;
  return {
    kind: "outside",
    minimum,
    maximum,
    excludesMinimum: above !== undefined || options.exclusiveMinimum === true,
    excludesMaximum: below !== undefined || options.exclusiveMaximum === true,
  };
}

const formParts = ["yyyy", "MM", "dd", "HH", "mm", "ss"];

/** Whether texts of the form stand in the order of what they mean: the larger part always before the smaller one. */
function isSorted(format: string): boolean {
  const places = (format.match(/yyyy|MM|dd|HH|mm|ss/g) ?? []).map((part) => formParts.indexOf(part));
  return places.every((place, index) => index === 0 || place === (places[index - 1] ?? 0) + 1);
}

/** Why a range cannot be held to; undefined when it can. */
function rangeProblem(
  { type }: ContractField,
  { minimum, maximum }: Extract<RowBreach, { kind: "outside" }>,
  format: unknown,
): string | undefined {
  const bounds = [minimum, maximum].filter((bound) => bound !== undefined);
  if (type === "number" || type === "integer") {
    const strange = bounds.find((bound) => typeof bound !== "number" || Number.isNaN(bound));
    return strange === undefined ? undefined : `its bound ${strange} is no number`;
  }
  const strange = bounds.find((bound) => typeof bound === "number");
  if (strange !== undefined) return `its bound ${strange} is no text of a ${type}`;
  const noInstant = bounds.find((bound) => type === "timestamp" && Number.isNaN(Date.parse(String(bound))));
  if (noInstant !== undefined) return `its bound ${noInstant} is no instant`;
  const isText = type === "date" || type === "time";
  return isText && typeof format === "string" && !isSorted(format)
    ? `texts of the form ${format} do not stand in the order of time`
    : undefined;
}

function rangeWords(name: string, range: Extract<RowBreach, { kind: "outside" }>): string {
  const parts = [
    range.minimum === undefined ? [] : [`${range.excludesMinimum ? "above" : "at least"} ${range.minimum}`],
    range.maximum === undefined ? [] : [`${range.excludesMaximum ? "below" : "at most"} ${range.maximum}`],
  ];
  return `\`${name}\` is ${parts.flat().join(" and ")}`;
}

type Options = Readonly<Record<string, unknown>>;

interface Found {
  readonly suffix: string;
  readonly breach: RowBreach;
  readonly words: string;
}

function lengthRule({ name }: ContractField, { minLength, maxLength }: Options): readonly Found[] {
  const least = typeof minLength === "number" ? minLength : undefined;
  const most = typeof maxLength === "number" ? maxLength : undefined;
  const parts = [
    ...(least === undefined ? [] : [`at least ${least}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
  ];
  const breach = { kind: "length", least, most } as const;
  return parts.length === 0
    ? []
    : [{ suffix: "length", breach, words: `\`${name}\` has ${parts.join(" and ")} characters` }];
}

const enforcedOptions = new Set([
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"],
  ...["pattern", "format", "multipleOf"],
]);

function otherOptions({ name, type }: ContractField, options: Options): readonly string[] {
  const zone = type === "timestamp" ? ": timestamps without a zone are taken as UTC" : "";
  return Object.keys(options)
    .filter((key) => !enforcedOptions.has(key) && options[key] !== false)
    .map((key) => `field ${name}: logicalTypeOptions.${key}${zone}`);
}

function optionRules(
  field: ContractField,
  options: Options,
): { readonly found: readonly Found[]; readonly unchecked: readonly string[] } {
  const { name } = field;
  const { pattern, format, multipleOf } = options;
  const found: Found[] = [];
  const range = rangeOf(options);
  const problem = range && rangeProblem(field, range, format);
  if (range !== undefined && problem === undefined)
    found.push({ suffix: "range", breach: range, words: rangeWords(name, range) });
  found.push(...lengthRule(field, options));
  if (typeof pattern === "string")
    found.push({
      suffix: "pattern",
      breach: { kind: "not-matching", pattern },
      words: `\`${name}\` matches ${pattern}`,
    });
  if (typeof multipleOf === "number") {
    const breach = { kind: "not-a-multiple", of: multipleOf } as const;
    found.push({ suffix: "multiple", breach, words: `\`${name}\` is a multiple of ${multipleOf}` });
  }
  const form = typeof format === "string" ? formatRule(field, format) : "implied";
  if (form !== undefined && form !== "implied") found.push(form);
  const strange = form === undefined ? [`field ${name}: the format ${String(format)}`] : [];
  if (problem !== undefined) strange.push(`field ${name}: its range: ${problem}`);
  return { found, unchecked: [...strange, ...otherOptions(field, options)] };
}

function formatRule({ name, type }: ContractField, format: string): Found | "implied" | undefined {
  if (type === "integer") {
    const range = integerRanges[format];
    if (range === undefined) return format === "i64" ? "implied" : undefined;
    const [minimum, maximum] = range;
    const breach = { kind: "outside", minimum, maximum, excludesMinimum: false, excludesMaximum: false } as const;
    return { suffix: "format", breach, words: `\`${name}\` fits into ${format}` };
  }
  if (type === "number") return format === "f64" ? "implied" : undefined;
  const pattern = type === "string" ? formatPatterns[format] : type === "timestamp" ? undefined : datePattern(format);
  if (pattern === undefined) return undefined;
  return { suffix: "format", breach: { kind: "not-matching", pattern }, words: `\`${name}\` has the form ${format}` };
}

const isoDay = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
const isoTime = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?$";

function typeRules(field: ContractField, options: Readonly<Record<string, unknown>>): readonly Found[] {
  const { name, type } = field;
  if (type === "object" || type === "array") return [];
  const rules: Found[] = [
    {
      suffix: "type",
      breach: { kind: "wrong-type" },
      words: `\`${name}\` is ${type === "integer" ? "a whole number" : `of type ${type}`}`,
    },
  ];
  if (type === "date" && options.format === undefined)
    rules.push({
      suffix: "form",
      breach: { kind: "not-matching", pattern: isoDay },
      words: `\`${name}\` is a day as 2001-02-03`,
    });
  if (type === "time" && options.format === undefined)
    rules.push({
      suffix: "form",
      breach: { kind: "not-matching", pattern: isoTime },
      words: `\`${name}\` is a time as 13:05:00`,
    });
  return rules;
}

/** Every promise about one field. */
export function readFieldRules(
  property: DeclaredProperty,
  field: ContractField,
  object: string,
  fieldNames: ReadonlySet<string>,
): FieldRules {
  const { name } = field;
  const options = property.logicalTypeOptions ?? {};
  const unchecked: string[] = [];
  const rules: DraftRule[] = [];
  const plain = { field: name, severity: "error", limit: noRows, declaredLimit: false } as const;
  const add = ({ suffix, breach, words }: Found): void => {
    rules.push({ ...plain, id: `${name}.${suffix}`, words, what: { kind: "row", breach } });
  };
  const take = (read: { readonly rule: DraftRule } | { readonly unchecked: string }): void => {
    if ("rule" in read) rules.push(read.rule);
    else unchecked.push(read.unchecked);
  };
  if (field.required || property.primaryKey === true)
    add({ suffix: "required", breach: { kind: "missing" }, words: `\`${name}\` is never missing` });
  for (const one of typeRules(field, options)) add(one);
  if (field.type === "object" || field.type === "array") {
    unchecked.push(`field ${name}: what is inside of an ${field.type}`);
  } else {
    const read = optionRules(field, options);
    for (const one of read.found) add(one);
    unchecked.push(...read.unchecked);
  }
  if (property.unique === true)
    rules.push({
      ...plain,
      id: `${name}.unique`,
      words: `\`${name}\` stands once`,
      what: { kind: "set", measure: { kind: "duplicates", fields: [name] } },
    });
  if (property.relationships !== undefined) unchecked.push(`field ${name}: relationships to other objects`);
  for (const [index, quality] of (property.quality ?? []).entries()) {
    const label = `${name}.${quality.metric ?? quality.rule ?? quality.type ?? "quality"}`;
    const id = rules.some((rule) => rule.id === label) ? `${label}-${index + 1}` : label;
    take(readQuality(quality, { id, field, fieldNames, object }));
  }
  return { rules, unchecked };
}
