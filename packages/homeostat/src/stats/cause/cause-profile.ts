/**
 * What is assumed about one kind of logged change before any evidence is seen.
 *
 * `prior` is relative (the posterior is a softmax, so only ratios between kinds and against the unknown score matter),
 * `decayHours` is the mean delay from the change to the onset of harm (exponential), `patternLikelihood` is
 * P(pattern of the mismatch | kind) for the patterns worth telling apart; absent patterns use the settings' default.
 */
export interface CauseProfile {
  readonly prior: number;
  readonly decayHours: number;
  readonly patternLikelihood: Readonly<Record<string, number>>;
}

/**
 * Default profiles by kind of change. Priors and delays are the specification's (section 6.1). The pattern likelihoods
 * are judgement, not measurement: each row says which mismatch a change of that kind tends to leave, and a team's own
 * confirmed incidents should replace them (`reestimatedPriors` does so for the priors).
 */
export const defaultCauseProfiles: Readonly<
  Record<"deploy" | "schema" | "library" | "firmware" | "policy" | "data-source", CauseProfile>
> = {
  deploy: {
    prior: 0.25,
    decayHours: 2,
    patternLikelihood: {
      stale: 0.15,
      constant_or_default: 0.15,
      null_imputed: 0.15,
      timezone_hours: 0.1,
      sign_flip: 0.1,
    },
  },
  schema: {
    prior: 0.25,
    decayHours: 6,
    patternLikelihood: {
      value_lost_to_null: 0.25,
      null_imputed: 0.2,
      collapsed_to_default: 0.2,
      constant_or_default: 0.2,
      renamed: 0.3,
      merged: 0.2,
      permuted: 0.2,
      swapped: 0.2,
      column_swap: 0.3,
      case_or_whitespace: 0.2,
      unit_scale: 0.2,
    },
  },
  library: {
    prior: 0.15,
    decayHours: 6,
    patternLikelihood: {
      permuted: 0.4,
      float32: 0.4,
      rounding: 0.3,
      trunc: 0.3,
      log1p: 0.2,
      standardisation: 0.3,
      timezone_seconds: 0.3,
      timezone_hours: 0.3,
      daylight_saving: 0.3,
    },
  },
  firmware: {
    prior: 0.15,
    decayHours: 72,
    patternLikelihood: {
      unit_scale: 0.3,
      scale: 0.3,
      offset: 0.3,
      F_vs_C: 0.4,
      affine: 0.3,
      sign_flip: 0.3,
      clip_high: 0.3,
      clip_low: 0.3,
    },
  },
  policy: { prior: 0.1, decayHours: 24, patternLikelihood: { clip_high: 0.15, clip_low: 0.15, merged: 0.15 } },
  "data-source": {
    prior: 0.1,
    decayHours: 6,
    patternLikelihood: {
      value_lost_to_null: 0.3,
      stale: 0.4,
      unit_scale: 0.3,
      collapsed_to_default: 0.2,
      constant_or_default: 0.2,
      timezone_seconds: 0.2,
    },
  },
};

/** The profile of a kind nobody described: rare, and as slow as a policy change. */
export const unlistedCauseProfile: CauseProfile = { prior: 0.1, decayHours: 24, patternLikelihood: {} };
