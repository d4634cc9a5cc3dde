import { createHash } from "node:crypto";
import type { Baseline, BaselineStore } from "../../domain/baseline/baseline.ts";
import type { ProfileStore } from "../../domain/baseline/profile-store.ts";
import type { Finding, FindingStore } from "../../domain/finding/finding.ts";
import { type Clock, type Instant, secondMs } from "../../domain/instant.ts";
import { evaluateWindow, findingsOf } from "../../domain/monitor/evaluate-window.ts";
import { type ReferencePicture, referencePictureOf } from "../../domain/monitor/reference-picture.ts";
import type { VerdictStore } from "../../domain/monitor/verdict.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { Release, ReleaseStore } from "../../domain/release/release.ts";
import type { System } from "../../domain/system/system.ts";
import { seasonOf, type WindowRecord, type WindowStore } from "../../domain/window/window.ts";

export interface SensePorts {
  readonly events: EventStore;
  readonly profiles: ProfileStore;
  readonly verdicts: VerdictStore;
  readonly findings: FindingStore;
  readonly windows: WindowStore;
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
  /** Evaluates every window that is due, oldest first, telling each result as it is known. Returns the number evaluated. */
  evaluateDue(system: System, tell: (evaluated: EvaluatedWindow) => Promise<void>): Promise<number>;
}

/** With no new row for this long, a window that has ended by the wall clock is closed even if event time stands still. */
const idleMs = 10 * secondMs;

/**
 * The sense stage. A window is due when the watermark (newest event time less the lateness allowed) passes its end; it
 * is evaluated again when outcomes arrived and their maturity has passed. Pictures of normal are kept per baseline.
 */
export function createSenses(ports: SensePorts): Senses {
  const pictures = new Map<string, ReferencePicture>();

  async function pictureOf(baseline: Baseline): Promise<ReferencePicture> {
    const known = pictures.get(baseline.id);
    if (known !== undefined) return known;
    const picture = referencePictureOf(baseline, await ports.profiles.reference(baseline));
    pictures.set(baseline.id, picture);
    return picture;
  }

  return {
    async evaluateDue(system, tell) {
      const release = await ports.releases.live(system.name);
      if (release?.baseline === undefined) return 0;
      const baseline = await ports.baselines.get(system.name, release.baseline);
      const frontier = await ports.events.frontier(system);
      if (baseline === undefined || frontier === undefined) return 0;
      const picture = await pictureOf(baseline);
      const watermark = watermarkOf(system, frontier, ports.clock.now());
      const due = (await ports.windows.dirty(system.name)).filter((record) => isDue(system, record, watermark));
      for (const record of due)
        await tell(await evaluateOne(ports, { system, release, baseline, picture, watermark }, record));
      return due.length;
    },
  };
}

/** How far event time has certainly come. */
export function watermarkOf(
  system: System,
  frontier: { readonly eventTime: Instant; readonly receivedAt: Instant },
  now: Instant,
): Instant {
  const byEvents = frontier.eventTime - system.windows.latenessMs;
  const idle = now - frontier.receivedAt > idleMs;
  return idle ? Math.max(byEvents, now - system.windows.latenessMs) : byEvents;
}

/** First when the window is over; again when its outcomes have matured, so that arriving outcomes do not evaluate it a hundred times. */
function isDue(system: System, record: WindowRecord, watermark: Instant): boolean {
  if (record.end > watermark) return false;
  return record.evaluatedAt === undefined || record.end + system.outcome.maturityMs <= watermark;
}

interface Context {
  readonly system: System;
  readonly release: Release;
  readonly baseline: Baseline;
  readonly picture: ReferencePicture;
  readonly watermark: Instant;
}

async function evaluateOne(ports: SensePorts, context: Context, record: WindowRecord): Promise<EvaluatedWindow> {
  const { system, release, baseline, picture, watermark } = context;
  const touches = await ports.windows.touches(system.name, record.start);
  const version = record.profileVersion + 1;
  const counted = await ports.profiles.profileLive(system, baseline, record, version);
  const [profile] = await ports.profiles.live(baseline, [
    { start: record.start, end: record.end, profileVersion: version },
  ]);
  if (profile === undefined) return { window: record, findings: [] };
  const before = await previousStreaks(ports, context, record);
  const season = seasonOf(record, system.windows.season);
  const outcomesMature = record.end + system.outcome.maturityMs <= watermark;
  const evaluation = evaluateWindow({ picture, profile, season, outcomesMature }, before);
  const findings = await withValues(
    ports,
    context,
    record,
    findingsOf(system, release.id, record, evaluation.verdicts, shortDigest),
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
  await ports.findings.replace(system.name, record, findings, ports.clock.now());
  await ports.windows.settle(settled, touches);
  return { window: settled, findings };
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

/** Findings about new values name them. */
async function withValues(
  ports: SensePorts,
  { system, baseline }: Context,
  record: WindowRecord,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  return Promise.all(
    findings.map(async (finding) => {
      if (finding.metric !== "unseen" || finding.feature === undefined || finding.segment !== undefined) return finding;
      return {
        ...finding,
        values: await ports.profiles.newValues(system, baseline, finding.feature, record, valuesShown),
      };
    }),
  );
}
