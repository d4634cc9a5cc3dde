import { type MetricName, metricCatalogue } from "./metric-catalogue.ts";

/** A value of a metric with its labels. */
export interface Sample {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const escapeLabel = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');

/**
 * Samples in the Prometheus text format 0.0.4. A value that is not a finite number is left out, and so is a metric without
 * any: unknown is absent, never 0.
 */
export function samplesText(samples: readonly Sample[]): string {
  const families = new Map<MetricName, Sample[]>();
  for (const sample of samples.filter(({ value }) => Number.isFinite(value))) {
    const own = families.get(sample.metric) ?? [];
    own.push(sample);
    families.set(sample.metric, own);
  }
  return [...families]
    .map(([metric, own]) => {
      const { help, type } = metricCatalogue[metric];
      const lines = own.map(({ labels, value }) => {
        const shown = Object.entries(labels).map(([name, text]) => `${name}="${escapeLabel(text)}"`);
        return `${metric}${shown.length === 0 ? "" : `{${shown.join(",")}}`} ${value}`;
      });
      return `# HELP ${metric} ${help}\n# TYPE ${metric} ${type}\n${lines.join("\n")}\n`;
    })
    .join("");
}

/**
 * The same in OpenMetrics 1.0: a counter's family is called without `_total`, and the text has an end. The Prometheus
 * format writes nothing else that OpenMetrics does not take.
 */
export function openMetricsText(prometheus: string): string {
  const counters = new Set([...prometheus.matchAll(/^# TYPE (\S+)_total counter$/gm)].map(([, name]) => name));
  const renamed = prometheus.replaceAll(/^# (HELP|TYPE) (\S+)_total /gm, (line, word: string, name: string) =>
    counters.has(name) ? `# ${word} ${name} ` : line,
  );
  return `${renamed.replaceAll(/\n\n+/g, "\n").trimEnd()}\n# EOF\n`;
}

export const prometheusType = "text/plain; version=0.0.4; charset=utf-8";
export const openMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** Which of the two a scraper asked for by its Accept header (RFC 9110 section 12.5.1); Prometheus text unless it prefers the other. */
export function metricsTypeOf(accept: string | undefined): typeof prometheusType | typeof openMetricsType {
  const weightOf = (pattern: RegExp): number =>
    Math.max(
      0,
      ...(accept ?? "")
        .split(",")
        .filter((part) => pattern.test(part))
        .map((part) => Number(/;\s*q=([\d.]+)/.exec(part)?.[1] ?? 1)),
    );
  return weightOf(/^\s*application\/openmetrics-text\b/) > weightOf(/^\s*text\/plain\b/)
    ? openMetricsType
    : prometheusType;
}
