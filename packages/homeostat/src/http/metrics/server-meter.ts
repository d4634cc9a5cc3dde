import { Histogram, Registry } from "prom-client";

/** What is counted while requests are answered. */
export interface ServerMeter {
  /** One answered request: the route's own path (`/v1/systems/{system}`), or `none` where there is none. */
  observe(route: string, method: string, status: number, seconds: number): void;
  /** Everything counted so far, in the Prometheus text format 0.0.4. */
  text(): Promise<string>;
}

/** A durable single event takes milliseconds, a batch seconds. */
const bucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** Durations of requests by route: as many series as there are routes, methods and statuses, never an address. */
export function createServerMeter(): ServerMeter {
  const registry = new Registry();
  const durations = new Histogram({
    name: "homeostat_http_request_duration_seconds",
    help: "Time from the arrival of a request to the end of its answer.",
    labelNames: ["route", "method", "status"],
    buckets: bucketsSeconds,
    registers: [registry],
  });
  return {
    observe: (route, method, status, seconds) => durations.observe({ route, method, status: String(status) }, seconds),
    text: () => registry.metrics(),
  };
}
