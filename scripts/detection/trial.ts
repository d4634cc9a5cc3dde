import type { Finding } from "../../packages/homeostat/src/domain/finding/finding.ts";
import { createXoshiro } from "../../packages/homeostat/src/stats/random/xoshiro.ts";
import { type Fault, type Injection, inject } from "./faults.ts";
import type { PeerRule } from "./peer-rules.ts";
import type { StreamColumn } from "./stream.ts";
import type { Judged, WatchedSystem, WindowRows } from "./watched-system.ts";

/** Healthy windows before the fault and broken ones after its onset. */
export const before = 3;
export const horizon = 10;

export interface Trial {
  readonly fault: Fault;
  readonly column: StreamColumn | undefined;
  readonly slice: Injection["slice"];
  /** How many times the monitor's threshold the effect is on the slice. */
  readonly strength: number;
  /** The share of the slice's rows that gives this effect; undefined: the fault is never that strong here. */
  readonly share: number | undefined;
  readonly onset: number;
  readonly seed: number;
}

export interface TrialResult {
  /** Windows from the onset to the first finding about the fault, 1 for the onset's own; undefined: not found. */
  readonly ours: number | undefined;
  readonly peers: readonly (number | undefined)[];
}

const shareSteps = 7;
const windowsToTune = 3;

/** The share of rows at which the fault's effect is `strength` times its threshold, measured on windows without chance of persistence. */
export function tuneShare(system: WatchedSystem, trial: Omit<Trial, "share">): number | undefined {
  const ratioAt = (share: number): number => {
    const ratios = Array.from({ length: windowsToTune }, (_, offset) => {
      const rows = broken(system, { ...trial, share }, trial.onset + offset);
      return largestEffect(system.judge(trial.onset + offset, rows, new Map()), trial);
    });
    return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  };
  if (ratioAt(1) < trial.strength) return undefined;
  let [low, high] = [0, 1];
  for (let step = 0; step < shareSteps; step++) {
    const middle = (low + high) / 2;
    if (ratioAt(middle) < trial.strength) low = middle;
    else high = middle;
  }
  return high;
}

const countedMetrics: ReadonlySet<string> = new Set(["null-share", "unseen"]);
const leastHits = 20;

function largestEffect(judged: Judged, { fault, column, slice }: Omit<Trial, "share">): number {
  const ratios = judged.evaluation.verdicts.flatMap(({ test }) => {
    if (test.kind !== "tested" || !isOfSlice(test.key.segment, slice)) return [];
    const finding = { monitor: test.key.monitor, feature: test.key.feature, layer: "outcome" } as Finding;
    const isAsked =
      fault.row === undefined
        ? test.key.feature === column?.name
        : fault.isFoundBy({ ...finding, layer: test.key.monitor === "performance" ? "outcome" : "model" }, undefined);
    const { effect, threshold, value, rows } = test.numbers;
    // Monitors of shares ask for a number of rows too.
    const hits = countedMetrics.has(test.key.metric) ? (value * rows) / leastHits : Number.POSITIVE_INFINITY;
    return isAsked ? [Math.min(effect / threshold, hits)] : [];
  });
  return Math.max(0, ...ratios);
}

const isOfSlice = (segment: Finding["segment"], slice: Injection["slice"]): boolean =>
  slice === undefined ? segment === undefined : segment?.value === slice.value && segment.name === slice.column;

function broken(system: WatchedSystem, { fault, column, slice, share, seed }: Trial, index: number): WindowRows {
  return inject(system.rows(index), { fault, column, slice, share: share ?? 0 }, createXoshiro(seed * 1_000 + index));
}

/** Runs a stream over the onset and asks everybody when they found the fault. */
export function runTrial(system: WatchedSystem, peers: readonly PeerRule[], trial: Trial): TrialResult {
  let streaks: ReadonlyMap<string, number> = new Map();
  let ours: number | undefined;
  const found: (number | undefined)[] = peers.map(() => undefined);
  for (let index = trial.onset - before; index < trial.onset + horizon; index++) {
    const isBroken = index >= trial.onset;
    const rows = isBroken ? broken(system, trial, index) : system.rows(index);
    const judged = system.judge(index, rows, streaks);
    streaks = judged.streaks;
    if (!isBroken) continue;
    const windows = index - trial.onset + 1;
    if (judged.findings.some((finding) => trial.fault.isFoundBy(finding, trial.column?.name))) ours ??= windows;
    peers.forEach((peer, place) => {
      if (trial.column !== undefined && found[place] === undefined && peer.alarms(rows).includes(trial.column.name))
        found[place] = windows;
    });
    if (ours !== undefined && (trial.column === undefined || found.every((value) => value !== undefined))) break;
  }
  return { ours, peers: found };
}

export interface HealthyRun {
  readonly windows: number;
  /** An alarm after at least this many windows without one is a page. */
  readonly pages: number;
  readonly peers: readonly number[];
}

const quietWindows = 7;

/** Pages on windows without a fault, of everybody. */
export function runHealthy(system: WatchedSystem, peers: readonly PeerRule[]): HealthyRun {
  const { stream } = system;
  const last = [-quietWindows - 1, ...peers.map(() => -quietWindows - 1)];
  const pages = last.map(() => 0);
  let streaks: ReadonlyMap<string, number> = new Map();
  for (let index = stream.referenceWindows; index < stream.windowCount; index++) {
    const rows = system.rows(index);
    const judged = system.judge(index, rows, streaks);
    streaks = judged.streaks;
    const alarms = [judged.findings.length > 0, ...peers.map((peer) => peer.alarms(rows).length > 0)];
    alarms.forEach((isAlarm, place) => {
      if (!isAlarm) return;
      if (index - (last[place] ?? 0) > quietWindows) pages[place] = (pages[place] ?? 0) + 1;
      last[place] = index;
    });
  }
  const [own = 0, ...others] = pages;
  return { windows: stream.windowCount - stream.referenceWindows, pages: own, peers: others };
}
