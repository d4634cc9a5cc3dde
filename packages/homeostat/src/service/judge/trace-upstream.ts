import type { Baseline } from "../../domain/baseline/baseline.ts";
import { scoreSubject } from "../../domain/baseline/profile-store.ts";
import type { HourCounts, RowRange, Slice, SliceStore } from "../../domain/baseline/slice-store.ts";
import type { ChangeStore } from "../../domain/change/change.ts";
import { dateOnset, dateOnsetAlone, type Onset } from "../../domain/diagnosis/date-onset.ts";
import type { Lead } from "../../domain/diagnosis/find-slice.ts";
import { mentionWords } from "../../domain/diagnosis/mention-words.ts";
import { rankSuspects, type SuspectQuestion, type SuspectRanking } from "../../domain/diagnosis/rank-suspects.ts";
import type { ShiftPattern } from "../../domain/diagnosis/shift-pattern.ts";
import type { FeatureAudit, Suspect } from "../../domain/incident/diagnosis.ts";
import type { IncidentStore } from "../../domain/incident/incident.ts";
import { hourMs } from "../../domain/instant.ts";
import { columnReach } from "../../domain/lineage/column-reach.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import type { System } from "../../domain/system/system.ts";
import { binCountOf } from "../../stats/histogram/binning.ts";
import { type SliceAudit, sameSeasonWindows } from "./audit-slice.ts";
import type { DiagnosisScene } from "./diagnosis-scene.ts";
import { readPattern } from "./read-pattern.ts";

export interface TracePorts {
  readonly slices: SliceStore;
  readonly changes: ChangeStore;
  readonly lineage: LineageStore;
  readonly incidents: Pick<IncidentStore, "list">;
}

export interface Trace extends SuspectRanking {
  readonly onset: Onset;
  readonly pattern: ShiftPattern | undefined;
  readonly shares: SuspectQuestion["shares"];
}

/** Dates the change on the slice, names its pattern, and ranks the logged changes as suspects. */
export async function traceUpstream(
  ports: TracePorts,
  scene: DiagnosisScene,
  lead: Lead | undefined,
  slice: Slice | undefined,
  audit: SliceAudit,
): Promise<Trace> {
  const shares = sharesOf(lead, audit, scene.settings.movedPsi);
  const feature = shares[0]?.feature;
  const where = rowsOf(lead, slice);
  const onset = await onsetOf(ports.slices, scene, lead, where, feature);
  const pattern = await readPattern(ports.slices, scene, lead, where, feature);
  const ranking = await rankChanges(ports, scene, { onset, shares, pattern, slice });
  return { ...ranking, onset, pattern, shares };
}

/** Changes are looked for over this many windows before the trouble at least. */
const windowsBack = 7;

/** Ranks the changes that were logged in the stretch and before it, by what is known of what happened. */
export async function rankChanges(
  ports: Omit<TracePorts, "slices">,
  {
    system,
    range,
    settings,
    baseline,
  }: Pick<DiagnosisScene, "system" | "range" | "settings"> & {
    readonly baseline?: Baseline;
  },
  known: Pick<SuspectQuestion, "onset" | "shares" | "pattern"> & { readonly slice: Slice | undefined },
): Promise<SuspectRanking> {
  const { slice, ...question } = known;
  const lookBackMs = Math.max(settings.lookBackMs, windowsBack * system.windows.lengthMs);
  const from = range.from - lookBackMs;
  const changes = await ports.changes.list({ from, to: range.to, system: system.name });
  const { reach, above } = await lineageOf(ports.lineage, system);
  return rankSuspects({
    ...question,
    system,
    changes: changes.filter((change) => change.kind !== "training"),
    reach,
    above,
    words: mentionWords(system, baseline, slice, question.shares),
    causedBefore: await guilt(ports.incidents, system.name),
    horizonMs: range.to - from,
    namingThreshold: settings.namingThreshold,
  });
}

/** What was found to be the cause of earlier incidents that are over: by people first, by diagnoses where nobody said. */
async function guilt(incidents: Pick<IncidentStore, "list">, system: string): Promise<SuspectQuestion["causedBefore"]> {
  const causes = (await incidents.list({ system, state: "resolved" })).flatMap(
    ({ linkedCause, diagnosis, falseAlarm }) => {
      if (falseAlarm !== undefined) return [];
      if (linkedCause !== undefined) return [linkedCause.component];
      return diagnosis?.namedCause?.change?.component ?? [];
    },
  );
  return (change) => causes.filter((component) => component === change.component).length;
}

/** Who did it, in words. */
export function causeWords(named: Suspect | undefined): string {
  return named?.change === undefined
    ? "no logged change explains it well enough to be named"
    : `${named.change.title} (${named.change.component}), posterior ${named.posterior.toFixed(2)}`;
}

/** What feeds each feature, and what feeds the answers, as lineage knows it: tables, jobs, contracts, releases. */
async function lineageOf(lineage: LineageStore, system: System): Promise<Pick<SuspectQuestion, "reach" | "above">> {
  const known: Parameters<typeof columnReach>[2] = new Map();
  const above = new Map(await columnReach(lineage, `system:${system.name}`, known));
  const code = await codeAbove(lineage, system, known);
  const reach = new Map<string, ReadonlyMap<string, number>>();
  for (const { name } of system.pipeline.features) {
    const own = await columnReach(lineage, `feature:${system.name}/${name}`, known);
    reach.set(name, new Map([...code, ...own]));
    // From the answer, a shared source is walked through once, for one feature's columns: the others' stand here.
    for (const [component, steps] of own) if (!above.has(component)) above.set(component, steps + stepsToAnswer);
  }
  return { reach, above };
}

