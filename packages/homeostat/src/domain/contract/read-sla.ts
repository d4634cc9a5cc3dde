import { dayMs, hourMs, minuteMs, secondMs } from "../instant.ts";
import type { ContractField } from "./contract.ts";
import type { DeclaredSla } from "./contract-document.ts";
import type { DraftRule } from "./read-quality.ts";

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: secondMs,
  sec: secondMs,
  second: secondMs,
  m: minuteMs,
  min: minuteMs,
  minute: minuteMs,
  h: hourMs,
  hr: hourMs,
  hour: hourMs,
  d: dayMs,
  day: dayMs,
  w: 7 * dayMs,
  week: 7 * dayMs,
};

function durationOf(value: number, unit: string | undefined): number | undefined {
  const word = (unit ?? "d").toLowerCase();
  const unitMs = units[word] ?? units[word.replace(/s$/, "")];
  return unitMs === undefined ? undefined : value * unitMs;
}

const words: Readonly<Record<string, "latency" | "freshness" | "completeness">> = {
  latency: "latency",
  ly: "latency",
  freshness: "freshness",
  completeness: "completeness",
};

/** The fields that an SLA is about: `object.field`, or `field`; several are separated by commas. */
function elementsOf(element: string | undefined, object: string): readonly string[] {
  return (element ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== object)
    .map((part) => (part.startsWith(`${object}.`) ? part.slice(object.length + 1) : part));
}

interface SlaPlace {
  readonly id: string;
  readonly object: string;
  readonly fields: readonly ContractField[];
  /** The element where an entry names none. */
  readonly defaultElement: string | undefined;
}

const base = { severity: "error", declaredLimit: true } as const;

function completeness(sla: DeclaredSla, value: number, named: readonly string[], place: SlaPlace): DraftRule | string {
  const required = place.fields.filter((field) => field.required).map((field) => field.name);
  const fields = named.length > 0 ? named : required;
  if (fields.length === 0) return "it names no element, and no field is required";
  const share = sla.unit === undefined && value <= 1 ? value * 100 : value;
  return {
    ...base,
    id: place.id,
    field: named.length === 1 ? named[0] : undefined,
    words: `at least ${share} % of the rows have ${fields.map((name) => `\`${name}\``).join(", ")}`,
    limit: { operator: "mustBeGreaterOrEqualTo", value: share, unit: "value" },
    what: { kind: "set", measure: { kind: "completeness", fields } },
  };
}

function age(
  kind: "latency" | "freshness",
  sla: DeclaredSla,
  value: number,
  named: readonly string[],
  place: SlaPlace,
): DraftRule | string {
  const timestamps = place.fields.filter((field) => field.type === "timestamp");
  const [only] = named.length === 0 && timestamps.length === 1 ? timestamps.map((one) => one.name) : named;
  if (only === undefined || named.length > 1) return "it names no one element to measure";
  if (!timestamps.some((one) => one.name === only)) return `its element ${only} is no timestamp`;
  const limitMs = durationOf(value, sla.unit);
  if (limitMs === undefined) return `its unit ${sla.unit} is not one of ms, s, m, h, d, w`;
  const stretch = `${value} ${sla.unit ?? "d"}`;
  return {
    ...base,
    id: place.id,
    field: only,
    words:
      kind === "latency"
        ? `95 % of the rows arrive within ${stretch} of \`${only}\``
        : `the newest \`${only}\` is at most ${stretch} old`,
    limit: { operator: "mustBeLessOrEqualTo", value: limitMs, unit: "value" },
    what: { kind: "set", measure: { kind, field: only } },
  };
}

function ruleOf(sla: DeclaredSla, place: SlaPlace): DraftRule | string {
  const word = words[sla.property.toLowerCase()];
  if (word === undefined) return "nothing here measures it";
  const isNumber = typeof sla.value === "number" || (typeof sla.value === "string" && sla.value.trim() !== "");
  const value = isNumber ? Number(sla.value) : Number.NaN;
  if (!Number.isFinite(value)) return "its value is no number";
  const named = elementsOf(sla.element ?? place.defaultElement, place.object);
  const strange = named.find((name) => !place.fields.some((field) => field.name === name));
  if (strange !== undefined) return `its element ${strange} is no field of ${place.object}`;
  return word === "completeness" ? completeness(sla, value, named, place) : age(word, sla, value, named, place);
}

/** One entry of `slaProperties`. What nothing here measures answers why not, in words. */
export function readSla(
  sla: DeclaredSla,
  place: SlaPlace,
): { readonly rule: DraftRule } | { readonly unchecked: string } {
  const read = ruleOf(sla, place);
  return typeof read === "string" ? { unchecked: `SLA ${sla.property}: ${read}` } : { rule: read };
}
