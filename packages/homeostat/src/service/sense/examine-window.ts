import type { BaselineStore } from "../../domain/baseline/baseline.ts";
import type { Cancellation } from "../../domain/cancellation.ts";
import type { ExaminationKind } from "../../domain/examination/examination.ts";
import type { SeparationOutcome } from "../../domain/examination/separation.ts";
import { dayMs, type Instant } from "../../domain/instant.ts";
import type { ReleaseStore } from "../../domain/release/release.ts";
import type { ReplayOutcome } from "../../domain/skew/replay.ts";
import type { System } from "../../domain/system/system.ts";
import type { WindowRecord, WindowStore } from "../../domain/window/window.ts";
import { type ReplayPorts, replayWindow } from "./replay-window.ts";
import { type SeparationPorts, separateWindow } from "./separate-window.ts";

export interface ExaminePorts extends ReplayPorts, SeparationPorts {
  readonly releases: ReleaseStore;
  readonly baselines: BaselineStore;
  readonly windows: WindowStore;
}

export interface ExaminationOrder {
  readonly what: ExaminationKind;
  /** An instant inside the window; undefined: the newest window that was evaluated. */
  readonly at: Instant | undefined;
  /** Of a replay: how many rows at most. */
  readonly rows: number;
}

export type ExaminationAnswer =
  | Exclude<ReplayOutcome, { kind: "not-replayed" }>
  | Exclude<SeparationOutcome, { kind: "not-examined" }>
  | { readonly kind: "refused"; readonly reason: string; readonly message: string };

/**
 * Looks closer at one window because somebody asked, keeps what was seen, and marks the window so that its monitors are
 * asked again with it.
 */
export async function examineWindow(
  ports: ExaminePorts,
  system: System,
  order: ExaminationOrder,
  cancellation: Cancellation,
): Promise<ExaminationAnswer> {
  const release = await ports.releases.live(system.name);
  if (release === undefined) return refused("no-release", `${system.name} has no live release`);
  const window = await windowOf(ports, system, order.at);
  if (window === undefined)
    return refused(
      "no-window",
      order.at === undefined ? "no window was evaluated yet" : "no window with rows holds that instant",
    );
  const answer = await look(ports, system, order, window, cancellation, release);
  if (answer.kind !== "refused") await ports.windows.touch(system.name, [window.start], window.end - window.start);
  return answer;
}

async function look(
  ports: ExaminePorts,
  system: System,
  order: ExaminationOrder,
  window: WindowRecord,
  cancellation: Cancellation,
  release: NonNullable<Awaited<ReturnType<ReleaseStore["live"]>>>,
): Promise<ExaminationAnswer> {
  if (order.what === "replay") {
    const outcome = await replayWindow(ports, system, release, window, order.rows);
    return outcome.kind === "replayed" ? outcome : refused(outcome.reason, outcome.message);
  }
  const baseline =
    release.baseline === undefined ? undefined : await ports.baselines.get(system.name, release.baseline);
  const outcome = await separateWindow(ports, system, baseline, window, cancellation);
  return outcome.kind === "examined" ? outcome : refused(outcome.reason, outcome.message);
}

const refused = (reason: string, message: string): ExaminationAnswer => ({ kind: "refused", reason, message });

async function windowOf(
  { windows }: ExaminePorts,
  system: System,
  at: Instant | undefined,
): Promise<WindowRecord | undefined> {
  if (at !== undefined) {
    const found = await windows.list(system.name, { from: at - system.windows.lengthMs + 1, to: at + 1 });
    return found.find((window) => window.start <= at && at < window.end);
  }
  return (await windows.list(system.name, {}))
    .filter(({ evaluatedAt, rows }) => evaluatedAt !== undefined && rows > 0)
    .at(-1);
}

/**
 * Whether a system's newest window is to be told from the baseline by itself: at most once a day, and only when a window
 * was evaluated since the last time.
 */
export async function separationIsDue(
  { examinations, windows, clock }: Pick<ExaminePorts, "examinations" | "windows" | "clock">,
  system: string,
): Promise<boolean> {
  const last = await examinations.last(system, "separation");
  if (last !== undefined && clock.now() - last.at < dayMs) return false;
  const newest = (await windows.list(system, { from: clock.now() - 31 * dayMs }))
    .filter(({ evaluatedAt }) => evaluatedAt !== undefined)
    .at(-1);
  return newest !== undefined && (last === undefined || newest.start > last.window.start);
}
