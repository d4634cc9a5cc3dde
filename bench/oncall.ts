import type { BenchRow } from "./bench-row.ts";

interface Grouping {
  readonly kind: string;
}
interface GroupRoom {
  groupFindings(
    window: object,
    findings: readonly object[],
    incidents: readonly object[],
    newest: () => number,
  ): Grouping;
}
interface AlertRoom {
  alertOf(system: object, incident: number, finding: object): object;
}
interface MuteRoom {
  readonly brokenFeedRule: object;
  muteOf(alert: object, rules: object, around: object, now: number): object | undefined;
}
interface ShiftRoom {
  shiftsOf(versions: readonly object[], made: readonly object[], from: number, to: number): readonly object[];
}

const room = (name: string): string => new URL(`../../packages/homeostat/dist/${name}.js`, import.meta.url).href;
const dayMs = 86_400_000;
const start = Date.parse("2026-01-05T00:00:00Z");
const findingCount = 10_000;

const system = {
  name: "bench",
  source: { component: "source:bench" },
  owners: { "upstream-data": "data" },
};

const finding = (id: number) => ({
  id: `finding-${id}`,
  monitor: "input-drift",
  layer: "pipeline",
  severity: "critical",
  metric: "psi",
  feature: `n${id % 50}`,
  segment: { name: "region", value: `r${id % 200}` },
  window: { start, end: start + dayMs },
  rows: 1_000,
  effect: 0.3,
});

const incident = (number: number, findingIds: readonly string[]) => ({
  number,
  state: "open",
  since: start,
  findingIds,
});

function timed<T>(work: () => T): { readonly seconds: number; readonly result: T } {
  const began = performance.now();
  const result = work();
  return { seconds: (performance.now() - began) / 1_000, result };
}

/** What paging costs: 10,000 findings grouped and held against 100 silences, and a year of a schedule. */
export async function benchOncall(): Promise<readonly BenchRow[]> {
  const { groupFindings } = (await import(room("domain/incident/group-findings"))) as GroupRoom;
  const { alertOf } = (await import(room("domain/oncall/alert-of-finding"))) as AlertRoom;
  const { muteOf, brokenFeedRule } = (await import(room("domain/oncall/mute"))) as MuteRoom;
  const { shiftsOf } = (await import(room("domain/oncall/shifts"))) as ShiftRoom;

  const findings = Array.from({ length: findingCount }, (_, id) => finding(id));
  const window = { start, end: start + dayMs };
  // A hundred incidents, one of which holds as many findings already: the worst that one window can meet.
  const full = incident(
    1,
    findings.map(({ id }) => `${id}-before`),
  );
  const incidents = [full, ...Array.from({ length: 99 }, (_, n) => incident(n + 2, [`other-${n}`]))];
  const grouped = timed(() => groupFindings(window, findings, incidents, () => start));

  const silences = Array.from({ length: 100 }, (_, n) => ({
    id: `s-${n}`,
    matchers: [{ label: "segment.region", operator: "=~", value: `x${n}|y${n}*` }],
    from: start,
    to: start + dayMs,
    expiredAt: undefined,
  }));
  const rules = { silences, maintenance: [], inhibit: [brokenFeedRule] };
  const around = { others: [], upstream: new Set(["source:bench"]) };
  const muted = timed(
    () => findings.filter((one) => muteOf(alertOf(system, 1, one), rules, around, start) !== undefined).length,
  );

  const schedule = {
    name: "bench",
    zone: "America/Chicago",
    overrides: [],
    layers: ["days", "nights", "weekends"].map((name, index) => ({
      name,
      starts: start,
      ends: undefined,
      turn: { unit: "day", count: 1 },
      groups: [["a"], ["b"], ["c"]],
      hours: index === 0 ? [] : [{ weekdays: [1, 2, 3, 4, 5, 6, 7], fromMinute: 20 * 60, toMinute: 8 * 60 }],
    })),
  };
  const year = timed(() => shiftsOf([{ schedule, since: 0 }], [], start, start + 364 * dayMs).length);
  return [
    { name: `group ${findingCount} findings, 100 incidents`, value: grouped.seconds, unit: "s", budget: 1 },
    { name: `hold ${findingCount} findings against 100 silences`, value: muted.seconds, unit: "s" },
    { name: "52 weeks of a schedule with three daily layers", value: year.seconds, unit: "s", budget: 1 },
  ];
}
