import type { Baseline } from "../../domain/baseline/baseline.ts";
import type { RowSampler } from "../../domain/baseline/row-sampler.ts";
import type { Cancellation } from "../../domain/cancellation.ts";
import type { ExaminationStore } from "../../domain/examination/examination.ts";
import {
  judgeSeparation,
  leastHealthyWindows,
  leastSeparationRows,
  type RowClassifier,
  type SeparationOutcome,
  type SeparationProblem,
} from "../../domain/examination/separation.ts";
import type { Clock } from "../../domain/instant.ts";
import type { System } from "../../domain/system/system.ts";
import { seasonOf, type Window } from "../../domain/window/window.ts";

export interface SeparationPorts {
  readonly sampler: RowSampler;
  readonly classifier: RowClassifier;
  readonly examinations: ExaminationStore;
  readonly clock: Clock;
}

const mostRows = 1_000;
/** Healthy windows that are told apart for comparison: two classifiers each. */
const mostHealthyWindows = 8;

/**
 * Lets classifiers tell a window from the baseline's windows of its season, and as many healthy windows of the baseline
 * from the others of theirs, and keeps the report. Cost: at most 18 trainings on 1,000 rows a side, in a thread of their
 * own. @throws Fault of store, engine and learner.
 */
export async function separateWindow(
  ports: SeparationPorts,
  system: System,
  baseline: Baseline | undefined,
  window: Window,
  cancellation: Cancellation,
): Promise<SeparationOutcome> {
  if (baseline === undefined)
    return {
      kind: "not-examined",
      reason: "no-baseline",
      message: `${system.name} has no live release with a baseline`,
    };
  const season = seasonOf(window, system.windows.season);
  const starts = baseline.windows.filter((one) => one.season === season).map(({ start }) => start);
  const problem = await problemOf(
    ports,
    system,
    baseline,
    { kind: "live", from: window.start, to: window.end },
    starts,
  );
  const least = Math.min(problem.window.length, problem.baseline.length);
  if (least < leastSeparationRows)
    return {
      kind: "not-examined",
      reason: "too-few-rows",
      message: `the window has ${problem.window.length} rows and the baseline ${problem.baseline.length} of its season; ${leastSeparationRows} of each are needed`,
    };
  const healthy = await healthyProblems(ports, system, baseline, least);
  if (healthy.length < leastHealthyWindows)
    return {
      kind: "not-examined",
      reason: "too-few-healthy-windows",
      message: `${healthy.length} windows of the baseline have rows enough to be told apart from the others of their season; ${leastHealthyWindows} are needed to know what is usual`,
    };
  const features = baseline.features.map(({ name, binning }) => ({
    name,
    type: binning.kind === "numeric" ? ("number" as const) : ("category" as const),
  }));
  const report = await judgeSeparation(
    ports.classifier,
    baseline.id,
    features,
    problem,
    healthy,
    window.start / 1_000,
    cancellation,
  );
  await ports.examinations.save({
    kind: "separation",
    system: system.name,
    window: { start: window.start, end: window.end },
    at: ports.clock.now(),
    report,
  });
  return { kind: "examined", report };
}

async function problemOf(
  ports: SeparationPorts,
  system: System,
  baseline: Baseline,
  own: Parameters<RowSampler["vectors"]>[2],
  others: readonly number[],
  most = mostRows,
): Promise<SeparationProblem> {
  return {
    window: await ports.sampler.vectors(system, baseline, own, most),
    baseline: await ports.sampler.vectors(system, baseline, { kind: "reference", windows: others }, most),
  };
}

/** Windows of the baseline with rows enough, spread over it, each with the others of its season. */
async function healthyProblems(
  ports: SeparationPorts,
  system: System,
  baseline: Baseline,
  rows: number,
): Promise<readonly SeparationProblem[]> {
  const usable = baseline.windows.filter(
    (one) =>
      one.rows >= leastSeparationRows &&
      baseline.windows.some((other) => other.season === one.season && other.start !== one.start),
  );
  const step = Math.max(1, usable.length / mostHealthyWindows);
  const chosen = Array.from(
    { length: Math.min(usable.length, mostHealthyWindows) },
    (_, index) => usable[Math.floor(index * step)],
  ).filter((one) => one !== undefined);
  const problems: SeparationProblem[] = [];
  for (const one of chosen) {
    const others = baseline.windows.filter((other) => other.season === one.season && other.start !== one.start);
    const starts = others.map(({ start }) => start);
    const problem = await problemOf(
      ports,
      system,
      baseline,
      { kind: "reference", windows: [one.start] },
      starts,
      Math.min(mostRows, rows),
    );
    if (Math.min(problem.window.length, problem.baseline.length) >= leastSeparationRows) problems.push(problem);
  }
  return problems;
}
