import type { Change } from "../../packages/homeostat/src/domain/change/change.ts";
import { dayMs, hourMs } from "../../packages/homeostat/src/domain/instant.ts";
import type { Random } from "../../packages/homeostat/src/stats/random/random.ts";
import type { ProofData, ProofInputs, ProofRow } from "./datasets.ts";

export const causes = ["source", "device", "library", "policy"] as const;
export type Cause = (typeof causes)[number];

/** A row that is sent, with what it was before anything happened to it. */
export interface SentRow {
  readonly time: number;
  readonly inputs: ProofInputs;
  readonly whole: ProofInputs;
  readonly outcome: boolean;
  /** Whether the fault reached it. */
  readonly hurt: boolean;
}

export interface Scenario {
  readonly cause: Cause | "none";
  /** What happened, in words. */
  readonly words: string;
  readonly onset: number;
  readonly changes: readonly Change[];
  /** Id of the true change; undefined where it was not logged, or nothing happened. */
  readonly truth: string | undefined;
  readonly rows: readonly SentRow[];
}

export const devices = ["unit alpha", "unit bravo", "unit coral", "unit delta", "unit ember"];
export const policies = ["policy:approvals", "policy:fees"];
export const firstLive = Date.parse("2026-03-02T00:00:00Z");
export const referenceDays = 28;
const healthyDays = 3;
const hurtDays = 4;
const rowsPerDay = 450;
const innocents = 20;
const mostLeadWindows = 3;

interface Fault {
  readonly words: string;
  /** Words that name the slice in a title. */
  readonly named: string;
  readonly component: string;
  readonly kind: Change["kind"];
  readonly reaches: (inputs: ProofInputs) => boolean;
  readonly harm: (inputs: ProofInputs) => ProofInputs;
  /** Share of the reached outcomes that turn round. */
  readonly turned: number;
}

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;

/**
 * One story on real rows: reference and live days are drawn whole from disjoint halves of the set, one cause (or none) acts
 * from an hour on in a slice, and a log holds twenty changes that did nothing, within three windows before or after, on
 * the same lineage; the true change, where it is logged, leads by none to three windows.
 */
export function makeScenario(data: ProofData, cause: Cause | "none", logged: boolean, random: Random): Scenario {
  const fault = cause === "none" ? undefined : makeFault(data, cause, random);
  const onset = firstLive + healthyDays * dayMs + Math.floor(random.next() * 20) * hourMs;
  const rows = [
    ...drawDays(data, firstLive - referenceDays * dayMs, referenceDays, 0, random),
    ...drawDays(data, firstLive, healthyDays + hurtDays, 1, random),
  ].map((row) => hurtRow(row, fault, onset, random));
  const truth: Change[] =
    fault === undefined || !logged
      ? []
      : [
          changeAt(onset - random.next() * mostLeadWindows * dayMs, "truth", fault.component, fault.kind, {
            title: random.next() < 0.5 ? `${pick(random, doings)} for ${fault.named}` : pick(random, doings),
          }),
        ];
  return {
    cause,
    words: fault?.words ?? "nothing happened",
    onset,
    truth: truth[0]?.id,
    changes: [...truth, ...innocentChanges(data, onset, fault, random)],
    rows,
  };
}

const doings = [
  "new version 4.2",
  "scheduled maintenance",
  "configuration change",
  "moved to the new cluster",
  "fix rolled out",
];

function changeAt(
  time: number,
  id: string,
  component: string,
  kind: Change["kind"],
  { title }: { readonly title: string },
): Change {
  return { id, component, kind, title, time: Math.round(time), recordedAt: time, actor: undefined, system: undefined };
}

function innocentChanges(data: ProofData, onset: number, fault: Fault | undefined, random: Random): readonly Change[] {
  const inputs = [...data.numbers, ...data.categories];
  const components: readonly (readonly [string, readonly Change["kind"][]])[] = [
    ["source:feed", ["data-source", "schema", "vendor"]],
    ["contract:feed@1", ["schema"]],
    ...inputs.map((name) => [`dataset:raw/${name}`, ["data-source", "schema"]] as const),
    ...inputs.map((name) => [`job:etl/${name}`, ["deploy", "library", "data-source"]] as const),
    ...devices.map((name) => [`device:${name.replace(" ", "-")}`, ["firmware"]] as const),
    ...policies.map((name) => [name, ["policy"]] as const),
    ["library:codec", ["library"]],
    ["library:runtime", ["library"]],
    ["service:api", ["infrastructure", "deploy"]],
  ];
  const values = data.segments.flatMap((segment) => valuesOf(data, segment).map(({ value }) => value));
  const others = components.filter(([name]) => name !== fault?.component);
  return Array.from({ length: innocents }, (_, index) => {
    const [component, kinds] = pick(random, others);
    const time = onset + (2 * random.next() - 1) * mostLeadWindows * dayMs;
    const title = random.next() < 0.25 ? `${pick(random, doings)} for ${pick(random, values)}` : pick(random, doings);
    return changeAt(time, `innocent-${index}`, component, pick(random, kinds), { title });
  });
}

function hurtRow(
  row: Omit<SentRow, "hurt" | "whole">,
  fault: Fault | undefined,
  onset: number,
  random: Random,
): SentRow {
  const hurt = fault !== undefined && row.time >= onset && fault.reaches(row.inputs);
  if (!hurt) return { ...row, whole: row.inputs, hurt: false };
  const turns = random.next() < fault.turned;
  return {
    ...row,
    whole: row.inputs,
    inputs: fault.harm(row.inputs),
    outcome: turns ? !row.outcome : row.outcome,
    hurt,
  };
}

