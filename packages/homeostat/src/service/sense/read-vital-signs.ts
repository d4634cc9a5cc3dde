import type { ProfileStore } from "../../domain/baseline/profile-store.ts";
import { latencyQuantileMs, type ServiceCounts } from "../../domain/baseline/service-counts.ts";
import type { IncidentStore } from "../../domain/incident/incident.ts";
import type { Instant } from "../../domain/instant.ts";
import type { SeriesVerdict } from "../../domain/monitor/verdict.ts";
import type { Release } from "../../domain/release/release.ts";
import type { SloStatus } from "../../domain/slo/evaluate-slo.ts";
import type { Slo } from "../../domain/slo/slo.ts";
import type { System, SystemStore } from "../../domain/system/system.ts";
import type { WindowRecord } from "../../domain/window/window.ts";
import { type SloPorts, sloStatus } from "./check-slos.ts";

/** How one system does, as far as it is known: what is unknown is absent. */
export interface VitalSigns {
  readonly system: string;
  readonly release: string | undefined;
  readonly newestEventAt: Instant | undefined;
  /** The newest window that was evaluated. */
  readonly window: WindowRecord | undefined;
  readonly openIncidents: { readonly critical: number; readonly warning: number };
  readonly drift: readonly { readonly segment: string; readonly feature: string; readonly psi: number }[];
  /** Series that were left out because there are too many. */
  readonly driftLeftOut: number;
  readonly performance: readonly {
    readonly segment: string;
    readonly metric: string;
    readonly value: number;
    readonly lower: number | undefined;
    readonly upper: number | undefined;
    readonly windowEnd: Instant;
  }[];
  readonly performanceLeftOut: number;
  readonly serving: readonly {
    readonly segment: string;
    readonly rows: number;
    readonly failed: number;
    readonly degraded: number;
    readonly latencyMs: readonly { readonly share: number; readonly ms: number }[];
  }[];
  readonly slos: readonly { readonly slo: Slo; readonly status: SloStatus }[];
}

export interface VitalPorts extends SloPorts {
  readonly systems: SystemStore;
  readonly incidents: IncidentStore;
  readonly profiles: ProfileStore;
}

/** Windows looked back for labels: performance is of the newest window that has them. */
const windowsBack = 14;
/** All rows first, then the worst: a scrape is bounded whatever is declared. */
const mostDriftSeries = 100;
const mostSegments = 20;

const shares = [0.5, 0.95, 0.99] as const;

/** Reads how every system does, from counts and verdicts that are kept: no row is looked at. */
export async function readVitalSigns(ports: VitalPorts): Promise<readonly VitalSigns[]> {
  const signs: VitalSigns[] = [];
  const open = (await ports.incidents.list({})).filter(({ state }) => state !== "resolved");
  for (const { system } of await ports.systems.list()) {
    const [release, frontier, windows] = await Promise.all([
      ports.releases.live(system.name),
      ports.events.frontier(system),
      ports.windows.list(system.name, {}),
    ]);
    const evaluated = windows.filter(({ profileVersion }) => profileVersion > 0).slice(-windowsBack);
    const own = open.filter((incident) => incident.system === system.name);
    signs.push({
      system: system.name,
      release: release?.id,
      newestEventAt: frontier?.eventTime,
      window: evaluated.at(-1),
      openIncidents: {
        critical: own.filter(({ severity }) => severity === "critical").length,
        warning: own.filter(({ severity }) => severity === "warning").length,
      },
      ...(await driftOf(ports, system, release, evaluated.slice(-1))),
      ...(await performanceOf(ports, system, release, evaluated)),
      serving: await servingOf(ports, system, evaluated.slice(-1)),
      slos: await slosOf(ports, system),
    });
  }
  return signs;
}

const segmentOf = ({ test }: SeriesVerdict): string =>
  test.key.segment === undefined ? "" : `${test.key.segment.name}=${test.key.segment.value}`;

async function driftOf(
  { verdicts }: Pick<VitalPorts, "verdicts">,
  system: System,
  release: Release | undefined,
  windows: readonly WindowRecord[],
): Promise<Pick<VitalSigns, "drift" | "driftLeftOut">> {
  if (release === undefined) return { drift: [], driftLeftOut: 0 };
  const found = await verdicts.list({
    system: system.name,
    release: release.id,
    monitor: "input-drift",
    segment: "*",
    windows,
  });
  const all = found.flatMap(({ verdict }) =>
    verdict.test.kind === "tested" && verdict.test.key.metric === "psi" && verdict.test.key.monitorName === undefined
      ? [{ segment: segmentOf(verdict), feature: verdict.test.key.feature ?? "", psi: verdict.test.numbers.effect }]
      : [],
  );
  const sorted = all.sort(
    (left, right) => Number(left.segment !== "") - Number(right.segment !== "") || right.psi - left.psi,
  );
  return {
    drift: sorted.slice(0, mostDriftSeries),
    driftLeftOut: Math.max(0, sorted.length - mostDriftSeries),
  };
}

async function performanceOf(
  { verdicts }: Pick<VitalPorts, "verdicts">,
  system: System,
  release: Release | undefined,
  windows: readonly WindowRecord[],
): Promise<Pick<VitalSigns, "performance" | "performanceLeftOut">> {
  if (release === undefined) return { performance: [], performanceLeftOut: 0 };
  const found = await verdicts.list({
    system: system.name,
    release: release.id,
    monitor: "performance",
    segment: "*",
    windows,
  });
  const ends = new Map(windows.map(({ start, end }) => [start, end] as const));
  const newest = new Map<string, VitalSigns["performance"][number]>();
  for (const { window, verdict } of found) {
    const { test } = verdict;
    const headline = test.performance?.headline;
    if (headline?.value === undefined || test.key.monitorName !== undefined) continue;
    const segment = segmentOf(verdict);
    const { value, low, high } = headline.value;
    const windowEnd = ends.get(window) ?? window;
    if ((newest.get(segment)?.windowEnd ?? 0) < windowEnd)
      newest.set(segment, { segment, metric: headline.name, value, lower: low, upper: high, windowEnd });
  }
  const all = [...newest.values()].sort((left, right) => (left.segment < right.segment ? -1 : 1));
  return { performance: all.slice(0, mostSegments), performanceLeftOut: Math.max(0, all.length - mostSegments) };
}

async function servingOf(
  { profiles }: Pick<VitalPorts, "profiles">,
  system: System,
  windows: readonly WindowRecord[],
): Promise<VitalSigns["serving"]> {
  const [served] = await profiles.service(system, windows);
  const segments: readonly (readonly [string, ServiceCounts])[] = [...(served?.service ?? [])].sort(
    ([left], [right]) => (left < right ? -1 : 1),
  );
  return segments.slice(0, mostSegments).map(([segment, counts]) => ({
    segment,
    rows: counts.rows,
    failed: counts.failed,
    degraded: counts.degraded,
    latencyMs: shares.flatMap((share) => {
      const ms = latencyQuantileMs(counts, share);
      return ms === undefined ? [] : [{ share, ms }];
    }),
  }));
}

async function slosOf(ports: VitalPorts, system: System): Promise<VitalSigns["slos"]> {
  const read: { slo: Slo; status: SloStatus }[] = [];
  for (const slo of system.slos ?? []) read.push({ slo, status: await sloStatus(ports, system, slo) });
  return read;
}
