import { type CauseProfile, unlistedCauseProfile } from "./cause-profile.ts";
import { type ChangeTimePosterior, timeDensity } from "./time-density.ts";

/** What a log entry says of itself in relation to what happened: it names the slice, a moved feature, others, or nothing. */
export const mentions = ["slice", "feature", "nothing", "other"] as const;
export type Mention = (typeof mentions)[number];

/** One logged change, as far as it can be weighed. */
export interface SuspectEvidence {
  readonly id: string;
  readonly kind: string;
  /** Hours on the clock of the change-time posterior. */
  readonly atHours: number;
  /** How well what moved lies below it: 0 (nothing of it) to 1 (all of it, next to it). */
  readonly affinity: number;
  readonly mention: Mention;
  /** How often a change of this component and kind was found to be the cause before. */
  readonly guiltyBefore: number;
}

export interface SuspectSettings {
  readonly profiles: Readonly<Record<string, CauseProfile>>;
  /** P(pattern | kind) where a profile does not say. */
  readonly defaultPatternLikelihood: number;
  /** Share of incidents whose cause stands in the log. */
  readonly loggedShare: number;
  /** Share of causes that act late (with the next file, deploy or batch), and the mean delay of those, in hours. */
  readonly lateShare: number;
  readonly lateHours: number;
  readonly timeToleranceHours: number;
  /** From the first to the last hour that changes were looked for in. */
  readonly horizonHours: number;
  /** P(mention | it is the cause), and the same for a change that is not, before the log was looked at. */
  readonly mentionOfCause: Readonly<Record<Mention, number>>;
  readonly mentionOfOthers: Readonly<Record<Mention, number>>;
  /** For how many changes the general expectation counts beside the log itself. */
  readonly backgroundWeight: number;
  readonly affinityOfOthers: number;
  readonly namingThreshold: number;
}

/** How many times likelier each kind of evidence is if this is the cause than if it is not. */
export interface SuspectRatios {
  readonly time: number;
  readonly lineage: number;
  /** Kind of change against the pattern found. */
  readonly kind: number;
  readonly mention: number;
  readonly history: number;
}

export interface WeighedSuspect {
  readonly id: string;
  readonly posterior: number;
  readonly ratios: SuspectRatios;
}

export interface SuspectPosterior {
  /** Most probable first. */
  readonly ranked: readonly WeighedSuspect[];
  /** Posterior of "none of the logged changes". */
  readonly unlogged: number;
  readonly named: WeighedSuspect | undefined;
}

/**
 * Posterior over logged changes, and over "none of them", with the log itself as the background.
 *
 *     P(c) ~ loggedShare / (n + w) * prod over kinds of evidence of P(evidence | cause) / P(evidence | not the cause)
 *     P(none) ~ 1 - loggedShare * n / (n + w)        w = backgroundWeight: where little is logged, the cause may well not be
 *
 * What a change that is not the cause looks like is learnt from the log (shrunk towards a general expectation of the
 * weight of `backgroundWeight` changes): where every change touches the same source, standing upstream proves nothing;
 * where one in twenty names the slice, naming it proves much. So a long log does not convict by its length alone. Time:
 * a mixture of the delay of the kind and a late delay, against a uniform law over the horizon. Assumes one cause and
 * evidence independent given it. Cost: O(changes * grid).
 * Source: the terms of the algorithms specification, section 6.1, as Bayes factors against an empirical background
 * (Efron 2010, two-groups model).
 */
export function suspectPosterior(
  changeTime: ChangeTimePosterior,
  pattern: string | null,
  suspects: readonly SuspectEvidence[],
  settings: SuspectSettings,
): SuspectPosterior {
  const guilt = guiltOf(pattern, settings);
  const background = backgroundOf(suspects, settings, guilt);
  const prior = settings.loggedShare / (suspects.length + settings.backgroundWeight);
  const weights = suspects.map((suspect) => {
    const ratios: SuspectRatios = {
      time: timeRatio(changeTime, suspect, settings),
      lineage: suspect.affinity / background.affinity,
      kind: guilt(suspect.kind) / background.guilt,
      mention: settings.mentionOfCause[suspect.mention] / background.mentions[suspect.mention],
      history: 1 + suspect.guiltyBefore,
    };
    const product = ratios.time * ratios.lineage * ratios.kind * ratios.mention * ratios.history;
    return { id: suspect.id, ratios, weight: prior * product };
  });
  const unlogged = 1 - prior * suspects.length;
  const total = weights.reduce((sum, { weight }) => sum + weight, unlogged);
  const ranked = weights
    .map(({ id, ratios, weight }): WeighedSuspect => ({ id, ratios, posterior: weight / total }))
    .sort((a, b) => b.posterior - a.posterior || (a.id < b.id ? -1 : 1));
  const [first] = ranked;
  return {
    ranked,
    unlogged: unlogged / total,
    named: first !== undefined && first.posterior >= settings.namingThreshold ? first : undefined,
  };
}

interface Background {
  readonly affinity: number;
  readonly guilt: number;
  readonly mentions: Readonly<Record<Mention, number>>;
}

function backgroundOf(
  suspects: readonly SuspectEvidence[],
  settings: SuspectSettings,
  guilt: (kind: string) => number,
): Background {
  const weight = settings.backgroundWeight;
  const size = suspects.length + weight;
  const mean = suspects.reduce((sum, { affinity }) => sum + affinity, weight * settings.affinityOfOthers) / size;
  const shareOf = (mention: Mention): number =>
    (suspects.filter((suspect) => suspect.mention === mention).length + weight * settings.mentionOfOthers[mention]) /
    size;
  const guilty = suspects.reduce((sum, { kind }) => sum + guilt(kind), 0);
  const kinds = Object.keys(settings.profiles);
  const usual = kinds.reduce((sum, kind) => sum + guilt(kind), 0) / Math.max(1, kinds.length);
  return {
    affinity: Math.max(1e-6, mean),
    guilt: (guilty + weight * usual) / size,
    mentions: {
      slice: shareOf("slice"),
      feature: shareOf("feature"),
      nothing: shareOf("nothing"),
      other: shareOf("other"),
    },
  };
}

/** How likely one change of a kind is to be a cause that leaves this pattern, in any unit. */
function guiltOf(pattern: string | null, settings: SuspectSettings): (kind: string) => number {
  return (kind) => {
    const profile = settings.profiles[kind] ?? unlistedCauseProfile;
    const likelihood = pattern === null ? 1 : (profile.patternLikelihood[pattern] ?? settings.defaultPatternLikelihood);
    return profile.prior * likelihood;
  };
}

function timeRatio(changeTime: ChangeTimePosterior, suspect: SuspectEvidence, settings: SuspectSettings): number {
  const profile = settings.profiles[suspect.kind] ?? unlistedCauseProfile;
  const density = (decayHours: number): number =>
    timeDensity({
      changeTime,
      atHours: suspect.atHours,
      decayHours,
      toleranceHours: settings.timeToleranceHours,
      floor: 0,
    });
  const mixed =
    (1 - settings.lateShare) * density(profile.decayHours) + settings.lateShare * density(settings.lateHours);
  return Math.max(1e-4, mixed * settings.horizonHours);
}