/** Whole days of one half of the set, in any order; rows beyond the number a day has are left out. */
function drawDays(
  data: ProofData,
  from: number,
  count: number,
  half: 0 | 1,
  random: Random,
): readonly Omit<SentRow, "hurt" | "whole">[] {
  const byDay = new Map<number, ProofRow[]>();
  for (const [index, row] of data.rows.entries()) {
    if (((index * 2_654_435_761) >>> 16) % 2 !== half) continue;
    const day = byDay.get(row.day) ?? [];
    day.push(row);
    byDay.set(row.day, day);
  }
  const days = [...byDay.values()].filter((rows) => rows.length >= rowsPerDay / 4);
  return Array.from({ length: count }, (_, index) => {
    const rows = pick(random, days);
    const share = Math.min(1, rowsPerDay / rows.length);
    return rows.flatMap((row) =>
      random.next() < share
        ? [
            {
              time: from + index * dayMs + row.secondOfDay * 1_000,
              inputs: { ...row.inputs, device: pick(random, devices) },
              outcome: row.outcome,
            },
          ]
        : [],
    );
  }).flat();
}

function valuesOf(data: ProofData, name: string): readonly { readonly value: string; readonly share: number }[] {
  const counts = new Map<string, number>();
  for (const { inputs } of data.rows) counts.set(String(inputs[name]), (counts.get(String(inputs[name])) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, share: count / data.rows.length }))
    .filter(({ share }) => share >= 0.05 && share <= 0.6);
}

interface Place {
  readonly words: string;
  readonly named: string;
  readonly reaches: (inputs: ProofInputs) => boolean;
  readonly uses: readonly string[];
}

/** A value of a declared segment, or of a segment together with a value of another category. */
function makePlace(data: ProofData, random: Random): Place {
  const segment = pick(random, data.segments);
  const { value, share } = pick(random, valuesOf(data, segment));
  const alone: Place = {
    words: `${segment}=${value}`,
    named: value,
    reaches: (inputs) => inputs[segment] === value,
    uses: [segment],
  };
  const partners = [...data.categories.filter((name) => name !== segment && !data.segments.includes(name)), "device"];
  if (share < 0.3 || random.next() < 0.5) return alone;
  const partner = pick(random, partners);
  const other = partner === "device" ? pick(random, devices) : pick(random, valuesOf(data, partner)).value;
  return {
    words: `${segment}=${value} and ${partner}=${other}`,
    named: `${value} with ${other}`,
    reaches: (inputs) => inputs[segment] === value && inputs[partner] === other,
    uses: [segment, partner],
  };
}

function makeFault(data: ProofData, cause: Cause, random: Random): Fault {
  switch (cause) {
    case "source":
      return sourceFault(data, makePlace(data, random), random);
    case "device":
      return deviceFault(data, random);
    case "library":
      return libraryFault(data, makePlace(data, random), random);
    case "policy": {
      const place = makePlace(data, random);
      const words = `half of the outcomes of ${place.words} turn round`;
      return {
        ...place,
        words,
        component: pick(random, policies),
        kind: "policy",
        harm: (inputs) => inputs,
        turned: 0.5,
      };
    }
  }
}

function sourceFault(data: ProofData, place: Place, random: Random): Fault {
  const name = pick(
    random,
    data.numbers.filter((one) => !place.uses.includes(one)),
  );
  const lost = random.next() < 0.5;
  const component = pick(random, [`job:etl/${name}`, `dataset:raw/${name}`, "source:feed"]);
  return {
    ...place,
    words: `\`${name}\` of ${place.words} arrives ${lost ? "missing" : "as 0"}`,
    component,
    kind: component.startsWith("dataset") ? pick(random, ["data-source", "schema"] as const) : "data-source",
    harm: (inputs) => ({ ...inputs, [name]: lost ? null : 0 }),
    turned: 0,
  };
}

function deviceFault(data: ProofData, random: Random): Fault {
  const device = pick(random, devices);
  const name = pick(random, data.numbers);
  const factor = pick(random, [10, 1.609344, 0.3048]);
  const scaled = random.next() < 0.6;
  const sorted = data.rows.map(({ inputs }) => Number(inputs[name])).sort((a, b) => a - b);
  const quantile = (level: number): number => sorted[Math.floor(level * sorted.length)] ?? 0;
  const by = Math.max(1, Math.round(0.5 * (quantile(0.95) - quantile(0.05))));
  return {
    words: `\`${name}\` of device=${device} arrives ${scaled ? `times ${factor}` : `plus ${by}`}`,
    named: device,
    component: `device:${device.replace(" ", "-")}`,
    kind: "firmware",
    reaches: (inputs) => inputs.device === device,
    harm: (inputs) => {
      const value = Number(inputs[name]);
      return { ...inputs, [name]: scaled ? value * factor : value + by };
    },
    turned: 0,
  };
}

function libraryFault(data: ProofData, place: Place, random: Random): Fault {
  const free = data.categories.filter((one) => !place.uses.includes(one) && !data.segments.includes(one));
  const component = pick(random, ["library:codec", "library:runtime"]);
  const category = free.length === 0 ? undefined : pick(random, free);
  if (data.numbers.includes("hour") && (category === undefined || random.next() < 0.5)) {
    const by = pick(random, [5, 7, 8]);
    return {
      ...place,
      words: `\`hour\` of ${place.words} is ${by} hours late`,
      component,
      kind: "library",
      harm: (inputs) => ({ ...inputs, hour: (Number(inputs.hour) + by) % 24 }),
      turned: 0,
    };
  }
  const spelt = category ?? "school";
  return {
    ...place,
    words: `\`${spelt}\` of ${place.words} arrives in capitals`,
    component,
    kind: "library",
    harm: (inputs) => ({ ...inputs, [spelt]: `${String(inputs[spelt]).toUpperCase()} ` }),
    turned: 0,
  };
}
