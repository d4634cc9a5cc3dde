import type { MonitorKind } from "../finding/finding.ts";
import type { System } from "../system/system.ts";
import type { MonitorDefinition } from "./monitor.ts";
import { monitors } from "./registry.ts";
import { defaultMetrics, type MonitorSettings } from "./settings.ts";

/** Every monitor that watches a system, with everything decided. Pure. */
export function monitorsOf(system: Pick<System, "owners">): readonly MonitorSettings[] {
  return Object.values(monitors).map((definition) => defaultMonitor(definition.kind, system.owners));
}

/** The monitor that a system gets of a kind without declaring anything. */
export function defaultMonitor(kind: MonitorKind, owners: System["owners"]): MonitorSettings {
  const definition: MonitorDefinition = monitors[kind];
  return {
    name: kind,
    kind,
    origin: "default",
    metrics: defaultMetrics(definition.defaults),
    severity: definition.defaults.severity,
    owner: owners[definition.area],
    runbook: undefined,
    segments: undefined,
    features: undefined,
  };
}
