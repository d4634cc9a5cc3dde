import type { RowRange, Slice, SliceStore } from "../../domain/baseline/slice-store.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import { dateOnset, type Onset } from "../../domain/diagnosis/date-onset.ts";
import type { Lead } from "../../domain/diagnosis/find-slice.ts";
import { rankSuspects, type SuspectQuestion, type SuspectRanking } from "../../domain/diagnosis/rank-suspects.ts";
import { clockShift, type ShiftPattern, unitChange } from "../../domain/diagnosis/shift-pattern.ts";
import type { Suspect } from "../../domain/incident/diagnosis.ts";
import { dayMs, hourMs } from "../../domain/instant.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import { walkLineage } from "../../domain/lineage/walk-lineage.ts";
import type { System } from "../../domain/system/system.ts";
import { binCountOf } from "../../stats/histogram/binning.ts";
import { type SliceAudit, sameSeasonWindows } from "./audit-slice.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";

/** Changes older than this before the trouble began are not asked about. */
const lookBackMs = 7 * dayMs;
const quantileLevels = Array.from({ length: 19 }, (_, index) => (index + 1) / 20);
/** More values than this and a number is no clock. */
const mostClockValues = 24;

/** Dates the change on the slice, names its pattern, and ranks the logged changes as suspects. */
export async function traceUpstream(
  ports: { readonly slices: SliceStore; readonly changes: ChangeStore; readonly lineage: LineageStore },
  scene: DiagnosisScene,
  lead: Lead | undefined,
  audit: SliceAudit,
): Promise<SuspectRanking> {
  const feature = lead?.finding.feature ?? audit.features[0]?.feature;
  const onset = await onsetOf(ports.slices, scene, lead, feature);
  const pattern = await patternOf(ports.slices, scene, lead, feature);
  return rankChanges(ports, scene, { onset, shares: sharesOf(lead, audit), pattern });
}

/** Ranks the changes that were logged in the stretch and the week before it, by what is known of what happened. */
export async function rankChanges(
  ports: { readonly changes: ChangeStore; readonly lineage: LineageStore },
  { system, range }: Pick<DiagnosisScene, "system" | "range">,
  known: Pick<SuspectQuestion, "onset" | "shares" | "pattern">,
): Promise<SuspectRanking> {
  const changes = await ports.changes.list({ from: range.from - lookBackMs, to: range.to, system: system.name });
  return rankSuspects({
    ...known,
    system,
    changes: changes.filter((change) => change.kind !== "training"),
    beyondSource: await beyondSource(ports.lineage, system),
  });
}

/** Who did it, in words. */
export function causeWords(named: Suspect | undefined): string {
  return named?.change === undefined
    ? "no logged change explains it well enough to be named"
    : `${named.change.title} (${named.change.component}), posterior ${named.posterior.toFixed(2)}`;
}

/** Farther up than this nobody looks for the cause of an hour. */
const mostSteps = 10;

/** What feeds the source, as lineage knows it: tables, jobs, contracts. */
async function beyondSource(lineage: LineageStore, system: System): Promise<ReadonlyMap<string, number>> {
  const node = system.source.component;
  const graph = await walkLineage(lineage, { node, direction: "up", depth: mostSteps });
  const above = graph?.nodes.filter((one) => one.name !== node) ?? [];
  return new Map(above.map(({ name, distance }) => [name, -distance]));
}

/** Rows that lost their value left the slice, so they are looked for among all rows. */
const rowsOf = (lead: Lead | undefined): Slice | undefined => (lead?.lostRows === undefined ? lead?.slice : undefined);

async function onsetOf(
  slices: SliceStore,
  scene: DiagnosisScene,
  lead: Lead | undefined,
  feature: string | undefined,
): Promise<Onset> {
  const { system, baseline, range } = scene;
  const length = system.windows.lengthMs;
  const changedFrom = range.from + length;
  const from = range.from - length;
  const binning = baseline.features.find((candidate) => candidate.name === feature)?.binning;
  if (feature === undefined || binning === undefined || changedFrom >= range.to) return evenly(range.from, changedFrom);
  const slice = rowsOf(lead);
  const [live, reference] = await Promise.all([
    slices.hourly(system, baseline, { kind: "live", from, to: range.to }, slice, feature),
    slices.hourly(system, baseline, referenceRange(scene), slice, feature),
  ]);
  if (live.length === 0 || reference.length === 0) return evenly(range.from, changedFrom);
  return dateOnset({ live, reference, from, to: changedFrom - hourMs, changedFrom, bins: binCountOf(binning) });
}

const referenceRange = (scene: DiagnosisScene): RowRange => ({ kind: "reference", windows: sameSeasonWindows(scene) });

/** Nothing finer is known than the window: every hour of it is as likely. */
export function evenly(from: number, to: number): Onset {
  const hours: number[] = [];
  for (let hour = from; hour < to; hour += hourMs) hours.push(hour);
  return { hours, weights: hours.map(() => 1 / hours.length) };
}

/** Each moved feature's share of the drift on the slice. */
function sharesOf(
  lead: Lead | undefined,
  audit: SliceAudit,
): readonly { readonly feature: string; readonly share: number }[] {
  if (lead?.lostRows !== undefined && lead.feature !== undefined) return [{ feature: lead.feature, share: 1 }];
  const moved = audit.features.filter((feature) => feature.psiDebiased > 0);
  const sum = moved.reduce((all, feature) => all + feature.psiDebiased, 0);
  return moved.map((feature) => ({ feature: feature.feature, share: feature.psiDebiased / sum }));
}

async function patternOf(
  slices: SliceStore,
  scene: DiagnosisScene,
  lead: Lead | undefined,
  feature: string | undefined,
): Promise<ShiftPattern | undefined> {
  if (lead?.finding.monitor === "null-rate") return { kind: "value_lost_to_null" };
  if (lead?.finding.metric === "unseen") return { kind: "renamed" };
  const { system, baseline, range } = scene;
  if (
    feature === undefined ||
    system.pipeline.features.find((candidate) => candidate.name === feature)?.type !== "number"
  )
    return undefined;
  const live: RowRange = { kind: "live", from: range.from + system.windows.lengthMs, to: range.to };
  const settled: RowRange =
    range.to > range.from + system.windows.lengthMs ? live : { kind: "live", from: range.from, to: range.to };
  const slice = rowsOf(lead);
  const [valuesNow, valuesThen] = await Promise.all([
    slices.valueCounts(system, baseline, settled, slice, feature, mostClockValues),
    slices.valueCounts(system, baseline, referenceRange(scene), slice, feature, mostClockValues),
  ]);
  const clock = valuesNow === undefined || valuesThen === undefined ? undefined : clockShift(valuesNow, valuesThen);
  if (clock !== undefined) return clock;
  const [now, then] = await Promise.all([
    slices.quantiles(system, baseline, settled, slice, feature, quantileLevels),
    slices.quantiles(system, baseline, referenceRange(scene), slice, feature, quantileLevels),
  ]);
  return unitChange(now, then);
}
