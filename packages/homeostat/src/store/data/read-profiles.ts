import type { Baseline, FrozenClass } from "../../domain/baseline/baseline.ts";
import { probabilitySumsOf } from "../../domain/baseline/probability-sums.ts";
import {
  type BinCounts,
  type ClassCounts,
  confidenceSubject,
  type ProbabilityCounts,
  type ScoreCounts,
  scoreSubject,
  segmentKey,
  type ValueCounts,
  type WindowProfile,
} from "../../domain/baseline/profile-store.ts";
import { type ServiceCounts, serviceSubject, untimedBin } from "../../domain/baseline/service-counts.ts";
import type { System } from "../../domain/system/system.ts";
import type { Window } from "../../domain/window/window.ts";
import type { DataClient } from "./data-client.ts";
import { cellOf } from "./profile-statement.ts";

interface ProfileRow {
  readonly start: string;
  readonly subject: string;
  readonly segment: string;
  readonly value: string;
  readonly bins: number[];
  readonly n: string[];
  readonly p: string[];
  readonly q: string[];
  readonly s: number[];
  readonly l: number[];
  readonly k: string[];
  readonly m: number[][];
}

interface OpenProfile {
  readonly features: Map<string, Map<string, BinCounts>>;
  readonly scores: Map<string, ScoreCounts>;
  readonly confidences: Map<string, ProbabilityCounts>;
  readonly service: Map<string, ServiceCounts>;
}

const emptyProfile = (): OpenProfile => ({
  features: new Map(),
  scores: new Map(),
  confidences: new Map(),
  service: new Map(),
});

const groupedRows = (condition: string): string =>
  `SELECT toUnixTimestamp64Milli(window) AS start, subject, segment, value, groupArray(bin) AS bins, groupArray(rows) AS n,
     groupArray(positives) AS p, groupArray(negatives) AS q, groupArray(score_sum) AS s, groupArray(labelled_score_sum) AS l,
     groupArray(labelled) AS k, groupArray(sums) AS m
   FROM (SELECT * FROM profiles WHERE ${condition} ORDER BY window, subject, segment, value, bin)
   GROUP BY window, subject, segment, value`;

/** How live windows were served, by the version of each that counts. One statement. */
export async function readService(
  client: DataClient,
  system: System,
  windows: readonly (Window & { readonly profileVersion: number })[],
): Promise<readonly { readonly window: Window; readonly service: ReadonlyMap<string, ServiceCounts> }[]> {
  const rows = await client.rows<ProfileRow>(
    groupedRows(
      `system = {system:String} AND kind = 'live' AND subject = {subject:String}
       AND (toUnixTimestamp64Milli(window), version) IN (SELECT arrayJoin(arrayZip({starts:Array(Int64)}, {versions:Array(UInt32)})))`,
    ),
    {
      system: system.name,
      subject: serviceSubject,
      starts: windows.map((window) => window.start),
      versions: windows.map((window) => window.profileVersion),
    },
  );
  return servedWindows(rows, windows);
}

/** How the windows of a reference were served. One statement. */
export async function readServedReference(
  client: DataClient,
  baseline: Baseline,
): Promise<ReturnType<typeof servedWindows>> {
  const rows = await client.rows<ProfileRow>(
    groupedRows(
      "system = {system:String} AND baseline = {baseline:String} AND kind = 'reference' AND subject = {subject:String}",
    ),
    { system: baseline.system, baseline: baseline.id, subject: serviceSubject },
  );
  return servedWindows(rows, baseline.windows);
}

function servedWindows(
  rows: readonly ProfileRow[],
  windows: readonly Window[],
): readonly { readonly window: Window; readonly service: ReadonlyMap<string, ServiceCounts> }[] {
  const byStart = new Map<number, Map<string, ServiceCounts>>();
  for (const row of rows) {
    const start = Number(row.start);
    const service = byStart.get(start) ?? new Map<string, ServiceCounts>();
    byStart.set(start, service);
    service.set(row.segment === "" ? "" : segmentKey(row.segment, row.value), serviceCountsOf(row));
  }
  return windows.flatMap(({ start, end }) => {
    const service = byStart.get(start);
    return service === undefined ? [] : [{ window: { start, end }, service }];
  });
}

/** The twin of `servedCounts` in the statement. */
function serviceCountsOf(row: ProfileRow): ServiceCounts {
  const sum = (values: readonly (string | number)[]): number =>
    values.reduce<number>((all, value) => all + Number(value), 0);
  const timed = row.bins.flatMap((bin, place) => (bin === untimedBin ? [] : [{ bin, rows: Number(row.n[place]) }]));
  return {
    latency: { bins: timed.map(({ bin }) => bin), counts: timed.map(({ rows }) => rows) },
    latencySumMs: sum(row.s),
    rows: sum(row.n),
    degraded: sum(row.p),
    failed: sum(row.q),
    costRows: sum(row.k),
    costSumUsd: sum(row.l),
  };
}

