import { type CauseProfile, defaultCauseProfiles, unlistedCauseProfile } from "../../stats/cause/cause-profile.ts";
import { type SuspectRatios, type SuspectSettings, suspectPosterior } from "../../stats/cause/suspect-posterior.ts";
import type { Change } from "../change/change.ts";
import type { Suspect } from "../incident/diagnosis.ts";
import { hourMs, isoOf } from "../instant.ts";
import type { ComponentName } from "../lineage/lineage.ts";
import type { System } from "../system/system.ts";
import { type Onset, onsetInstant } from "./date-onset.ts";
import { patternWords, type ShiftPattern } from "./shift-pattern.ts";
import { type MentionWords, mentionOf } from "./suspect-mention.ts";

export interface SuspectQuestion {
  readonly system: System;
  readonly changes: readonly Change[];
  readonly onset: Onset;
  /** Share of the drift each moved feature carries (sums to 1); empty when no feature moved. */
  readonly shares: readonly { readonly feature: string; readonly share: number }[];
  readonly pattern: ShiftPattern | undefined;
  /** What feeds each feature of the system, with its steps from the feature. */
  readonly reach: ReadonlyMap<string, ReadonlyMap<ComponentName, number>>;
  /** Everything that feeds the system's answers, with its steps. */
  readonly above: ReadonlyMap<ComponentName, number>;
  readonly words: MentionWords;
  /** Earlier incidents of this system that a change of this kind to this component had caused. */
  readonly causedBefore: (change: Change) => number;
  /** Changes were looked for in this stretch. */
  readonly horizonMs: number;
  readonly namingThreshold: number;
}

export interface SuspectRanking {
  /** Most probable first; the suspect without a change is "none of the logged changes". */
  readonly suspects: readonly Suspect[];
  readonly named: Suspect | undefined;
}

/**
 * What kinds of change leave which traces, beside the statistics room's own: conversions of clocks and codes happen in a
 * vendor's feed as well as in a library; what is true of unchanged inputs changes by policy; answers change with a deploy.
 */
const symptoms: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  deploy: { score_moved: 0.5, relation_changed: 0.15, rows_lost: 0.15 },
  schema: { case_or_whitespace: 0.2, rows_lost: 0.1, relation_changed: 0.03, score_moved: 0.03 },
  library: { case_or_whitespace: 0.3, rounding: 0.3, offset: 0.15, relation_changed: 0.03, score_moved: 0.2 },
  firmware: { offset: 0.35, unit_scale: 0.35, constant_or_default: 0.2, rounding: 0.15, relation_changed: 0.03 },
  policy: { relation_changed: 0.6, rows_lost: 0.2, value_lost_to_null: 0.05, unit_scale: 0.03, offset: 0.03 },
  "data-source": {
    timezone_hours: 0.3,
    renamed: 0.3,
    case_or_whitespace: 0.2,
    offset: 0.1,
    rows_lost: 0.3,
    relation_changed: 0.05,
  },
};

const infrastructureProfile: CauseProfile = {
  prior: 0.1,
  decayHours: 2,
  patternLikelihood: { rows_lost: 0.4, value_lost_to_null: 0.1, stale: 0.2, relation_changed: 0.03 },
};

function profilesOf(): Readonly<Record<string, CauseProfile>> {
  const listed = Object.entries(defaultCauseProfiles).map(([kind, profile]) => [
    kind,
    { ...profile, patternLikelihood: { ...profile.patternLikelihood, ...symptoms[kind] } },
  ]);
  const known: Record<string, CauseProfile> = Object.fromEntries(listed);
  const source = known["data-source"] ?? unlistedCauseProfile;
  return { ...known, vendor: source, infrastructure: infrastructureProfile };
}

/** Delays that are late are as long as the windows are: a change acts with the next file, or the next month's. */
const leastLateMs = 48 * hourMs;

