import type { DeclarationDocument, EscalationPolicyDeclaration, ScheduleDeclaration } from "@homeostat/protocol";
import type { EscalationPolicy, EscalationTarget } from "../../domain/oncall/escalation-policy.ts";
import type { Hours } from "../../domain/oncall/hours.ts";
import type { Layer, Schedule, Turn } from "../../domain/oncall/schedule.ts";
import { isZone, parseMinutes, parseWall } from "../../domain/oncall/wall-clock.ts";
import type { Issue } from "../handler.ts";
import { durationMsOf } from "./duration.ts";

type Reading<T> = { readonly value: T } | { readonly issues: readonly Issue[] };
type DeclaredHours = ScheduleDeclaration["layers"][number]["hours"][number];

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const namedTurns: Readonly<Record<string, Turn>> = {
  daily: { unit: "day", count: 1 },
  weekly: { unit: "week", count: 1 },
  monthly: { unit: "month", count: 1 },
};
const letterUnits = { D: "day", W: "week", H: "hour" } as const;

/** Hours whose texts passed their schema. */
export function readHours({ weekdays: days, from, to }: DeclaredHours): Hours {
  return {
    weekdays: days.map((day) => weekdays.indexOf(day) + 1),
    fromMinute: parseMinutes(from) ?? 0,
    toMinute: parseMinutes(to) ?? 0,
  };
}

/** An issue where the zone is not in the IANA database. */
export function zoneIssues(
  document: DeclarationDocument,
  path: readonly (string | number)[],
  zone: string,
): readonly Issue[] {
  if (isZone(zone)) return [];
  return [{ path: document.place(path), expected: "the IANA name of a zone, e.g. Europe/Berlin", found: zone }];
}

function readTurn(text: string): Turn {
  const [, count = "1", letter = "D"] = /^PT?(\d+)([DWH])$/.exec(text) ?? [];
  return namedTurns[text] ?? { unit: letterUnits[letter as keyof typeof letterUnits], count: Number(count) };
}

/** Reads a document of kind `Schedule` that passed its schema. */
export function readSchedule(document: DeclarationDocument, declared: ScheduleDeclaration): Reading<Schedule> {
  const { name, title, zone } = declared;
  const layers = declared.layers.map((layer, index) => readLayer(document, layer, index));
  const issues = [
    ...zoneIssues(document, ["zone"], zone),
    ...layers.flatMap((layer) => ("issues" in layer ? layer.issues : [])),
    ...declared.overrides.flatMap(({ from, to }, index) =>
      Date.parse(from) <= Date.parse(to)
        ? []
        : [{ path: document.place(["overrides", index, "to"]), expected: "to: not before from", found: to }],
    ),
  ];
  if (issues.length > 0) return { issues };
  return {
    value: {
      name,
      title,
      zone,
      layers: layers.flatMap((layer) => ("value" in layer ? [layer.value] : [])),
      overrides: declared.overrides.map(({ from, to, person, instead, reason }, index) => ({
        id: `declared-${index + 1}`,
        from: Date.parse(from),
        to: Date.parse(to),
        person,
        instead,
        reason,
      })),
    },
  };
}

function readLayer(
  document: DeclarationDocument,
  declared: ScheduleDeclaration["layers"][number],
  index: number,
): Reading<Layer> {
  const starts = parseWall(declared.starts);
  const ends = declared.ends === undefined ? undefined : parseWall(declared.ends);
  const wrong = (key: "starts" | "ends", found: string): Issue => ({
    path: document.place(["layers", index, key]),
    expected: `${key}: a day and time that exist`,
    found,
  });
  const issues = [
    ...(starts === undefined ? [wrong("starts", declared.starts)] : []),
    ...(declared.ends !== undefined && ends === undefined ? [wrong("ends", declared.ends)] : []),
  ];
  if (issues.length > 0 || starts === undefined) return { issues };
  return {
    value: {
      name: declared.name,
      starts,
      ends,
      turn: readTurn(declared.turn),
      groups: declared.people.map((entry) => (typeof entry === "string" ? [entry] : entry)),
      hours: declared.hours.map(readHours),
    },
  };
}

function readTarget(target: EscalationPolicyDeclaration["steps"][number]["targets"][number]): EscalationTarget {
  if ("person" in target) return { kind: "person", person: target.person };
  if ("schedule" in target) return { kind: "schedule", schedule: target.schedule };
  return { kind: "channel", declaration: target.channel };
}

/** Reads a document of kind `EscalationPolicy` that passed its schema. */
export function readPolicy(
  document: DeclarationDocument,
  declared: EscalationPolicyDeclaration,
): Reading<EscalationPolicy> {
  const issues = declared.steps.flatMap(({ acknowledgeWithin }, index) =>
    durationMsOf(acknowledgeWithin) > 0
      ? []
      : [
          {
            path: document.place(["steps", index, "acknowledgeWithin"]),
            expected: "acknowledgeWithin: more than nothing, e.g. PT10M",
            found: acknowledgeWithin,
          },
        ],
  );
  if (issues.length > 0) return { issues };
  const { acknowledgementLasts } = declared;
  return {
    value: {
      name: declared.name,
      title: declared.title,
      steps: declared.steps.map(({ targets, acknowledgeWithin }) => ({
        targets: targets.map(readTarget),
        acknowledgeWithinMs: durationMsOf(acknowledgeWithin),
      })),
      repeats: declared.repeats,
      lastResort: declared.lastResort.map(readTarget),
      acknowledgementMs: acknowledgementLasts === undefined ? undefined : durationMsOf(acknowledgementLasts),
    },
  };
}
