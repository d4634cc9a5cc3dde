import { createHash } from "node:crypto";
import type { Cancellation } from "../../domain/cancellation.ts";
import type { Finding, FindingStore } from "../../domain/finding/finding.ts";
import { type Clock, dayMs, type Instant, secondMs } from "../../domain/instant.ts";
import type { VerdictStore } from "../../domain/monitor/verdict.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { ReleaseStore } from "../../domain/release/release.ts";
import { nominalMs } from "../../domain/slo/budget-window.ts";
import { burnFindings } from "../../domain/slo/burn-findings.ts";
import { driftCounts } from "../../domain/slo/drift-counts.ts";
import { evaluateSlo, type SloStatus } from "../../domain/slo/evaluate-slo.ts";
import type { Slo, SloCount } from "../../domain/slo/slo.ts";
import { type SloStore, sloStepMs } from "../../domain/slo/slo-store.ts";
import type { System } from "../../domain/system/system.ts";
import { type Window, type WindowStore, windowOf } from "../../domain/window/window.ts";
import type { EvaluatedWindow } from "./evaluate-due-windows.ts";

export interface SloPorts {
  readonly events: EventStore;
  readonly windows: WindowStore;
  readonly releases: ReleaseStore;
  readonly verdicts: VerdictStore;
  readonly slos: SloStore;
  readonly findings: FindingStore;
  readonly clock: Clock;
}

export interface SloWatch {
  /** Counts the events of a window again, whose rows or outcomes changed. */
  recount(system: System, window: Window): Promise<void>;
  /**
   * Counts what changed since the last time, evaluates every objective, replaces its findings and tells them. One caller at
   * a time for each system.
   */
  check(
    system: System,
    tell: (evaluated: Pick<EvaluatedWindow, "findings"> & { readonly window: Window }) => Promise<void>,
    cancellation?: Cancellation,
  ): Promise<void>;
}

/** Windows that only grow are counted again at most so often; what was judged is counted with its judgement. */
const recountMs = 20 * secondMs;
/** With nothing received for so long, time goes on by the wall clock. */
const idleMs = 10 * secondMs;
/** Burning is looked for so far back when it was never looked for: longer than the longest pair. */
const lookBackMs = 7 * dayMs;

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Under what name an objective's counts are kept: what is counted, so that a changed indicator is counted anew. */
function countKey(system: System, slo: Slo): string {
  return `${slo.name}-${digestOf(JSON.stringify([slo.sli, system.task]))}`;
}

export function createSloWatch(ports: SloPorts): SloWatch {
  /** By system and window: how often it had been touched when it was last counted, and when. */
  const counted = new Map<string, { readonly touches: number; readonly at: Instant }>();
  /** By system and objective: up to where burning was looked for. */
  const looked = new Map<string, Instant>();

  async function countChanged(system: System, cancellation: Cancellation | undefined): Promise<void> {
    const [dirty, touches] = await Promise.all([
      ports.windows.dirty(system.name),
      ports.windows.dirtyTouches(system.name),
    ]);
    const now = ports.clock.now();
    for (const window of dirty) {
      if (cancellation?.aborted === true) return;
      const place = `${system.name}|${window.start}`;
      const known = counted.get(place);
      const own = touches.get(window.start) ?? 0;
      if (known !== undefined && (known.touches === own || now - known.at < recountMs)) continue;
      await recount(ports, system, window);
      counted.set(place, { touches: own, at: now });
    }
    const still = new Set(dirty.map(({ start }) => `${system.name}|${start}`));
    for (const place of counted.keys())
      if (place.startsWith(`${system.name}|`) && !still.has(place)) counted.delete(place);
  }

  return {
    recount: (system, window) => recount(ports, system, window),
    async check(system, tell, cancellation) {
      const slos = system.slos ?? [];
      if (slos.length === 0) return;
      const events = await sloNow(ports, system);
      if (events === undefined) return;
      for (const slo of slos) await catchUp(ports, system, slo, events);
      await countChanged(system, cancellation);
      for (const slo of slos) {
        const now = timeOf(ports, slo, events);
        const place = `${system.name}|${slo.name}`;
        const from = Math.min(looked.get(place) ?? now, now) - lookBackMs;
        const status = await statusAt(ports, system, slo, { now, from });
        const found = burnFindings(system, slo, status, (text) => `f-${digestOf(text)}`);
        await replaceFindings(ports, system, slo, found, { from, to: now }, tell);
        looked.set(place, status.measuredTo);
      }
    },
  };
}

/** Time as the events tell it; by the wall clock once nothing is received any more. undefined before the first event. */
async function sloNow(ports: Pick<SloPorts, "events" | "clock">, system: System): Promise<Instant | undefined> {
  const frontier = await ports.events.frontier(system);
  if (frontier === undefined) return undefined;
  const now = ports.clock.now();
  return now - frontier.receivedAt > idleMs ? Math.max(frontier.eventTime, now) : frontier.eventTime;
}

/** Freshness is about received time, which is the wall clock's, whatever time the events are of. */
function timeOf({ clock }: Pick<SloPorts, "clock">, { sli }: Slo, events: Instant): Instant {
  return sli.kind === "freshness" ? clock.now() : events;
}