const settings: Omit<SuspectSettings, "lateHours" | "horizonHours" | "namingThreshold" | "timeToleranceHours"> = {
  profiles: profilesOf(),
  defaultPatternLikelihood: 0.1,
  loggedShare: 0.8,
  lateShare: 0.8,
  mentionOfCause: { slice: 0.4, feature: 0.2, nothing: 0.37, other: 0.03 },
  mentionOfOthers: { slice: 0.02, feature: 0.06, nothing: 0.72, other: 0.2 },
  backgroundWeight: 4,
  affinityOfOthers: 0.2,
};

/** Ranks logged changes, and "none of them", as the cause. Pure. */
export function rankSuspects(question: SuspectQuestion): SuspectRanking {
  if (!question.onset.weights.some((weight) => weight > 0)) return { suspects: [], named: undefined };
  const origin = question.onset.hours[0] ?? 0;
  const hours = (instant: number): number => (instant - origin) / hourMs;
  const windowMs = question.system.windows.lengthMs;
  const posterior = suspectPosterior(
    { hours: question.onset.hours.map(hours), weights: question.onset.weights },
    question.pattern?.kind ?? null,
    question.changes.map((change) => ({
      id: change.id,
      kind: change.kind,
      atHours: hours(change.time),
      affinity: affinityOf(question, change),
      mention: mentionOf(change, question.words),
      guiltyBefore: question.causedBefore(change),
    })),
    {
      ...settings,
      lateHours: Math.max(leastLateMs, windowMs) / hourMs,
      timeToleranceHours: Math.max(2, windowMs / hourMs / 12),
      horizonHours: Math.max(1, question.horizonMs / hourMs),
      namingThreshold: question.namingThreshold,
    },
  );
  const byId = new Map(question.changes.map((change) => [change.id, change] as const));
  const ranked = posterior.ranked.flatMap((weighed): readonly Suspect[] => {
    const change = byId.get(weighed.id);
    return change === undefined
      ? []
      : [{ change, posterior: weighed.posterior, why: reasons(question, change, weighed.ratios) }];
  });
  const none: Suspect = {
    change: undefined,
    posterior: posterior.unlogged,
    why: ["none of the logged changes explains it"],
  };
  const named = posterior.named === undefined ? undefined : ranked[0];
  return { suspects: [...ranked, none].sort((left, right) => right.posterior - left.posterior), named };
}

const stepDecay = 0.7;
/** Known to lineage and not upstream; unknown to lineage, which may be incomplete. */
const elsewhereAffinity = 0.01;
const unknownAffinity = 0.06;
/** Without moved inputs every component of the system's own may be it, those nearer to the answer rather. */
const answerDecay = 0.85;

/**
 * How well what moved lies below the changed component: the share of the drift that it reaches, less with every step, and
 * less the more features it feeds that did not move.
 */
function affinityOf(question: SuspectQuestion, change: Change): number {
  const { shares } = question;
  if (shares.length === 0) return answerAffinity(question, change);
  let reached = 0;
  for (const { feature, share } of shares) {
    const steps = stepsTo(question, feature, change.component);
    if (steps !== undefined) reached += share * stepDecay ** steps;
  }
  if (reached === 0) return isElsewhere(question, change) ? elsewhereAffinity : unknownAffinity;
  const features = question.system.pipeline.features.map(({ name }) => name);
  const fed = features.filter((feature) => stepsTo(question, feature, change.component) !== undefined).length;
  const moved = effectiveNumber(shares);
  return elsewhereAffinity + reached * Math.sqrt(Math.min(1, moved / Math.max(1, fed)));
}

/** How many features carry the drift, counting by weight. */
function effectiveNumber(shares: SuspectQuestion["shares"]): number {
  const squares = shares.reduce((sum, { share }) => sum + share * share, 0);
  return squares === 0 ? 0 : 1 / squares;
}

function answerAffinity(question: SuspectQuestion, change: Change): number {
  const steps = stepsAbove(question, change.component);
  if (steps !== undefined) return answerDecay ** steps;
  return change.system === question.system.name ? 0.5 : unknownAffinity;
}

