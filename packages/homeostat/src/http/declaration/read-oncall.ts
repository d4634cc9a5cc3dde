import type { DeclarationDocument, OncallSection } from "@homeostat/protocol";
import type { Matcher } from "../../domain/oncall/matcher.ts";
import { matcherText, parseMatcher } from "../../domain/oncall/matcher.ts";
import type { OncallRule } from "../../domain/oncall/oncall-rule.ts";
import type { Issue } from "../handler.ts";
import { durationMsOf } from "./duration.ts";
import { readHours, zoneIssues } from "./read-schedule.ts";

const knownLabels = ["system", "area", "owner", "monitor", "layer", "severity", "feature", "metric", "source"];

/** The labels that an alert can have, in words. */
export const labelWords = `${knownLabels.join(", ")}, segment.NAME`;

/** A label that no alert ever has matches nothing, or everything: in both cases it is a mistake. */
export function isLabel(name: string): boolean {
  return knownLabels.includes(name) || /^segment\.[a-z][a-z0-9_]*$/.test(name);
}

/** Conditions as they are written; those that are none, or on a label that no alert has, are named. */
export function readMatchers(texts: readonly string[]): {
  readonly matchers: readonly Matcher[];
  readonly wrong: readonly number[];
} {
  const read = texts.map(parseMatcher);
  const wrong = read.flatMap((matcher, index) => (matcher === undefined || !isLabel(matcher.label) ? [index] : []));
  return { matchers: read.filter((matcher) => matcher !== undefined), wrong };
}

function matcherIssues(
  document: DeclarationDocument,
  path: readonly (string | number)[],
  texts: readonly string[],
): readonly Issue[] {
  return readMatchers(texts).wrong.map((index) => ({
    path: document.place([...path, index]),
    expected: `a condition on one of the labels ${labelWords}`,
    found: texts[index] ?? "",
  }));
}

/** Issues of a system's section `oncall` beyond its schema. */
export function oncallIssues(document: DeclarationDocument, declared: OncallSection | undefined): readonly Issue[] {
  if (declared === undefined) return [];
  return [
    ...declared.routes.flatMap(({ when, during }, index) => [
      ...matcherIssues(document, ["oncall", "routes", index, "when"], when),
      ...(during === undefined ? [] : zoneIssues(document, ["oncall", "routes", index, "during", "zone"], during.zone)),
    ]),
    ...declared.inhibit.flatMap(({ source, target, equal }, index) => [
      ...matcherIssues(document, ["oncall", "inhibit", index, "source"], source),
      ...matcherIssues(document, ["oncall", "inhibit", index, "target"], target),
      ...equal.flatMap((label, at) =>
        isLabel(label)
          ? []
          : [
              {
                path: document.place(["oncall", "inhibit", index, "equal", at]),
                expected: `one of the labels ${labelWords}`,
                found: label,
              },
            ],
      ),
    ]),
    ...declared.maintenance.flatMap(({ zone, hours, from, to }, index) => [
      ...zoneIssues(document, ["oncall", "maintenance", index, "zone"], zone),
      ...(hours === undefined && (from === undefined || to === undefined)
        ? [
            {
              path: document.place(["oncall", "maintenance", index]),
              expected: "hours, or from and to: a window that never ends mutes for ever",
              found: "neither",
            },
          ]
        : []),
    ]),
    ...(durationMsOf(declared.interval) > 0
      ? []
      : [
          {
            path: document.place(["oncall", "interval"]),
            expected: "interval: more than nothing",
            found: declared.interval,
          },
        ]),
  ];
}

/** The rule of a section that has no issues. */
export function readOncall(declared: OncallSection | undefined): { readonly oncall?: OncallRule } {
  if (declared === undefined) return {};
  const instantOf = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Date.parse(text);
  return {
    oncall: {
      routes: declared.routes.map(({ when, during, policy, continue: continues }) => ({
        matchers: readMatchers(when).matchers,
        during: during === undefined ? undefined : { zone: during.zone, hours: during.hours.map(readHours) },
        policy,
        continues,
      })),
      timing: {
        waitMs: durationMsOf(declared.wait),
        intervalMs: durationMsOf(declared.interval),
        repeatMs: durationMsOf(declared.repeat),
      },
      resolve: declared.resolve,
      inhibit: declared.inhibit.map(({ source, target, equal, lineage }) => ({
        source: readMatchers(source).matchers,
        target: readMatchers(target).matchers,
        equal,
        lineage,
      })),
      maintenance: declared.maintenance.map(({ title, zone, hours, from, to }) => ({
        title,
        zone,
        hours: hours === undefined ? undefined : readHours(hours),
        from: instantOf(from),
        to: instantOf(to),
      })),
    },
  };
}

/** How a condition is shown. */
export const shownMatchers = (matchers: readonly Matcher[]): string[] => matchers.map(matcherText);
