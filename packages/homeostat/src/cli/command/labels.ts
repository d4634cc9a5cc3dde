import type { LabelCoverage, LabelLag, LabelReport, LagQuantile } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { countText, durationText, instantText, shareText, unknownMark } from "../format-value.ts";
import { parseInstant } from "../parse-argument.ts";
import { renderTable } from "../table.ts";

interface Options extends RemoteOptions {
  readonly segment?: string;
  readonly window?: string;
}

/** `homeostat labels SYSTEM`: which predictions have a label, and how long labels take. */
export function addLabels(program: Command, cli: Cli): void {
  remote(program.command("labels"))
    .summary("label coverage, and how long labels take")
    .description(
      "Shows for every window how many predictions have a label, and the share still without one by age. Predictions that wait yet are counted as waiting, never left out.",
    )
    .argument("<system>", "name of a system")
    .option("--segment <name[=value]>", "each value of a segment, or one of them; * for all")
    .option("--window <instant>", "only the window that holds this instant", parseInstant)
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat labels flight-delay\n  homeostat labels flight-delay --segment origin=LAX --window 2001-02-10\n",
    )
    .action(async (system: string, options: Options) => {
      const { client } = await connect(cli, options);
      const { segment, window } = options;
      const report = await client.call("labels", {
        path: { system },
        query: { ...(segment === undefined ? {} : { segment }), ...(window === undefined ? {} : { window }) },
      });
      cli.print(options, report, () => reportText(cli, system, report));
    });
}

function reportText(cli: Cli, system: string, report: LabelReport): string {
  if (report.coverage.length === 0)
    return `No predictions here yet. Send them to POST /v1/systems/${system}/predictions or ask POST /v1/systems/${system}/predict.\n`;
  const curves = report.lags.filter((lag) => lag.clock === "outcome-time");
  const chart = curves.length === 1 ? curves.map(chartText).join("") : "";
  return `${coverageText(cli, report.coverage)}\n${lagText(cli, report.lags)}${chart}`;
}

const segmentText = (segment: LabelCoverage["segment"]): string =>
  segment === null ? "all rows" : `${segment.name}=${segment.value}`;

function coverageText(cli: Cli, coverage: readonly LabelCoverage[]): string {
  return renderTable(
    [
      { head: "Window" },
      { head: "Segment" },
      { head: "Rows", align: "right" },
      { head: "Labelled", align: "right" },
      { head: "Share", align: "right" },
      { head: "Known before", align: "right" },
      { head: "Restated", align: "right" },
    ],
    coverage.map((one) => [
      instantText(one.window),
      segmentText(one.segment),
      countText(one.rows),
      countText(one.labelled),
      shareText(one.share),
      countText(one.knownBefore),
      countText(one.restatements),
    ]),
    cli.terminal,
  );
}

function lagText(cli: Cli, lags: readonly LabelLag[]): string {
  return renderTable(
    [
      { head: "Lag of" },
      { head: "Clock" },
      { head: "Rows", align: "right" },
      { head: "Median by" },
      { head: "90 % by" },
    ],
    lags.map((lag) => [
      segmentText(lag.segment),
      lag.clock === "outcome-time" ? "event" : "received",
      countText(lag.rows),
      quantileText(lag.median),
      quantileText(lag.p90),
    ]),
    cli.terminal,
  );
}

/** `2 h (1 h to 3 h)`, or that it has not been reached. */
function quantileText(quantile: LagQuantile): string {
  const end = (ms: number | null): string => (ms === null ? unknownMark : durationText(ms));
  switch (quantile.state) {
    case "no-rows":
      return "no rows";
    case "not-reached":
      return "not reached";
    case "reached":
      return `${end(quantile.byMs)} (${end(quantile.lowMs)} to ${end(quantile.highMs)})`;
  }
}

const barWidth = 40;
const mostBars = 16;

/** Share still without a label by age, as bars: the ages at which it changes, and the last. */
function chartText(lag: LabelLag): string {
  const changes = lag.curve.filter(
    (point, index) => index === lag.curve.length - 1 || point.waiting < (lag.curve[index - 1]?.waiting ?? 1) - 0.001,
  );
  const every = Math.ceil(changes.length / mostBars);
  const shown = changes.filter((_, index) => index % every === 0 || index === changes.length - 1);
  if (shown.length === 0) return "";
  const ages = shown.map((point) => durationText(point.ageMs));
  const width = Math.max(...ages.map((age) => age.length));
  const lines = shown.map((point, index) => {
    const bar = "#".repeat(Math.round(point.waiting * barWidth)).padEnd(barWidth, ".");
    return `${(ages[index] ?? "").padStart(width)}  ${bar}  ${shareText(point.waiting)}`;
  });
  return `\nStill without a label, by age (${segmentText(lag.segment)}, event time)\n${lines.join("\n")}\n`;
}
