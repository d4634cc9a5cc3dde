import type {
  FeatureReplay as FeatureReplayAnswer,
  ProbeReport,
  SeparationReport,
  SkewReport,
} from "@homeostat/protocol";
import type { ExaminationKind, ExaminationOf } from "../../domain/examination/examination.ts";
import { type Instant, isoOf } from "../../domain/instant.ts";
import type { WindowVerdict } from "../../domain/monitor/verdict.ts";
import { compareProbes } from "../../domain/probe/compare-probes.ts";
import type { ProbeRun } from "../../domain/probe/probe.ts";
import type { FeatureReplay, ReplayConclusion } from "../../domain/skew/replay.ts";
import type { System } from "../../domain/system/system.ts";
import { windowOf } from "../../domain/window/window.ts";
import { type Handlers, refused } from "../handler.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";
import { sendJob } from "./send-job.ts";
import { driftAnswer } from "./sensing-routes.ts";

type Names = "skew" | "separations" | "examine" | "probes" | "runProbes";

/** Closer looks at windows, and probes. */
export function examinationHandlers(house: House): Pick<Handlers, Names> {
  return {
    skew: async ({ path, query }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const looks = await looksAt(house, found.system, "replay", query);
      return { kind: "ok", value: { items: await Promise.all(looks.map((look) => skewAnswer(house, look))) } };
    },
    separations: async ({ path, query }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const looks = await looksAt(house, found.system, "separation", query);
      return { kind: "ok", value: { items: looks.map(separationAnswer) } };
    },
    examine: async ({ path, body }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const at = body.window === undefined ? undefined : Date.parse(body.window);
      const payload = { system: path.system, what: body.what, at, rows: body.rows };
      return { kind: "ok", value: await sendJob(house, "examine", payload) };
    },
    probes: async ({ path, query }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      const runs = await house.probes.list(path.system, {}, query.limit);
      return { kind: "ok", value: probeAnswer(found.system, runs) };
    },
    runProbes: async ({ path }) => {
      const found = await findSystem(house, path.system);
      if (found.kind === "refused") return found;
      return found.system.probes === undefined
        ? refused("not-possible-now", `${path.system} declares no probes: add \`probes\` to its system.yaml.`)
        : { kind: "ok", value: await sendJob(house, "probe", { system: path.system }) };
    },
  };
}

interface WindowsQuery {
  readonly window?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
}

function looksAt<K extends ExaminationKind>(
  house: House,
  system: System,
  kind: K,
  query: WindowsQuery,
): Promise<readonly ExaminationOf<K>[]> {
  if (query.window !== undefined) {
    const { start } = windowOf(Date.parse(query.window), system.windows.lengthMs);
    return house.examinations.list(system.name, kind, { from: start, to: start + 1 }, 1);
  }
  const range: { from?: Instant; to?: Instant } = {};
  if (query.from !== undefined) range.from = Date.parse(query.from);
  if (query.to !== undefined) range.to = Date.parse(query.to);
  return house.examinations.list(system.name, kind, range, query.limit);
}

async function skewAnswer(house: House, look: ExaminationOf<"replay">): Promise<SkewReport> {
  const { report } = look;
  return {
    window: windowAnswer(look),
    at: isoOf(look.at),
    release: report.release,
    pipeline: report.pipeline,
    rows: report.rows,
    withVector: report.withVector,
    windowRows: report.windowRows,
    features: report.features.map(featureAnswer),
    distribution: (await distributionOf(house, look)).map((verdict) => driftAnswer(verdict)),
  };
}

/** What input drift said of the same window: all rows, every feature. */
async function distributionOf(house: House, look: ExaminationOf<"replay">): Promise<readonly WindowVerdict[]> {
  const { system, window, report } = look;
  const windows = (await house.windows.list(system, { from: window.start, to: window.start + 1 })).filter(
    ({ profileVersion }) => profileVersion > 0,
  );
  return house.verdicts.list({
    system,
    release: report.release,
    monitor: "input-drift",
    segment: undefined,
    windows,
  });
}

const windowAnswer = ({ window }: { readonly window: { readonly start: Instant; readonly end: Instant } }) => ({
  start: isoOf(window.start),
  end: isoOf(window.end),
});

function featureAnswer({ feature, rows, mismatched, rate, conclusion, examples }: FeatureReplay): FeatureReplayAnswer {
  return {
    feature,
    rows,
    mismatched,
    rate: rate?.value ?? null,
    lower: rate?.lower ?? null,
    upper: rate?.upper ?? null,
    atMost: rate?.atMost ?? null,
    conclusion: {
      kind: conclusion.kind,
      cause: conclusion.kind === "named" ? conclusion.cause : null,
      pattern: conclusion.kind === "named" ? conclusion.pattern.pattern : null,
      share: conclusion.kind === "named" ? conclusion.share : null,
      words: conclusionWords(conclusion),
    },
    examples: [...examples],
  };
}

function conclusionWords(conclusion: ReplayConclusion): string {
  switch (conclusion.kind) {
    case "match":
      return "serving does what training does";
    case "named":
      return `the served value is ${conclusion.words}`;
    case "unexplained":
      return conclusion.nearest === undefined
        ? "no single rule explains the difference"
        : `no single rule explains the difference; nearest: the served value is ${conclusion.nearest}`;
    case "too-few":
      return `too few rows differ to name the rule: ${conclusion.need} are needed`;
  }
}

function separationAnswer(look: ExaminationOf<"separation">): SeparationReport {
  const { report } = look;
  return {
    window: windowAnswer(look),
    at: isoOf(look.at),
    baseline: report.baseline,
    rows: report.rows,
    baselineRows: report.baselineRows,
    auc: report.auc,
    healthyAucs: [...report.healthyAucs],
    pValue: report.pValue,
    givenAwayBy: [...report.givenAwayBy],
  };
}

function probeAnswer(system: System, runs: readonly ProbeRun[]): ProbeReport {
  return {
    declared: system.probes?.probes.map(({ name }) => name) ?? [],
    comparisons: compareProbes(runs).map((one) => ({ ...one, release: one.release ?? null })),
    runs: runs.map(({ at, release, servedBy, repeats, results }) => ({
      at: isoOf(at),
      release: release ?? null,
      servedBy,
      repeats,
      results: results.map(({ probe, answers }) => ({ probe, answers: [...answers] })),
    })),
  };
}
