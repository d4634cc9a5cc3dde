import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type MetricName, metricCatalogue } from "./metric-catalogue.ts";
import { metricsTypeOf, openMetricsText, openMetricsType, prometheusType, samplesText } from "./metrics-text.ts";
import { createServerMeter } from "./server-meter.ts";

const names = Object.keys(metricCatalogue) as MetricName[];

/** What `promtool check metrics` finds fault with (prometheus/client_golang, promlint). */
function lint(text: string): readonly string[] {
  const faults: string[] = [];
  const families = new Map<string, { help: boolean; type: string | undefined }>();
  for (const line of text.trimEnd().split("\n")) {
    const meta = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (meta !== null) {
      const [, word, name = "", rest = ""] = meta;
      const family = families.get(name) ?? { help: false, type: undefined };
      if (word === "HELP") family.help = rest.trim().length > 0;
      else family.type = rest;
      families.set(name, family);
      continue;
    }
    const [, sample = "", , labels = ""] = /^([a-z_:][a-z0-9_:]*)(\{(.*)\})? [-+.\dEe]+$/.exec(line) ?? [];
    if (sample === "") faults.push(`not a sample: ${line}`);
    for (const [, label = ""] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g))
      if (!/^[a-z][a-z0-9_]*$/.test(label)) faults.push(`label ${label}`);
  }
  for (const [name, { help, type }] of families) {
    if (!help) faults.push(`${name}: no help text`);
    if (type === undefined) faults.push(`${name}: no type`);
    if (/[A-Z]/.test(name)) faults.push(`${name}: camelCase`);
    if (type === "counter" && !name.endsWith("_total")) faults.push(`${name}: a counter without _total`);
    if (type !== "counter" && name.endsWith("_total")) faults.push(`${name}: _total on no counter`);
    if (/_(count|sum|bucket|info)$/.test(name) && !name.endsWith("_info")) faults.push(`${name}: reserved suffix`);
    if (/(milliseconds|_ms|_kb|_mb|_percent|minutes|hours|days|kilobytes|megabytes)(_|$)/.test(name))
      faults.push(`${name}: not a base unit`);
    if (/(^|_)(gauge|counter|histogram|summary)(_|$)/.test(name)) faults.push(`${name}: its type in its name`);
  }
  return faults;
}

const everySample = names.map((metric) => ({
  metric,
  labels: Object.fromEntries(metricCatalogue[metric].labels.map((label) => [label, `a "b" \\ c`])),
  value: 1.5,
}));

describe("metrics", () => {
  it("have names, units, help and labels as promtool asks for", async () => {
    const meter = createServerMeter();
    meter.observe("/v1/systems/{system}", "GET", 200, 0.02);
    const text = `${await meter.text()}${samplesText(everySample)}`;
    expect(lint(text)).toEqual([]);
    expect([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name)).toEqual([
      "homeostat_http_request_duration_seconds",
      ...names,
    ]);
  });

  it("finds what promtool would find", () => {
    expect(lint("# TYPE errors_total gauge\nerrors_total 1\n")).toEqual([
      "errors_total: no help text",
      "errors_total: _total on no counter",
    ]);
  });

  it("that are unknown are absent, never 0", () => {
    expect(
      samplesText([
        { metric: "homeostat_window_rows", labels: { system: "a" }, value: Number.NaN },
        { metric: "homeostat_spool_rows", labels: {}, value: 0 },
      ]),
    ).toBe(
      `# HELP homeostat_spool_rows ${metricCatalogue.homeostat_spool_rows.help}\n# TYPE homeostat_spool_rows gauge\nhomeostat_spool_rows 0\n`,
    );
  });

  it("are OpenMetrics where the scraper prefers it: counters lose their suffix in the family, and there is an end", () => {
    const text = openMetricsText(
      samplesText([{ metric: "homeostat_process_cpu_seconds_total", labels: {}, value: 3 }]),
    );
    expect(text).toMatch(
      /^# HELP homeostat_process_cpu_seconds .*\n# TYPE homeostat_process_cpu_seconds counter\nhomeostat_process_cpu_seconds_total 3\n# EOF\n$/,
    );
    const prometheus3 =
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.1";
    expect(metricsTypeOf(prometheus3)).toBe(openMetricsType);
    expect(metricsTypeOf("text/plain")).toBe(prometheusType);
    expect(metricsTypeOf(undefined)).toBe(prometheusType);
    expect(metricsTypeOf("*/*")).toBe(prometheusType);
  });
});

describe("the files for Grafana and Prometheus", () => {
  const read = (path: string): string =>
    readFileSync(new URL(`../../../../../deploy/${path}`, import.meta.url), "utf8");
  const known = new Set<string>([
    ...names,
    ...["bucket", "count", "sum"].map((part) => `homeostat_http_request_duration_seconds_${part}`),
  ]);
  const asked = (text: string): readonly string[] => [
    ...new Set([...text.matchAll(/\bhomeostat_[a-z0-9_]+/g)].map(([name]) => name)),
  ];

  it.each(["grafana/homeostat.json", "prometheus/homeostat.rules.yaml"])(
    "ask only for metrics that exist: %s",
    (path) => {
      const metrics = asked(read(path));
      expect(metrics.length).toBeGreaterThan(5);
      expect(metrics.filter((name) => !known.has(name))).toEqual([]);
    },
  );

  it("ask only for labels that the metrics have", () => {
    for (const path of ["grafana/homeostat.json", "prometheus/homeostat.rules.yaml"])
      for (const [, name = "", matchers = ""] of read(path).matchAll(/\b(homeostat_[a-z0-9_]+)\{([^}]*)\}/g)) {
        const definition = (metricCatalogue as Record<string, { labels: readonly string[] } | undefined>)[name];
        const labels = definition?.labels ?? ["route", "method", "status", "le"];
        for (const [, label] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
          expect([...labels, "job", "instance"]).toContain(label);
      }
  });

  it("give every panel of the dashboard a title, a question and a place", () => {
    const dashboard = JSON.parse(read("grafana/homeostat.json")) as {
      panels: { type: string; title: string; gridPos: object; targets?: { expr: string }[] }[];
    };
    expect(dashboard.panels.length).toBeGreaterThan(8);
    for (const panel of dashboard.panels) {
      expect(panel.title).not.toBe("");
      expect(panel.gridPos).toBeTypeOf("object");
      if (panel.type !== "row") expect(panel.targets?.every(({ expr }) => expr.length > 0)).toBe(true);
    }
  });
});