/** Counts of windows as they were kept; a window without any has none. One statement. */
export async function readProfiles(
  client: DataClient,
  baseline: Baseline,
  condition: string,
  parameters: Readonly<Record<string, unknown>>,
  windows: readonly Window[],
): Promise<readonly WindowProfile[]> {
  const rows = await client.rows<ProfileRow>(
    groupedRows(`system = {system:String} AND baseline = {baseline:String} AND ${condition}`),
    { ...parameters, system: baseline.system, baseline: baseline.id },
  );
  const byStart = new Map<number, OpenProfile>();
  for (const row of rows) {
    const start = Number(row.start);
    const profile = byStart.get(start) ?? emptyProfile();
    byStart.set(start, profile);
    take(profile, baseline, row);
  }
  return windows.map(({ start, end }) => ({ window: { start, end }, ...(byStart.get(start) ?? emptyProfile()) }));
}

function take(profile: OpenProfile, baseline: Baseline, row: ProfileRow): void {
  const key = row.segment === "" ? "" : segmentKey(row.segment, row.value);
  if (row.subject === scoreSubject) profile.scores.set(key, scoreCountsOf(baseline, row));
  else if (row.subject === confidenceSubject) profile.confidences.set(key, probabilityCountsOf(row));
  else if (row.subject === serviceSubject) profile.service.set(key, serviceCountsOf(row));
  else {
    const features = profile.features.get(key) ?? new Map<string, BinCounts>();
    profile.features.set(key, features);
    features.set(row.subject, { bins: row.bins, counts: row.n.map(Number) });
  }
}

function scoreCountsOf({ score }: Baseline, row: ProfileRow): ScoreCounts {
  switch (score.kind) {
    case "probability":
      return { ...probabilityCountsOf(row), sums: probabilitySumsOf(allSums(row)) };
    case "value":
      return valueCountsOf(row, score.origin);
    case "class":
      return classCountsOf(row, score);
  }
}

function probabilityCountsOf(row: ProfileRow): ProbabilityCounts {
  const positives = row.p.map(Number);
  const negatives = row.q.map(Number);
  return {
    kind: "probability",
    bins: row.bins,
    positives,
    negatives,
    unlabelled: row.n.map((n, index) => Number(n) - (positives[index] ?? 0) - (negatives[index] ?? 0)),
    scoreSums: row.s,
    labelledScoreSums: row.l,
  };
}

/** As long as the longest list of a bin: counts of an earlier version have none. */
function allSums(row: ProfileRow): readonly number[] {
  const total = totalsOf(row);
  return Array.from({ length: Math.max(0, ...row.m.map((sums) => sums.length)) }, (_, place) => total(place));
}

/** Sums over all bins, place by place. */
const totalsOf = (row: ProfileRow): ((place: number) => number) => {
  return (place) => row.m.reduce((sum, sums) => sum + (sums[place] ?? 0), 0);
};

/** The twin of `regressionSumsSql`. */
function valueCountsOf(row: ProfileRow, origin: number): ValueCounts {
  const total = totalsOf(row);
  return {
    kind: "value",
    bins: row.bins,
    counts: row.n.map(Number),
    valueSum: row.s.reduce((sum, value) => sum + value, 0),
    errors: row.m.map((sums) => ({ n: sums[0] ?? 0, sum: sums[2] ?? 0, sumSquares: sums[3] ?? 0 })),
    sums: {
      origin,
      n: total(0),
      sumError: total(1),
      sumAbsoluteError: total(2),
      sumSquaredError: total(3),
      sumQuarticError: total(4),
      sumLabel: total(5),
      sumLabelSquare: total(6),
      sumLabelCube: total(7),
      sumLabelQuartic: total(8),
      sumSquaredErrorLabel: total(9),
      sumSquaredErrorLabelSquare: total(10),
      percentageN: total(11),
      sumPercentage: total(12),
      sumPercentageSquare: total(13),
    },
  };
}

function classCountsOf(row: ProfileRow, score: FrozenClass): ClassCounts {
  const total = totalsOf(row);
  return {
    kind: "class",
    cells: row.bins.map((bin, index) => ({ ...cellOf(bin, score), rows: Number(row.n[index] ?? 0) })),
    logLoss: { n: total(0), sum: total(1), sumSquares: total(2) },
  };
}
