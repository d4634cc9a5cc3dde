import type { BaselineStore } from "../../domain/baseline/baseline.ts";
import type { Clock, Instant } from "../../domain/instant.ts";
import { alarmBudgetOf } from "../../domain/monitor/alarm-budget.ts";
import { evaluateWindow } from "../../domain/monitor/evaluate-window.ts";
import { monitorsOf } from "../../domain/monitor/monitors-of.ts";
import { referencePictureOf } from "../../domain/monitor/reference-picture.ts";
import { keepTrial, type Trial } from "../../domain/monitor/trial.ts";
import { seriesText } from "../../domain/monitor/verdict.ts";
import type { EventStore } from "../../domain/prediction/event-store.ts";
import type { ReleaseStore } from "../../domain/release/release.ts";
import type { DeclaredMonitor, System } from "../../domain/system/system.ts";
import { seasonOf, type WindowRecord } from "../../domain/window/window.ts";
import type { EvidencePorts } from "./evidence/evidence-gatherer.ts";
import { gatherEvidence } from "./evidence/gather-evidence.ts";
import { followsClock, watermarkOf } from "./watermark.ts";

export interface TrialPorts extends EvidencePorts {
  readonly events: EventStore;
  readonly releases: ReleaseStore;
  readonly baselines: BaselineStore;
  readonly clock: Clock;
}

export type TrialOutcome =
  | { readonly kind: "tried"; readonly windows: readonly WindowRecord[]; readonly trials: readonly Trial[] }
  | {
      readonly kind: "refused";
      readonly reason: "no-baseline" | "no-windows" | "too-many-windows";
      readonly message: string;
    };

/** More windows than this are not judged in one request. */
const mostWindows = 3_000;
/** Windows whose counts are in memory together. */
const windowsAtOnce = 25;

/**
 * Judges the stored history again as if monitors had been declared: beside all others that watch, because the tests of a
 * window are weighed together. Reads the counts that were kept, no rows; keeps nothing. Cost: that of evaluating as many
 * windows.
 */
export async function tryMonitors(
  ports: TrialPorts,
  system: System,
  tried: readonly DeclaredMonitor[],
  range: { readonly from: Instant; readonly to?: Instant | undefined },
): Promise<TrialOutcome> {
  const release = await ports.releases.live(system.name);
  const baseline =
    release?.baseline === undefined ? undefined : await ports.baselines.get(system.name, release.baseline);
  const frontier = await ports.events.frontier(system);
  if (release === undefined || baseline === undefined || frontier === undefined)
    return refused(
      "no-baseline",
      `${system.name} has no live release with a baseline and rows, so nothing can be tried`,
    );
  const { from, to } = range;
  const known = await ports.windows.list(system.name, to === undefined ? { from } : { from, to });
  const windows = known.filter(({ profileVersion }) => profileVersion > 0);
  if (windows.length === 0)
    return refused("no-windows", `no window of ${system.name} was evaluated in that stretch of event time`);
  if (windows.length > mostWindows)
    return refused(
      "too-many-windows",
      `${windows.length} windows are more than ${mostWindows}: take a shorter stretch`,
    );
  const after: System = { ...system, monitors: [...othersThan(tried, system), ...tried] };
  const watching = monitorsOf(after);
  const { level } = alarmBudgetOf(after, watching);
  const keepers = watching
    .filter(({ name }) => tried.some((one) => one.name === name))
    .map((settings) => keepTrial(settings));
  const picture = referencePictureOf(baseline, await ports.profiles.reference(baseline));
  const watermark = watermarkOf(system, frontier, ports.clock.now());
  let streaks: ReadonlyMap<string, number> = new Map();
  let lastEnd: Instant | undefined;
  for (let first = 0; first < windows.length; first += windowsAtOnce) {
    const some = windows.slice(first, first + windowsAtOnce);
    const profiles = await ports.profiles.live(baseline, some);
    for (const [index, profile] of profiles.entries()) {
      const window = some[index];
      if (window === undefined) continue;
      const season = seasonOf(window, system.windows.season);
      const outcomesMature = window.end + system.outcome.maturityMs <= watermark;
      const isLive = followsClock(system, frontier);
      const scene = {
        isLive,
        system: after,
        release,
        baseline,
        picture,
        window,
        watermark,
        profile,
        season,
        outcomesMature,
      };
      const evidence = await gatherEvidence(ports, scene, watching);
      const question = { picture, profile, season, outcomesMature, evidence };
      // a gap in the windows breaks every streak
      const evaluation = evaluateWindow(question, watching, lastEnd === window.start ? streaks : new Map(), level);
      for (const keeper of keepers) keeper.add(window, evaluation);
      streaks = new Map(evaluation.verdicts.map(({ test, streak }) => [seriesText(test.key), streak]));
      lastEnd = window.end;
    }
  }
  return { kind: "tried", windows, trials: keepers.map((keeper) => keeper.result()) };
}

const othersThan = (tried: readonly DeclaredMonitor[], system: System): readonly DeclaredMonitor[] =>
  (system.monitors ?? []).filter(({ name }) => !tried.some((one) => one.name === name));

function refused(reason: Extract<TrialOutcome, { kind: "refused" }>["reason"], message: string): TrialOutcome {
  return { kind: "refused", reason, message };
}
