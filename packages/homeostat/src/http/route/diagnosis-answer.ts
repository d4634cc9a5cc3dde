import type { DriftCell, PerformanceCell, Diagnosis as WireDiagnosis } from "@homeostat/protocol";
import type { SliceCondition } from "../../domain/baseline/slice-store.ts";
import type {
  Diagnosis,
  DiagnosisStep,
  FeatureAudit,
  FixOption,
  FoundSlice,
  SliceEvidence,
  Suspect,
  WeakSlice,
} from "../../domain/incident/diagnosis.ts";
import { type Instant, isoOf } from "../../domain/instant.ts";
import type { House } from "./house.ts";
import { changeAnswer } from "./intake-routes.ts";
import { performanceCells, segmentAnswer } from "./sensing-routes.ts";

/** A diagnosis as the wire has it. What one of an earlier version did not know is said to be unknown or empty. */
export function diagnosisAnswer(
  diagnosis: Diagnosis,
  since: Instant,
  performance: readonly PerformanceCell[],
): WireDiagnosis {
  return {
    completedAt: isoOf(diagnosis.completedAt),
    tookMs: diagnosis.tookMs,
    sentence: diagnosis.sentence,
    steps: diagnosis.steps.map(stepAnswer),
    slice: diagnosis.slice === undefined ? null : sliceAnswer(diagnosis.slice),
    slices: (diagnosis.slices ?? []).map(({ words, how, conditions }) => ({
      words,
      how,
      conditions: conditions.map(conditionAnswer),
    })),
    foundSlices: (diagnosis.foundSlices ?? []).map(foundAnswer),
    weakSlices: (diagnosis.weakSlices ?? []).map(weakAnswer),
    features: diagnosis.features.map((feature) => featureAnswer(since, diagnosis.slice, feature)),
    performance: [...performance],
    suspects: diagnosis.suspects.map(suspectAnswer),
    namedCause: diagnosis.namedCause === undefined ? null : suspectAnswer(diagnosis.namedCause),
    onset: diagnosis.onset === undefined ? null : isoOf(diagnosis.onset),
    fix: (diagnosis.fix?.options ?? []).map(fixAnswer),
  };
}

export function stepAnswer(step: DiagnosisStep): WireDiagnosis["steps"][number] {
  return {
    step: step.step,
    title: step.title,
    status: step.status,
    verdict: step.verdict,
    tookMs: step.tookMs,
    evidence: (step.evidence ?? []).map(({ name, value, usual }) => ({
      name,
      value: value ?? null,
      usual: usual ?? null,
    })),
    queries: (step.queries ?? []).map(({ sql, parameters }) => ({ sql, parameters: { ...parameters } })),
  };
}

const conditionAnswer = ({ dimension, values, words }: SliceCondition) => ({
  kind: dimension.kind,
  name: dimension.name,
  values: [...values],
  words,
});

function foundAnswer(found: FoundSlice): WireDiagnosis["foundSlices"][number] {
  const { words, rows, baselineRows, value, baselineValue, excess, excessLower, excessUpper, pValue, extent } = found;
  return {
    words,
    conditions: found.conditions.map(conditionAnswer),
    measure: found.measure.kind,
    feature: found.measure.kind === "moved" ? found.measure.feature : null,
    rows,
    baselineRows,
    value,
    baselineValue,
    excess,
    excessLower,
    excessUpper,
    pValue,
    extent,
  };
}

function weakAnswer({ words, conditions, rows, value, baselineValue, score }: WeakSlice) {
  return {
    words,
    conditions: conditions.map(conditionAnswer),
    rows,
    value,
    baselineValue: baselineValue ?? null,
    score,
  };
}

function fixAnswer({ action, words, check }: FixOption): WireDiagnosis["fix"][number] {
  if (check.kind === "not-checked") return { action, words, check };
  return {
    action,
    words,
    check: {
      ...check,
      loss: check.loss ?? null,
      fixedLoss: check.fixedLoss ?? null,
      scorePsi: check.scorePsi ?? null,
      fixedScorePsi: check.fixedScorePsi ?? null,
    },
  };
}

function sliceAnswer(slice: SliceEvidence): NonNullable<WireDiagnosis["slice"]> {
  const { losses } = slice;
  return {
    segment: segmentAnswer(slice.segment),
    values: [...slice.values],
    words:
      slice.words ?? (slice.segment === undefined ? "all rows" : `${slice.segment.name} in ${slice.values.join(", ")}`),
    losses:
      losses === undefined
        ? null
        : {
            slice: losses.slice ?? null,
            sliceBaseline: losses.sliceBaseline ?? null,
            global: losses.global ?? null,
            globalBaseline: losses.globalBaseline ?? null,
          },
    rows: slice.rows,
    share: slice.share,
    auc: slice.auc ?? null,
    baselineAuc: slice.baselineAuc ?? null,
    globalAuc: slice.globalAuc ?? null,
    globalBaselineAuc: slice.globalBaselineAuc ?? null,
    globalPsi: slice.globalPsi ?? null,
    slicePsi: slice.slicePsi ?? null,
  };
}

function featureAnswer(since: Instant, slice: SliceEvidence | undefined, feature: FeatureAudit): DriftCell {
  return {
    window: isoOf(since),
    feature: feature.feature,
    segment: segmentAnswer(slice?.segment),
    state: feature.psiDebiased >= 0.25 ? "critical" : feature.psiDebiased >= 0.1 ? "warning" : "healthy",
    // a stretch of windows is held against those of all the seasons in it
    season: null,
    variant: "psi/jeffreys",
    psi: feature.psi,
    psiDebiased: feature.psiDebiased,
    expectedByChance: feature.expectedByChance,
    pValue: feature.pValue,
    rows: feature.rows,
    baselineRows: feature.baselineRows,
    bins: feature.bins,
  };
}

function suspectAnswer(suspect: Suspect): WireDiagnosis["suspects"][number] {
  return {
    change: suspect.change === undefined ? null : changeAnswer(suspect.change),
    posterior: suspect.posterior,
    why: [...suspect.why],
  };
}

const windowsAround = 14;

/** Performance of all rows and of the slice's segment values, two weeks around the trouble. */
export async function performanceAround(
  house: House,
  system: string,
  from: Instant,
  to: Instant,
  slice: SliceEvidence | undefined,
): Promise<PerformanceCell[]> {
  const stored = await house.systems.get(system);
  if (stored === undefined) return [];
  const reach = windowsAround * stored.system.windows.lengthMs;
  const segments = [
    undefined,
    ...(slice?.segment === undefined ? [] : slice.values.map((value) => ({ name: slice.segment?.name ?? "", value }))),
  ];
  return performanceCells(house, stored.system, { from: from - reach, to: to + reach }, segments);
}
