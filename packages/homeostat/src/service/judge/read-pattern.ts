import type { RowRange, Slice, SliceStore } from "../../domain/baseline/slice-store.ts";
import type { Lead } from "../../domain/diagnosis/find-slice.ts";
import {
  clockShift,
  defaultValue,
  offsetChange,
  respelled,
  roundedValues,
  type ShiftPattern,
  unitChange,
} from "../../domain/diagnosis/shift-pattern.ts";
import { sameSeasonWindows } from "./audit-slice.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";

const quantileLevels = Array.from({ length: 39 }, (_, index) => (index + 1) / 40);
/** More values than this and a number is no clock. */
const mostClockValues = 24;

/** How what moved changed, as far as distributions tell; where no input moved, what that says of the rest. */
export async function readPattern(
  slices: SliceStore,
  scene: DiagnosisScene,
  lead: Lead | undefined,
  where: Slice | undefined,
  feature: string | undefined,
): Promise<ShiftPattern | undefined> {
  if (feature === undefined) return symptomOf(lead);
  if (lead?.feature === feature && lead.finding.monitor === "null-rate") return { kind: "value_lost_to_null" };
  if (lead?.feature === feature && lead.finding.metric === "unseen") return newNames(scene, lead, feature);
  if (scene.system.pipeline.features.find((candidate) => candidate.name === feature)?.type !== "number")
    return undefined;
  return numberPattern(slices, scene, where, feature);
}

/** Without a moved input: rows went missing, the answers moved, or what is true of the same inputs did. */
function symptomOf(lead: Lead | undefined): ShiftPattern | undefined {
  if (lead === undefined) return undefined;
  const { monitor, layer } = lead.finding;
  if (monitor === "volume") return { kind: "rows_lost" };
  if (monitor === "prediction-drift") return { kind: "score_moved" };
  return layer === "model" || layer === "outcome" ? { kind: "relation_changed" } : undefined;
}

function newNames({ baseline }: DiagnosisScene, lead: Lead, feature: string): ShiftPattern {
  const binning = baseline.features.find(({ name }) => name === feature)?.binning;
  const known = binning?.kind === "categorical" ? [...binning.categories, ...binning.others] : [];
  const unseen = lead.finding.values.map(({ value }) => value);
  return respelled(unseen, known) ? { kind: "case_or_whitespace" } : { kind: "renamed" };
}

async function numberPattern(
  slices: SliceStore,
  scene: DiagnosisScene,
  where: Slice | undefined,
  feature: string,
): Promise<ShiftPattern | undefined> {
  const { system, baseline, range } = scene;
  const settledFrom = range.from + system.windows.lengthMs;
  const now: RowRange = { kind: "live", from: settledFrom < range.to ? settledFrom : range.from, to: range.to };
  const before: RowRange = { kind: "reference", windows: sameSeasonWindows(scene) };
  const [valuesNow, valuesThen, quantilesNow, quantilesThen] = await Promise.all([
    slices.valueCounts(system, baseline, now, where, feature, mostClockValues),
    slices.valueCounts(system, baseline, before, where, feature, mostClockValues),
    slices.quantiles(system, baseline, now, where, feature, quantileLevels),
    slices.quantiles(system, baseline, before, where, feature, quantileLevels),
  ]);
  const clock = valuesNow === undefined || valuesThen === undefined ? undefined : clockShift(valuesNow, valuesThen);
  return (
    clock ??
    unitChange(quantilesNow, quantilesThen) ??
    defaultValue(quantilesNow, quantilesThen) ??
    roundedValues(quantilesNow, quantilesThen) ??
    offsetChange(quantilesNow, quantilesThen)
  );
}
