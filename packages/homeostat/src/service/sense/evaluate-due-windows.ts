import { createHash } from "node:crypto";
import type { Baseline, BaselineStore } from "../../domain/baseline/baseline.ts";
import type { Cancellation } from "../../domain/cancellation.ts";
import type { Finding, FindingStore } from "../../domain/finding/finding.ts";
import { type Clock, type Instant, minuteMs, secondMs } from "../../domain/instant.ts";
import { invariant } from "../../domain/invariant.ts";
import { alarmBudgetOf } from "../../domain/monitor/alarm-budget.ts";
import { evaluateWindow, findingsOf, sameStreaks } from "../../domain/monitor/evaluate-window.ts";
import { monitorsOf } from "../../domain/monitor/monitors-of.ts";
import { type ReferencePicture, referencePictureOf } from "../../domain/monitor/reference-picture.ts";
import type { MonitorSettings } from "../../domain/monitor/settings.ts";
import type { SeriesVerdict, VerdictStore } from "../../domain/monitor/verdict.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { Release, ReleaseStore } from "../../domain/release/release.ts";
import type { System } from "../../domain/system/system.ts";
import { seasonOf, type WindowRecord } from "../../domain/window/window.ts";
import type { EvidencePorts } from "./evidence/evidence-gatherer.ts";
import { gatherEvidence } from "./evidence/gather-evidence.ts";
import { makeEmptyWindows } from "./make-empty-windows.ts";
import { followsClock, watermarkOf } from "./watermark.ts";

export interface SensePorts extends EvidencePorts {
  readonly events: EventStore;
  readonly verdicts: VerdictStore;
  readonly findings: FindingStore;
  readonly releases: ReleaseStore;
  readonly baselines: BaselineStore;
  readonly clock: Clock;
}

/** What an evaluation hands to judgement. */
export interface EvaluatedWindow {
  readonly window: WindowRecord;
  readonly findings: readonly Finding[];
}

export interface Senses {
  /**
   * Evaluates every window that is due, oldest first, telling each result as it is known, until cancelled. A result that
   * could not be told is told again the next time. Returns the number evaluated. Windows of one system are evaluated by
   * one caller at a time.
   */
  evaluateDue(
    system: System,
    tell: (evaluated: EvaluatedWindow) => Promise<void>,
    cancellation?: Cancellation,
  ): Promise<number>;
}

/**
 * The sense stage. A window is due when the watermark (newest event time less the lateness allowed) passes its end; it
 * is evaluated again when outcomes arrived and their maturity has passed. Pictures of normal are kept per baseline.
 */
export function createSenses(ports: SensePorts): Senses {
  /** One picture per system, that of its live release. */
  const pictures = new Map<string, ReferencePicture>();

  async function pictureOf(baseline: Baseline): Promise<ReferencePicture> {
    const known = pictures.get(baseline.system);
    if (known?.baseline.id === baseline.id) return known;
    const picture = referencePictureOf(baseline, await ports.profiles.reference(baseline));
    pictures.set(baseline.system, picture);
    return picture;
  }

  return {
    async evaluateDue(system, tell, cancellation) {
      const release = await ports.releases.live(system.name);
      if (release?.baseline === undefined) return 0;
      const baseline = await ports.baselines.get(system.name, release.baseline);
      const frontier = await ports.events.frontier(system);
      if (baseline === undefined || frontier === undefined) return 0;
      const picture = await pictureOf(baseline);
      const now = ports.clock.now();
      const watermark = watermarkOf(system, frontier, now);
      await makeEmptyWindows(ports, system, baseline, frontier);
      const dirty = await ports.windows.dirty(system.name);
      const looks = await ports.examinations.lookedAt(
        system.name,
        dirty.map(({ start }) => start),
      );
      const due = dirty.filter(
        (record) => isDue(system, record, watermark, now) || wasExamined(record, looks.get(record.start), watermark),
      );
      const isLive = followsClock(system, frontier);
      let evaluated = 0;
      for (const record of due) {
        if (cancellation?.aborted === true) break;
        const context = { system, release, baseline, picture, watermark, isLive, ...watchOf(system) };
        await evaluateOne(ports, context, record, tell);
        evaluated += 1;
      }
      return evaluated;
    },
  };
}

const longestPauseMs = 10 * minuteMs;

/**
 * First when the window is over; again when its outcomes have matured, so that arriving outcomes do not evaluate it a
 * hundred times. What trickles in after that waits for a pause that doubles with every restatement, up to ten minutes.
 */
function isDue(system: System, record: WindowRecord, watermark: Instant, now: Instant): boolean {
  if (record.end > watermark) return false;
  if (record.evaluatedAt === undefined) return true;
  const pauseMs = record.restatements === 0 ? 0 : Math.min(longestPauseMs, secondMs * 2 ** record.restatements);
  return record.end + system.outcome.maturityMs <= watermark && now - record.evaluatedAt >= pauseMs;
}