const stepBefore = (instant: Instant): Instant => Math.floor(instant / sloStepMs) * sloStepMs;

/** An objective never counted is counted over its whole budget and the look back; freshness goes on with the clock. */
async function catchUp(ports: SloPorts, system: System, slo: Slo, now: Instant): Promise<void> {
  const { sli } = slo;
  if (sli.kind === "drift") return;
  const key = countKey(system, slo);
  const known = await ports.slos.countedTo(system.name, key);
  if (sli.kind === "freshness") {
    const to = stepBefore(ports.clock.now());
    const from = known === undefined ? to - nominalMs(slo.window) : known - sloStepMs;
    if (to > from) await ports.slos.count(system, key, sli, { from: stepBefore(from), to });
  } else if (known === undefined) {
    const to = stepBefore(now) + sloStepMs;
    const from = stepBefore(to - nominalMs(slo.window) - lookBackMs);
    await ports.slos.count(system, key, sli, { from, to });
  }
}

async function recount(ports: Pick<SloPorts, "slos">, system: System, window: Window): Promise<void> {
  for (const slo of system.slos ?? []) {
    if (slo.sli.kind === "drift" || slo.sli.kind === "freshness") continue;
    const range = { from: stepBefore(window.start), to: stepBefore(window.end - 1) + sloStepMs };
    await ports.slos.count(system, countKey(system, slo), slo.sli, range);
  }
}

/** Where an objective stands at an instant, from counts that are kept. `at` undefined: now. */
export async function sloStatus(
  ports: Pick<SloPorts, "events" | "windows" | "releases" | "verdicts" | "slos" | "clock">,
  system: System,
  slo: Slo,
  at?: Instant,
): Promise<SloStatus> {
  const now = at ?? timeOf(ports, slo, (await sloNow(ports, system)) ?? ports.clock.now());
  return statusAt(ports, system, slo, { now, from: now - lookBackMs });
}

async function statusAt(
  ports: Pick<SloPorts, "windows" | "releases" | "verdicts" | "slos">,
  system: System,
  slo: Slo,
  { now, from: since }: { readonly now: Instant; readonly from: Instant },
): Promise<SloStatus> {
  const { sli } = slo;
  // A frozen objective is looked at as it stood before: one budget further back.
  const from = since - 2 * nominalMs(slo.window);
  const counts: readonly SloCount[] =
    sli.kind === "drift"
      ? await countsOfDrift(ports, system, sli, { from, to: now })
      : await ports.slos.counts(system.name, countKey(system, slo), { from: stepBefore(from), to: stepBefore(now) });
  const stepMs = sli.kind === "drift" ? system.windows.lengthMs : sloStepMs;
  return evaluateSlo({ slo, counts, stepMs, now, maturityMs: system.outcome.maturityMs, from: since });
}

async function countsOfDrift(
  ports: Pick<SloPorts, "windows" | "releases" | "verdicts">,
  system: System,
  sli: Extract<Slo["sli"], { kind: "drift" }>,
  range: { readonly from: Instant; readonly to: Instant },
): Promise<readonly SloCount[]> {
  const release = await ports.releases.live(system.name);
  if (release === undefined) return [];
  const windows = (await ports.windows.list(system.name, range)).filter(({ profileVersion }) => profileVersion > 0);
  const verdicts = await ports.verdicts.list({
    system: system.name,
    release: release.id,
    monitor: "input-drift",
    segment: sli.segment,
    windows,
  });
  return driftCounts(sli, verdicts);
}

/** Findings stand in the window of the system in which their burning began; those that no longer hold are withdrawn. */
async function replaceFindings(
  ports: Pick<SloPorts, "findings" | "clock">,
  system: System,
  slo: Slo,
  found: readonly Finding[],
  range: { readonly from: Instant; readonly to: Instant },
  tell: Parameters<SloWatch["check"]>[1],
): Promise<void> {
  // Those that began before the stretch looked at are not judged again.
  const stretch = { from: windowOf(range.from, system.windows.lengthMs).end, to: range.to };
  const all = (await ports.findings.list(system.name, stretch)).filter(
    ({ monitor, withdrawnAt }) => monitor === "slo-burn" && withdrawnAt === undefined,
  );
  const before = all.filter(({ metric }) => metric === slo.name);
  const fresh = found.filter(({ window }) => window.start >= stretch.from);
  const starts = new Set([...before, ...fresh].map(({ window }) => window.start));
  for (const start of [...starts].sort((left, right) => left - right)) {
    const window = windowOf(start, system.windows.lengthMs);
    const findings = fresh.filter((finding) => finding.window.start === start);
    const known = before.filter((finding) => finding.window.start === start);
    const isKnown = findings.length === known.length && findings.every(({ id }) => known.some((one) => one.id === id));
    const others = all.filter((finding) => finding.window.start === start && finding.metric !== slo.name);
    if (!isKnown)
      await ports.findings.replace(system.name, window, [...findings, ...others], ports.clock.now(), "slos");
    // Telling again what is known changes nothing, and what could not be told the last time is told now.
    await tell({ window, findings });
  }
}
