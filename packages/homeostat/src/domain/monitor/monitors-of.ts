import type { MonitorKind } from "../finding/finding.ts";
import type { DeclaredMonitor, System } from "../system/system.ts";
import type { MonitorDefinition } from "./monitor.ts";
import { monitors } from "./registry.ts";
import { defaultMetrics, type MetricSettings, type MonitorSettings } from "./settings.ts";

/**
 * Every monitor that watches a system, with everything decided: the default of each kind, changed or switched off where
 * the system declares it, and those it declares beside them. Pure.
 */
export function monitorsOf(system: Pick<System, "owners" | "monitors">): readonly MonitorSettings[] {
  const declared = system.monitors ?? [];
  const defaults = Object.values(monitors).flatMap(({ kind }: MonitorDefinition) => {
    const change = declared.find(({ name }) => name === kind);
    const usual = defaultMonitor(kind, system.owners);
    if (change === undefined) return [usual];
    return change.enabled ? [declaredMonitor(change, system.owners)] : [];
  });
  const added = declared
    .filter(({ name, kind, enabled }) => enabled && name !== kind)
    .map((one) => declaredMonitor(one, system.owners));
  return [...defaults, ...added];
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

/** A declared monitor with its kind's defaults for the rest. */
function declaredMonitor(declared: DeclaredMonitor, owners: System["owners"]): MonitorSettings {
  const usual = defaultMonitor(declared.kind, owners);
  return {
    name: declared.name,
    kind: declared.kind,
    origin: "declared",
    metrics: metricsOf(declared, usual.metrics),
    severity: declared.severity ?? usual.severity,
    owner: declared.owner ?? usual.owner,
    runbook: declared.runbook,
    segments: declared.segments,
    features: declared.features,
  };
}

function metricsOf(
  { kind, metric, threshold, persistenceWindows }: DeclaredMonitor,
  usual: MonitorSettings["metrics"],
): MonitorSettings["metrics"] {
  const definition: MonitorDefinition = monitors[kind];
  const own = metric === undefined ? undefined : definition.defaults.metrics[metric];
  const chosen: MonitorSettings["metrics"] = metric === undefined || own === undefined ? usual : { [metric]: own };
  return Object.fromEntries(
    Object.entries(chosen).map(([name, settings]): [string, MetricSettings] => [
      name,
      {
        threshold: threshold ?? settings.threshold,
        persistenceWindows: persistenceWindows ?? settings.persistenceWindows,
      },
    ]),
  );
}