/** Steps from the changed component down to a feature; undefined where it is not known to feed it. */
function stepsTo({ system, reach }: SuspectQuestion, feature: string, component: string): number | undefined {
  const known = reach.get(feature)?.get(component);
  if (known !== undefined) return known;
  if (component === `pipeline:${system.name}` || component === `pipeline:${system.pipeline.version}`) return 1;
  return component === system.source.component ? 1 : undefined;
}

function stepsAbove({ system, above }: SuspectQuestion, component: string): number | undefined {
  const known = above.get(component);
  if (known !== undefined) return known;
  if (component === `system:${system.name}`) return 0;
  if (component === `release:${system.name}` || component === `model:${system.name}`) return 1;
  return component === `pipeline:${system.name}` ? 1 : component === system.source.component ? 2 : undefined;
}

/** Models and releases stand below the features, other sources beside them: a change there cannot move an input. */
function isElsewhere(question: SuspectQuestion, change: Change): boolean {
  const { component } = change;
  if (/^(source|contract|model|release|baseline|system|feature):/.test(component)) return true;
  return stepsAbove(question, component) !== undefined;
}

function reasons(question: SuspectQuestion, change: Change, ratios: SuspectRatios): string[] {
  const { onset, pattern } = question;
  const began = onsetInstant(onset);
  const gap = (began - change.time) / hourMs;
  const when =
    gap >= 0
      ? `${gap < 1 ? "under an hour" : `${Math.round(gap)} h`} before the change began (${isoOf(began)})`
      : `${Math.round(-gap)} h after the change began (${isoOf(began)})`;
  return [
    `${when}${weightWords(ratios.time)}`,
    `${lineageWords(question, change)}${weightWords(ratios.lineage)}`,
    ...(pattern === undefined
      ? []
      : [
          `a ${change.kind.replace("-", " ")} change; the pattern found: ${patternWords(pattern)}${weightWords(ratios.kind)}`,
        ]),
    ...mentionReason(question, change, ratios),
    ...(ratios.history > 1 ? [`a change of this kind to it was the cause ${ratios.history - 1} times before`] : []),
  ];
}

function lineageWords(question: SuspectQuestion, change: Change): string {
  const { component } = change;
  if (question.shares.length === 0) {
    const steps = stepsAbove(question, component);
    return steps === undefined
      ? `${component} is not known to feed the answers`
      : `${component} is ${stepWords(steps)} upstream of the answers`;
  }
  const reached = question.shares.flatMap(({ feature, share }) => {
    const steps = stepsTo(question, feature, component);
    return steps === undefined ? [] : [{ steps, share }];
  });
  const [nearest] = [...reached].sort((left, right) => left.steps - right.steps);
  if (nearest === undefined) return `${component} is not upstream of the moved features`;
  const share = reached.reduce((sum, one) => sum + one.share, 0);
  return `${component} is ${stepWords(nearest.steps)} upstream of the moved features and reaches ${Math.round(100 * share)} % of the drift`;
}

const stepWords = (steps: number): string => `${steps} ${steps === 1 ? "step" : "steps"}`;

function mentionReason(question: SuspectQuestion, change: Change, ratios: SuspectRatios): string[] {
  switch (mentionOf(change, question.words)) {
    case "slice":
      return [`it names the slice${weightWords(ratios.mention)}`];
    case "feature":
      return [`it names what moved${weightWords(ratios.mention)}`];
    case "other":
      return [`it names others than those that it happened to${weightWords(ratios.mention)}`];
    case "nothing":
      return [];
  }
}

/** What is worth telling: twice as likely, or half. */
function weightWords(ratio: number): string {
  if (ratio >= 2) return ` (${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)} times likelier of the cause)`;
  if (ratio > 0.5) return "";
  return ratio < 0.001 ? " (speaks against it)" : ` (${(1 / ratio).toFixed(1)} times less likely of the cause)`;
}
