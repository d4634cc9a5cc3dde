import type { Finding } from "../../domain/finding/finding.ts";
import type { Incident } from "../../domain/incident/incident.ts";
import type { VerdictStore } from "../../domain/monitor/verdict.ts";
import type { BusinessImpact, IncidentImpact } from "../../domain/postmortem/postmortem-facts.ts";
import type { LabelQuery, LabelStore, OutcomeTotal } from "../../domain/prediction/label-store.ts";
import type { ReleaseStore } from "../../domain/release/release.ts";
import type { System } from "../../domain/system/system.ts";
import type { WindowStore } from "../../domain/window/window.ts";

export interface ImpactPorts {
  readonly windows: WindowStore;
  readonly verdicts: VerdictStore;
  readonly releases: ReleaseStore;
  readonly labels: LabelStore;
}

/**
 * What an incident touched, from its first window to the newest one with a finding: predictions of all rows and of the
 * slice, and what business outcomes were worth beside the stretch of the same length before. Cost: counts that are kept
 * already, and two counting queries for each value of the slice.
 */
export async function measureImpact(
  ports: ImpactPorts,
  system: System,
  incident: Incident,
  findings: readonly Finding[],
): Promise<IncidentImpact> {
  const from = incident.since;
  const to = Math.max(incident.detectedAtEventTime, ...findings.map(({ window }) => window.end));
  const windows = await ports.windows.list(system.name, { from, to });
  const counted = windows.filter(({ profileVersion }) => profileVersion > 0);
  const slice = incident.diagnosis?.slice;
  const values = slice?.segment === undefined ? [] : slice.values.slice(0, mostValues);
  const segment = slice?.segment?.name;
  return {
    from,
    to,
    predictions: counted.length === 0 ? undefined : counted.reduce((sum, { rows }) => sum + rows, 0),
    slicePredictions:
      segment === undefined || counted.length === 0
        ? undefined
        : await sliceRows(ports, system, segment, new Set(values), counted),
    business: await businessOf(ports.labels, system, { from, to, segment, values }),
  };
}

const mostValues = 50;

/** Rows of the slice's values as the windows were counted; undefined when no verdict of it is kept. */
async function sliceRows(
  ports: ImpactPorts,
  system: System,
  segment: string,
  values: ReadonlySet<string>,
  windows: Awaited<ReturnType<WindowStore["list"]>>,
): Promise<number | undefined> {
  const release = await ports.releases.live(system.name);
  if (release === undefined) return undefined;
  const verdicts = await ports.verdicts.list({
    system: system.name,
    release: release.id,
    monitor: "performance",
    segment: "*",
    windows,
  });
  const rows = verdicts.flatMap(({ verdict: { test } }) =>
    test.key.segment?.name === segment && values.has(test.key.segment.value) ? [test.performance?.rows ?? 0] : [],
  );
  return rows.length === 0 ? undefined : rows.reduce((sum, one) => sum + one, 0);
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly segment: string | undefined;
  readonly values: readonly string[];
}

async function businessOf(labels: LabelStore, system: System, stretch: Stretch): Promise<readonly BusinessImpact[]> {
  const length = stretch.to - stretch.from;
  const [during, before] = await Promise.all([
    sumsOf(labels, system, stretch),
    sumsOf(labels, system, { ...stretch, from: stretch.from - length, to: stretch.from }),
  ]);
  return [...during.values()].map(({ name, unit, numbers, sum }) => {
    const earlier = before.get(keyOf({ name, unit }));
    return {
      name,
      unit,
      outcomes: numbers,
      mean: sum / numbers,
      outcomesBefore: earlier?.numbers ?? 0,
      meanBefore: earlier === undefined ? undefined : earlier.sum / earlier.numbers,
    };
  });
}

type Sums = Pick<OutcomeTotal, "name" | "unit" | "numbers" | "sum">;
const keyOf = ({ name, unit }: Pick<Sums, "name" | "unit">): string => `${name} ${unit}`;

async function sumsOf(labels: LabelStore, system: System, stretch: Stretch): Promise<ReadonlyMap<string, Sums>> {
  const { from, to, segment, values } = stretch;
  const cuts: readonly LabelQuery["segment"][] =
    segment === undefined ? [undefined] : values.map((value) => ({ name: segment, value }));
  const sums = new Map<string, Sums>();
  for (const cut of cuts) {
    for (const total of await labels.totals(system, { from, to, segment: cut })) {
      if (total.kind !== "business" || total.numbers === 0) continue;
      const known = sums.get(keyOf(total));
      const { name, unit } = total;
      sums.set(keyOf(total), {
        name,
        unit,
        numbers: total.numbers + (known?.numbers ?? 0),
        sum: total.sum + (known?.sum ?? 0),
      });
    }
  }
  return sums;
}
