import { type CauseProfile, defaultCauseProfiles, unlistedCauseProfile } from "./cause-profile.ts";
import { lnExposureBayesFactor } from "./exposure-bayes-factor.ts";
import { type LineageReach, lineageAffinity } from "./lineage-affinity.ts";
import { type ChangeTimePosterior, timeDensity } from "./time-density.ts";

/** One logged event that may have caused the harm. */
export interface CauseCandidate {
  readonly id: string;
  readonly kind: string;
  /** When it happened, hours on the clock of the change-time posterior. */
  readonly atHours: number;
  /** Where the drifted features lie below the changed node; `unknown` when no feature drifted or no lineage exists. */
  readonly lineage: { readonly kind: "reach"; readonly reach: readonly LineageReach[] } | { readonly kind: "unknown" };
  /** z of the exposure contrast (difference in differences); `none` when the event has no exposure column. */
  readonly exposure: { readonly kind: "contrast"; readonly z: number } | { readonly kind: "none" };
}

export interface CauseSettings {
  readonly profiles: Readonly<Record<string, CauseProfile>>;
  readonly unlistedProfile: CauseProfile;
  /** P(pattern | kind) where the profile does not say, or where no pattern was recognised. */
  readonly defaultPatternLikelihood: number;
  /** D where lineage is unknown: low, so that time alone does not convict. */
  readonly neutralLineage: number;
  readonly lineageDecay: number;
  readonly lineageFloor: number;
  readonly timeToleranceHours: number;
  readonly timeFloor: number;
  readonly exposureKappa: number;
  readonly exposureCap: number;
  /** Score of "none of the logged events". */
  readonly unknownScore: number;
  /** A cause is named only at or above this posterior. */
  readonly namingThreshold: number;
}

/** The specification's numbers (section 6.1), all replaceable. */
export const defaultCauseSettings: CauseSettings = {
  profiles: defaultCauseProfiles,
  unlistedProfile: unlistedCauseProfile,
  defaultPatternLikelihood: 0.1,
  neutralLineage: 0.1,
  lineageDecay: 0.7,
  lineageFloor: 0.01,
  timeToleranceHours: 2,
  timeFloor: 1e-6,
  exposureKappa: 8,
  exposureCap: 1e4,
  unknownScore: 1e-3,
  namingThreshold: 0.5,
};

export interface CauseEvidence {
  readonly changeTime: ChangeTimePosterior;
  /** The mismatch pattern found on the drifted features (section 10), or null. */
  readonly pattern: string | null;
  readonly candidates: readonly CauseCandidate[];
}

/** What each kind of evidence said about one candidate; the product is the score. */
export interface CauseTerms {
  readonly prior: number;
  readonly time: number;
  readonly lineage: number;
  readonly pattern: number;
  readonly exposure: number;
}

export interface RankedCause {
  readonly id: string;
  readonly kind: string;
  readonly lnScore: number;
  readonly posterior: number;
  readonly terms: CauseTerms;
}

export type CauseVerdict =
  | { readonly kind: "named"; readonly cause: RankedCause }
  /** No candidate reached the threshold: the list is a place to start looking, not an accusation. */
  | { readonly kind: "candidates" }
  /** "None of the logged events" itself reached the threshold. */
  | { readonly kind: "unlogged" };

export type CausePosterior =
  | {
      readonly kind: "posterior";
      /** Most probable first. */
      readonly ranked: readonly RankedCause[];
      /** Posterior of "none of the logged events". */
      readonly unknown: number;
      readonly verdict: CauseVerdict;
    }
  | { readonly kind: "insufficient"; readonly reason: "no-change-time" };

/**
 * Posterior over logged events, and over "none of them", as the cause of a change.
 *
 *     ln score_c = ln(prior_kind * T_c) + ln D_c + ln M_c + ln S_c,    ln score_unknown = ln 1e-3,   softmax
 *
 * T: time density, D: lineage affinity, M: pattern likelihood, S: exposure Bayes factor (1 without exposure).
 * A cause is named only if its posterior is at least `namingThreshold`; otherwise the ranking is a list of candidates.
 * Assumes one cause, and evidence independent given the cause. Two log entries for one act share its posterior, so
 * callers should merge them first. Posteriors are only as good as the log: an unlogged cause is what `unknown` is for.
 * Cost: O(candidates * (grid + features)). Source: algorithms specification, section 6.1.
 */
export function causePosterior(
  evidence: CauseEvidence,
  settings: CauseSettings = defaultCauseSettings,
): CausePosterior {
  if (!evidence.changeTime.weights.some((w) => w > 0)) return { kind: "insufficient", reason: "no-change-time" };
  const scored = evidence.candidates.map((candidate) => {
    const terms = termsOf(candidate, evidence, settings);
    return { candidate, terms, lnScore: lnScoreOf(terms) };
  });
  const lnUnknown = Math.log(settings.unknownScore);
  const peak = Math.max(lnUnknown, ...scored.map((s) => s.lnScore));
  const unknownWeight = Math.exp(lnUnknown - peak);
  const total = scored.reduce((sum, s) => sum + Math.exp(s.lnScore - peak), unknownWeight);
  const ranked = scored
    .map(({ candidate, terms, lnScore }): RankedCause => {
      return { id: candidate.id, kind: candidate.kind, lnScore, posterior: Math.exp(lnScore - peak) / total, terms };
    })
    .sort((a, b) => b.lnScore - a.lnScore || compareText(a.id, b.id));
  const unknown = unknownWeight / total;
  return { kind: "posterior", ranked, unknown, verdict: verdictOf(ranked[0], unknown, settings.namingThreshold) };
}

function termsOf(candidate: CauseCandidate, evidence: CauseEvidence, settings: CauseSettings): CauseTerms {
  const profile = settings.profiles[candidate.kind] ?? settings.unlistedProfile;
  const time = timeDensity({
    changeTime: evidence.changeTime,
    atHours: candidate.atHours,
    decayHours: profile.decayHours,
    toleranceHours: settings.timeToleranceHours,
    floor: settings.timeFloor,
  });
  const lineage =
    candidate.lineage.kind === "reach"
      ? lineageAffinity(candidate.lineage.reach, settings.lineageDecay, settings.lineageFloor)
      : settings.neutralLineage;
  const known = evidence.pattern === null ? undefined : profile.patternLikelihood[evidence.pattern];
  const exposure =
    candidate.exposure.kind === "contrast"
      ? Math.exp(lnExposureBayesFactor(candidate.exposure.z, settings.exposureKappa, settings.exposureCap))
      : 1;
  return { prior: profile.prior, time, lineage, pattern: known ?? settings.defaultPatternLikelihood, exposure };
}

function lnScoreOf(terms: CauseTerms): number {
  return (
    Math.log(terms.prior * terms.time) + Math.log(terms.lineage) + Math.log(terms.pattern) + Math.log(terms.exposure)
  );
}

function verdictOf(first: RankedCause | undefined, unknown: number, threshold: number): CauseVerdict {
  if (first !== undefined && first.posterior >= threshold) return { kind: "named", cause: first };
  return unknown >= threshold ? { kind: "unlogged" } : { kind: "candidates" };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
