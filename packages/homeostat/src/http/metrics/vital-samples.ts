import type { VitalSigns } from "../../service/sense/read-vital-signs.ts";
import type { Sample } from "./metrics-text.ts";

const verdicts = ["healthy", "warning", "critical", "not-enough-data", "waiting-for-labels", "not-checked"] as const;
const states = ["met", "at-risk", "burning", "exhausted", "frozen", "no-data"] as const;

const secondsOf = (instant: number): number => instant / 1_000;

function sample(metric: Sample["metric"], labels: Sample["labels"], value: number | undefined): readonly Sample[] {
  return value === undefined ? [] : [{ metric, labels, value }];
}

/** How systems do, as samples. What is unknown has no sample. */
export function vitalSamples(signs: readonly VitalSigns[]): readonly Sample[] {
  return signs.flatMap((sign) => {
    const system = { system: sign.system };
    return [
      ...sample("homeostat_system_info", { ...system, release: sign.release ?? "" }, 1),
      ...sample("homeostat_open_incidents", { ...system, severity: "critical" }, sign.openIncidents.critical),
      ...sample("homeostat_open_incidents", { ...system, severity: "warning" }, sign.openIncidents.warning),
      ...(sign.newestEventAt === undefined
        ? []
        : sample("homeostat_newest_event_timestamp_seconds", system, secondsOf(sign.newestEventAt))),
      ...windowSamples(sign),
      ...sign.drift.flatMap(({ segment, feature, psi }) =>
        sample("homeostat_drift_psi", { ...system, segment, feature }, psi),
      ),
      ...sample("homeostat_series_left_out", { ...system, metric: "homeostat_drift_psi" }, sign.driftLeftOut),
      ...sample("homeostat_series_left_out", { ...system, metric: "homeostat_performance" }, sign.performanceLeftOut),
      ...performanceSamples(sign),
      ...servingSamples(sign),
      ...sloSamples(sign),
    ];
  });
}

function windowSamples({ system, window }: VitalSigns): readonly Sample[] {
  if (window === undefined) return [];
  return [
    ...sample("homeostat_window_end_timestamp_seconds", { system }, secondsOf(window.end)),
    ...sample("homeostat_window_rows", { system }, window.rows),
    ...sample(
      "homeostat_label_coverage_ratio",
      { system },
      window.rows === 0 ? undefined : window.labelledRows / window.rows,
    ),
    ...verdicts.flatMap((verdict) =>
      sample("homeostat_system_verdict", { system, verdict }, window.verdict === verdict ? 1 : 0),
    ),
  ];
}

function performanceSamples({ system, performance }: VitalSigns): readonly Sample[] {
  return performance.flatMap(({ segment, metric, value, lower, upper, windowEnd }) => [
    ...sample("homeostat_performance", { system, segment, metric }, value),
    ...sample("homeostat_performance_lower", { system, segment, metric }, lower),
    ...sample("homeostat_performance_upper", { system, segment, metric }, upper),
    ...sample("homeostat_performance_window_end_timestamp_seconds", { system, segment }, secondsOf(windowEnd)),
  ]);
}

function servingSamples({ system, serving }: VitalSigns): readonly Sample[] {
  return serving.flatMap(({ segment, rows, failed, degraded, latencyMs }) => [
    ...latencyMs.flatMap(({ share, ms }) =>
      sample("homeostat_serving_latency_seconds", { system, segment, quantile: String(share) }, ms / 1_000),
    ),
    ...sample("homeostat_serving_failed_ratio", { system, segment }, rows === 0 ? undefined : failed / rows),
    ...sample("homeostat_serving_degraded_ratio", { system, segment }, rows === 0 ? undefined : degraded / rows),
  ]);
}

function sloSamples({ system, slos }: VitalSigns): readonly Sample[] {
  return slos.flatMap(({ slo, status }) => {
    const labels = { system, slo: slo.name };
    return [
      ...sample("homeostat_slo_objective_ratio", labels, slo.target),
      ...sample("homeostat_slo_good_ratio", labels, status.value),
      ...sample("homeostat_slo_budget_left_ratio", labels, status.budgetLeft),
      ...sample("homeostat_slo_measured_timestamp_seconds", labels, secondsOf(status.measuredTo)),
      ...[
        ...new Map(
          status.burns.flatMap(({ pair, long, short }) => [
            [pair.longMs, long?.rate] as const,
            [pair.shortMs, short?.rate] as const,
          ]),
        ),
      ].flatMap(([ms, rate]) => sample("homeostat_slo_burn_rate", { ...labels, window: `${ms / 60_000}m` }, rate)),
      ...states.flatMap((state) => sample("homeostat_slo_state", { ...labels, state }, status.state === state ? 1 : 0)),
    ];
  });
}