/** Feature, pipeline, system. */
const stepsToAnswer = 2;

/** What the pipeline itself is made of beside its features: libraries, jobs. A change there may move any feature. */
async function codeAbove(
  lineage: LineageStore,
  system: System,
  known: NonNullable<Parameters<typeof columnReach>[2]>,
): Promise<ReadonlyMap<string, number>> {
  const node = `pipeline:${system.pipeline.version}`;
  const parents = (await lineage.edges("to", [node], undefined)).map(({ from }) => from);
  const found = new Map<string, number>([[node, 1]]);
  for (const parent of parents.filter((name) => !name.startsWith("feature:")))
    for (const [name, steps] of await columnReach(lineage, parent, known))
      if (!found.has(name)) found.set(name, steps + 2);
  return found;
}

/** Rows that lost their value left the slice, so they are looked for among all rows. */
const rowsOf = (lead: Lead | undefined, slice: Slice | undefined): Slice | undefined =>
  lead?.lostRows === undefined ? slice : undefined;

async function onsetOf(
  slices: SliceStore,
  scene: DiagnosisScene,
  lead: Lead | undefined,
  where: Slice | undefined,
  feature: string | undefined,
): Promise<Onset> {
  const { system, range } = scene;
  const length = system.windows.lengthMs;
  const changedFrom = range.from + length;
  const from = range.from - length;
  const live = { kind: "live", from, to: range.to } as const;
  const reference: RowRange = { kind: "reference", windows: sameSeasonWindows(scene) };
  const [now, then, bins] = await seriesOf(slices, scene, lead, where, feature, live, reference);
  if (now.length === 0 || then.length === 0) return evenly(range.from, changedFrom);
  return changedFrom < range.to
    ? dateOnset({ live: now, reference: then, from, to: changedFrom - hourMs, changedFrom, bins })
    : dateOnsetAlone({ live: now, reference: then, from: range.from, to: range.to - hourMs, bins });
}

/** Hour by hour what shows the change: the bins of what moved, or how many answers were wrong. */
async function seriesOf(
  slices: SliceStore,
  { system, baseline }: DiagnosisScene,
  lead: Lead | undefined,
  where: Slice | undefined,
  feature: string | undefined,
  live: RowRange,
  reference: RowRange,
): Promise<readonly [readonly HourCounts[], readonly HourCounts[], number]> {
  const binning = baseline.features.find((candidate) => candidate.name === feature)?.binning;
  const counted = (subject: string) =>
    Promise.all([
      slices.hourly(system, baseline, live, where, subject),
      slices.hourly(system, baseline, reference, where, subject),
    ]);
  if (feature !== undefined && binning !== undefined) return [...(await counted(feature)), binCountOf(binning)];
  const { monitor, layer } = lead?.finding ?? {};
  if (monitor !== "prediction-drift" && (layer === "model" || layer === "outcome")) {
    const [now, then] = await Promise.all([
      slices.hourlyLoss(system, baseline, live, where),
      slices.hourlyLoss(system, baseline, reference, where),
    ]);
    return [now.flatMap(rightAndWrong), then.flatMap(rightAndWrong), 2];
  }
  return baseline.score.kind === "class"
    ? [[], [], 1]
    : [...(await counted(scoreSubject)), baseline.score.edges.length + 1];
}

function rightAndWrong({
  hour,
  rows,
  large,
}: {
  readonly hour: number;
  readonly rows: number;
  readonly large: number;
}): readonly HourCounts[] {
  return [
    { hour, bin: 0, count: rows - large },
    { hour, bin: 1, count: large },
  ];
}

/** Nothing finer is known than the window: every hour of it is as likely. */
export function evenly(from: number, to: number): Onset {
  const hours: number[] = [];
  for (let hour = from; hour < to; hour += hourMs) hours.push(hour);
  return { hours, weights: hours.map(() => 1 / hours.length) };
}

/** Below this share of the leading drift a feature is taken for its shadow. */
const leastShare = 0.1;

/** Each moved feature's share of the drift on the slice, the largest first; none where no input moved. */
function sharesOf(
  lead: Lead | undefined,
  audit: SliceAudit,
  movedPsi: number,
): readonly { readonly feature: string; readonly share: number }[] {
  if (lead?.lostRows !== undefined && lead.feature !== undefined) return [{ feature: lead.feature, share: 1 }];
  const moved = audit.features.filter(
    (feature) => feature.psiDebiased >= movedPsi || feature.feature === lead?.feature,
  );
  const most = Math.max(0, ...moved.map(({ psiDebiased }) => psiDebiased));
  const counted = moved.filter(({ psiDebiased }: FeatureAudit) => psiDebiased > leastShare * most);
  const sum = counted.reduce((all, feature) => all + feature.psiDebiased, 0);
  if (sum <= 0) return lead?.feature === undefined ? [] : [{ feature: lead.feature, share: 1 }];
  return counted.map((feature) => ({ feature: feature.feature, share: feature.psiDebiased / sum }));
}
