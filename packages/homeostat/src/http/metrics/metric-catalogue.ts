/** A metric that is set at a scrape. Names, units and labels never change their meaning. */
interface MetricDefinition {
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every metric of `/metrics` besides the histogram of requests. The documents and the dashboard are held to this list. */
export const metricCatalogue = {
  homeostat_build_info: { type: "gauge", help: "Always 1; the version of the server.", labels: ["version"] },
  homeostat_process_start_time_seconds: { type: "gauge", help: "When the server started, Unix time.", labels: [] },
  homeostat_process_cpu_seconds_total: { type: "counter", help: "Processor time of the server process.", labels: [] },
  homeostat_process_resident_memory_bytes: {
    type: "gauge",
    help: "Resident memory of the server process.",
    labels: [],
  },
  homeostat_process_heap_bytes: { type: "gauge", help: "Heap in use in the server process.", labels: [] },
  homeostat_event_loop_delay_seconds: {
    type: "gauge",
    help: "Delay of the event loop since the last reading, by quantile.",
    labels: ["quantile"],
  },
  homeostat_part_ready: { type: "gauge", help: "1 where a part of the server is ready, else 0.", labels: ["part"] },
  homeostat_spool_bytes: { type: "gauge", help: "Bytes of acknowledged rows that are not stored yet.", labels: [] },
  homeostat_spool_limit_bytes: { type: "gauge", help: "Bytes at which senders are told to come back.", labels: [] },
  homeostat_spool_rows: { type: "gauge", help: "Acknowledged rows that are not stored yet.", labels: [] },
  homeostat_spool_oldest_age_seconds: {
    type: "gauge",
    help: "Age of the oldest row that is not stored yet; absent when there is none.",
    labels: [],
  },
  homeostat_jobs: { type: "gauge", help: "Durable jobs that wait or run.", labels: ["kind", "state"] },
  homeostat_rows_stored_total: {
    type: "counter",
    help: "Rows stored, duplicates left out.",
    labels: ["system", "kind"],
  },
  homeostat_rows_duplicate_total: {
    type: "counter",
    help: "Rows that arrived again and changed nothing.",
    labels: ["system", "kind"],
  },
  homeostat_rows_missed_total: {
    type: "counter",
    help: "Rows that were not taken, by reason.",
    labels: ["system", "reason"],
  },
  homeostat_system_info: {
    type: "gauge",
    help: "Always 1; the live release of a system, empty where there is none.",
    labels: ["system", "release"],
  },
  homeostat_system_verdict: {
    type: "gauge",
    help: "1 for the verdict of the newest evaluated window, 0 for the others; absent before the first.",
    labels: ["system", "verdict"],
  },
  homeostat_open_incidents: { type: "gauge", help: "Incidents that are not resolved.", labels: ["system", "severity"] },
  homeostat_newest_event_timestamp_seconds: {
    type: "gauge",
    help: "Event time of the newest prediction, Unix time.",
    labels: ["system"],
  },
  homeostat_window_end_timestamp_seconds: {
    type: "gauge",
    help: "End of the newest evaluated window, which drift, coverage and serving are of, Unix time.",
    labels: ["system"],
  },
  homeostat_window_rows: { type: "gauge", help: "Predictions in the newest evaluated window.", labels: ["system"] },
  homeostat_label_coverage_ratio: {
    type: "gauge",
    help: "Share of the predictions of the newest evaluated window that have an outcome; absent without rows.",
    labels: ["system"],
  },
  homeostat_drift_psi: {
    type: "gauge",
    help: "Debiased population stability index of a feature; an empty segment is all rows; absent where it was not tested.",
    labels: ["system", "segment", "feature"],
  },
  homeostat_performance: {
    type: "gauge",
    help: "The metric that the task is judged by, of the newest window with outcomes; absent before there is one.",
    labels: ["system", "segment", "metric"],
  },
  homeostat_performance_lower: {
    type: "gauge",
    help: "Lower end of the 95 % interval of homeostat_performance.",
    labels: ["system", "segment", "metric"],
  },
  homeostat_performance_upper: {
    type: "gauge",
    help: "Upper end of the 95 % interval of homeostat_performance.",
    labels: ["system", "segment", "metric"],
  },
  homeostat_performance_window_end_timestamp_seconds: {
    type: "gauge",
    help: "End of the window that homeostat_performance is of, Unix time.",
    labels: ["system", "segment"],
  },
  homeostat_series_left_out: {
    type: "gauge",
    help: "Series that are not shown because there are too many.",
    labels: ["system", "metric"],
  },
  homeostat_serving_latency_seconds: {
    type: "gauge",
    help: "Latency of predictions in the newest evaluated window, by quantile; absent where no row told it.",
    labels: ["system", "segment", "quantile"],
  },
  homeostat_serving_failed_ratio: {
    type: "gauge",
    help: "Share of predictions that failed in the newest evaluated window.",
    labels: ["system", "segment"],
  },
  homeostat_serving_degraded_ratio: {
    type: "gauge",
    help: "Share of predictions that came from a fallback in the newest evaluated window.",
    labels: ["system", "segment"],
  },
  homeostat_slo_objective_ratio: { type: "gauge", help: "Share that must be good.", labels: ["system", "slo"] },
  homeostat_slo_good_ratio: {
    type: "gauge",
    help: "Share that was good in the window of the budget; absent without events.",
    labels: ["system", "slo"],
  },
  homeostat_slo_budget_left_ratio: {
    type: "gauge",
    help: "What is left of the error budget, below 0 when overdrawn; absent without events.",
    labels: ["system", "slo"],
  },
  homeostat_slo_burn_rate: {
    type: "gauge",
    help: "How many times as fast as allowed the budget is spent, by window; absent without events.",
    labels: ["system", "slo", "window"],
  },
  homeostat_slo_state: {
    type: "gauge",
    help: "1 for the state of the objective (met, at-risk, burning, exhausted, frozen, no-data), 0 for the others.",
    labels: ["system", "slo", "state"],
  },
  homeostat_slo_measured_timestamp_seconds: {
    type: "gauge",
    help: "Up to when the objective is known, Unix time: an objective whose outcomes are late stands still.",
    labels: ["system", "slo"],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricCatalogue;
