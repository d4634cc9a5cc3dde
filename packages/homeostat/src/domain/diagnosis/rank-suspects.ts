import { type CauseSettings, causePosterior, defaultCauseSettings } from "../../stats/cause/cause-posterior.ts";
import type { LineageReach } from "../../stats/cause/lineage-affinity.ts";
import type { Change } from "../change/change.ts";
import type { Suspect } from "../incident/diagnosis.ts";
import { hourMs, isoOf } from "../instant.ts";
import type { ComponentName } from "../lineage/lineage.ts";
import type { System } from "../system/system.ts";
import { type Onset, onsetInstant } from "./date-onset.ts";
import { patternWords, type ShiftPattern } from "./shift-pattern.ts";

export interface SuspectQuestion {
  readonly system: System;
  readonly changes: readonly Change[];
  readonly onset: Onset;
  /** Share of the drift each moved feature carries (sums to 1); empty when no feature moved. */
  readonly shares: readonly { readonly feature: string; readonly share: number }[];
  readonly pattern: ShiftPattern | undefined;
  /** Components upstream of the source by lineage, with their steps from it; empty where nothing is recorded. */
  readonly beyondSource: ReadonlyMap<ComponentName, number>;
}

export interface SuspectRanking {
  /** Most probable first; the suspect without a change is "none of the logged changes". */
  readonly suspects: readonly Suspect[];
  readonly named: Suspect | undefined;
}

/**
 * A vendor's feed is where clocks and codes are converted, so the patterns of such conversions are as likely from it as
 * from a library. Everything else stands as the statistics room has it.
 */
const settings: CauseSettings = {
  ...defaultCauseSettings,
  profiles: {
    ...defaultCauseSettings.profiles,
    "data-source": {
      ...(defaultCauseSettings.profiles["data-source"] ?? defaultCauseSettings.unlistedProfile),
      patternLikelihood: {
        ...defaultCauseSettings.profiles["data-source"]?.patternLikelihood,
        timezone_hours: 0.3,
        renamed: 0.3,
      },
    },
  },
};

/** Ranks logged changes, and "none of them", as the cause. Pure. */
export function rankSuspects(question: SuspectQuestion): SuspectRanking {
  const origin = question.onset.hours[0] ?? 0;
  const hours = (instant: number): number => (instant - origin) / hourMs;
  const posterior = causePosterior(
    {
      changeTime: { hours: question.onset.hours.map(hours), weights: question.onset.weights },
      pattern: question.pattern?.kind ?? null,
      candidates: question.changes.map((change) => {
        const reach = reachOf(question, change);
        return {
          id: change.id,
          kind: change.kind,
          atHours: hours(change.time),
          lineage: reach === undefined ? { kind: "unknown" } : { kind: "reach", reach },
          exposure: { kind: "none" },
        };
      }),
    },
    settings,
  );
  if (posterior.kind === "insufficient") return { suspects: [], named: undefined };
  const byId = new Map(question.changes.map((change) => [change.id, change] as const));
  const ranked = posterior.ranked.map((cause): Suspect => {
    const change = byId.get(cause.id);
    return { change, posterior: cause.posterior, why: change === undefined ? [] : reasons(question, change) };
  });
  const none: Suspect = {
    change: undefined,
    posterior: posterior.unknown,
    why: ["none of the logged changes explains it"],
  };
  const named = posterior.verdict.kind === "named" ? ranked[0] : undefined;
  return { suspects: [...ranked, none].sort((left, right) => right.posterior - left.posterior), named };
}

/** Steps of lineage from the changed component down to each moved feature; undefined when the component is not in the lineage. */
function reachOf(question: SuspectQuestion, change: Change): readonly LineageReach[] | undefined {
  if (question.shares.length === 0) return undefined;
  const distance = distanceToInputs(question, change.component);
  return question.shares.map(({ share }) => ({ share, distance }));
}

function distanceToInputs({ system, beyondSource }: SuspectQuestion, component: string): number | null {
  if (component === system.source.component) return 1;
  if (component === `pipeline:${system.name}`) return 1;
  const steps = beyondSource.get(component);
  if (steps !== undefined) return 1 + steps;
  // Models and releases stand below the features: a change there cannot move an input.
  return null;
}

function reasons(question: SuspectQuestion, change: Change): string[] {
  const { onset, pattern } = question;
  const began = onsetInstant(onset);
  const gap = (began - change.time) / hourMs;
  const when =
    gap >= 0
      ? `${gap < 1 ? "under an hour" : `${Math.round(gap)} h`} before the change began (${isoOf(began)})`
      : `${Math.round(-gap)} h after the change began (${isoOf(began)})`;
  const distance = distanceToInputs(question, change.component);
  const lineage =
    distance === null
      ? `${change.component} is not upstream of the moved features`
      : `${change.component} is ${distance} ${distance === 1 ? "step" : "steps"} upstream of the moved features`;
  return [when, lineage, ...(pattern === undefined ? [] : [`the pattern found: ${patternWords(pattern)}`])];
}