/** Somebody looked closer since it was evaluated: that waits for nothing. */
function wasExamined(record: WindowRecord, lookedAt: Instant | undefined, watermark: Instant): boolean {
  return (
    record.end <= watermark &&
    record.evaluatedAt !== undefined &&
    lookedAt !== undefined &&
    lookedAt > record.evaluatedAt
  );
}

interface Context {
  readonly system: System;
  readonly release: Release;
  readonly baseline: Baseline;
  readonly picture: ReferencePicture;
  readonly watermark: Instant;
  /** Whether rows are received about when they happen, and are not old ones replayed. */
  readonly isLive: boolean;
  readonly watching: readonly MonitorSettings[];
  /** The false-discovery rate that the alarm budget leaves for each window. */
  readonly level: number;
}

/** Who watches a system, and how sharply. */
function watchOf(system: System): Pick<Context, "watching" | "level"> {
  const watching = monitorsOf(system);
  return { watching, level: alarmBudgetOf(system, watching).level };
}

async function evaluateOne(
  ports: SensePorts,
  context: Context,
  record: WindowRecord,
  tell: (evaluated: EvaluatedWindow) => Promise<void>,
): Promise<void> {
  const { system, release, baseline, picture, watermark, watching } = context;
  const touches = await ports.windows.touches(system.name, record.start);
  const version = record.profileVersion + 1;
  const counted = await ports.profiles.profileLive(system, baseline, record, version);
  const [profile] = await ports.profiles.live(baseline, [
    { start: record.start, end: record.end, profileVersion: version },
  ]);
  invariant(profile !== undefined, "a window that was counted has a profile");
  const before = await previousStreaks(ports, context, record);
  const season = seasonOf(record, system.windows.season);
  const outcomesMature = record.end + system.outcome.maturityMs <= watermark;
  const evidence = await gatherEvidence(
    ports,
    { ...context, window: record, profile, season, outcomesMature },
    watching,
  );
  const question = { picture, profile, season, outcomesMature, evidence };
  const evaluation = evaluateWindow(question, watching, before, context.level);
  const findings = await withValues(
    ports,
    context,
    record,
    findingsOf(
      { system: system.name, release: release.id, window: record },
      watching,
      evaluation.verdicts,
      shortDigest,
    ),
  );
  await ports.verdicts.save(system.name, release.id, record, version, evaluation.verdicts);
  const settled: WindowRecord = {
    ...record,
    ...counted,
    evaluatedAt: ports.clock.now(),
    verdict: evaluation.state,
    findings: findings.length,
    restatements: record.evaluatedAt === undefined ? 0 : record.restatements + 1,
    profileVersion: version,
    dirty: false,
  };
  await ports.findings.replace(system.name, record, findings, ports.clock.now(), "monitors");
  // What is found must reach judgement even if the process ends here: until it is told, the window stays due.
  await ports.windows.settle({ ...settled, evaluatedAt: record.evaluatedAt }, touches - 1);
  await tell({ window: settled, findings });
  await restateNext(ports, context, record, evaluation.verdicts);
  // Before maturity performance is not tested: the window stays due, also if no further outcome ever touches it.
  await ports.windows.settle(settled, outcomesMature ? touches : touches - 1);
}

/** A window evaluated after this one counted on this one's streaks: if they are others now, it is to be judged again. */
async function restateNext(
  ports: SensePorts,
  { system, release, watching }: Context,
  record: WindowRecord,
  verdicts: readonly SeriesVerdict[],
): Promise<void> {
  const [next] = await ports.windows.list(system.name, { from: record.end, to: record.end + 1 });
  if (next === undefined || next.profileVersion === 0) return;
  const before =
    record.profileVersion === 0
      ? new Map<string, number>()
      : await ports.verdicts.streaks(system.name, release.id, record, record.profileVersion);
  if (!sameStreaks(before, verdicts, watching))
    await ports.windows.touch(system.name, [next.start], next.end - next.start);
}

const shortDigest = (text: string): string => `f-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;

/** Streaks of the window just before; a gap in the windows breaks every streak. */
async function previousStreaks(
  ports: SensePorts,
  { system, release }: Context,
  record: WindowRecord,
): Promise<ReadonlyMap<string, number>> {
  const length = record.end - record.start;
  const [previous] = await ports.windows.list(system.name, { from: record.start - length, to: record.start });
  if (previous === undefined || previous.profileVersion === 0) return new Map();
  return ports.verdicts.streaks(system.name, release.id, previous, previous.profileVersion);
}

const valuesShown = 10;

/** Metrics of values that the baseline never held. */
const metricsOfValues: ReadonlySet<string> = new Set(["unseen", "outside-range"]);

/** Findings about new values name them. */
async function withValues(
  ports: SensePorts,
  { system, baseline }: Context,
  record: WindowRecord,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  return Promise.all(
    findings.map(async (finding) => {
      const { metric, feature, segment } = finding;
      if (!metricsOfValues.has(metric) || feature === undefined) return finding;
      return {
        ...finding,
        values: await ports.profiles.newValues(system, baseline, feature, record, segment, valuesShown),
      };
    }),
  );
}
