import type { EstimateCell, PerformanceCell } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { countText, instantText, unknownMark } from "../format-value.ts";
import { parseInstant } from "../parse-argument.ts";
import { renderTable } from "../table.ts";

interface Options extends RemoteOptions {
  readonly segment?: string;
  readonly from?: string;
  readonly to?: string;
  readonly estimated?: boolean;
}

/** `homeostat performance SYSTEM`: how good predictions were, beside baseline and earlier windows, and while labels are late. */
export function addPerformance(program: Command, cli: Cli): void {
  remote(program.command("performance"))
    .summary("how good predictions were, or are estimated to be")
    .description(
      "Shows for every window the metric of the task beside the baseline, the window before, and those a day and a week before; with --estimated what is expected of windows whose outcomes are not here yet, and how often such estimates were right. A loss is split into data drift and concept drift.",
    )
    .argument("<system>", "name of a system")
    .option("--segment <name=value>", "one value of a segment; * for every segment")
    .option("--from <instant>", "windows from here on", parseInstant)
    .option("--to <instant>", "windows before", parseInstant)
    .option("--estimated", "estimates without labels, with their record of being right")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat performance flight-delay --from 2001-02-01\n  homeostat performance flight-delay --segment '*' --estimated\n",
    )
    .action(async (system: string, options: Options) => {
      const { client } = await connect(cli, options);
      const { segment, from, to } = options;
      const query = {
        ...(segment === undefined ? {} : { segment }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      };
      if (options.estimated === true) {
        const { items } = await client.call("estimates", { path: { system }, query });
        cli.print(options, { items }, () => estimatesText(cli, system, items));
        return;
      }
      const { items } = await client.call("performance", { path: { system }, query });
      cli.print(options, { items }, () => performanceText(cli, system, items));
    });
}

const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? unknownMark : String(Number(value.toPrecision(4)));
const segmentText = (segment: PerformanceCell["segment"]): string =>
  segment === null ? "all rows" : `${segment.name}=${segment.value}`;
const intervalText = (estimate: { value: number; low: number; high: number } | null): string =>
  estimate === null ? unknownMark : `${number(estimate.value)} (${number(estimate.low)} to ${number(estimate.high)})`;

const readings = { better: "better", worse: "worse", "no-difference-shown": "same" } as const;

/** `-0.02 worse`; `same` where no difference is shown beyond chance. */
function againstText(against: PerformanceCell["against"]["yesterday"]): string {
  if (against === null) return unknownMark;
  const sign = against.difference > 0 ? "+" : "";
  return `${sign}${number(against.difference)} ${readings[against.reading]}`;
}

function performanceText(cli: Cli, system: string, cells: readonly PerformanceCell[]): string {
  if (cells.length === 0)
    return `No window of ${system} was judged yet. See \`homeostat status ${system}\` for what is waited for.\n`;
  const metric = cells[0]?.headline.name ?? "";
  const table = renderTable(
    [
      { head: "Window" },
      { head: "Segment" },
      { head: "Verdict" },
      { head: metric, align: "right" },
      { head: "Baseline", align: "right" },
      { head: "Last window", align: "right" },
      { head: "Yesterday", align: "right" },
      { head: "Last week", align: "right" },
      { head: "Labelled", align: "right" },
    ],
    cells.map((cell) => [
      instantText(cell.window),
      segmentText(cell.segment),
      cell.state,
      intervalText(cell.headline.value),
      number(cell.headline.baseline?.value),
      againstText(cell.against.lastWindow),
      againstText(cell.against.yesterday),
      againstText(cell.against.lastWeek),
      `${countText(cell.labelledRows)} of ${countText(cell.rows)}`,
    ]),
    cli.terminal,
  );
  const last = cells.at(-1);
  return `${table}${othersText(last)}${splitsText(cells)}`;
}

/** Every metric of the last window. */
function othersText(cell: PerformanceCell | undefined): string {
  const shown = (cell?.others ?? []).filter(({ value }) => value !== null);
  if (cell === undefined || shown.length === 0) return "";
  const lines = shown.map(
    ({ name, value, baseline }) => `  ${name} ${intervalText(value)}, baseline ${number(baseline?.value)}`,
  );
  return `\nFurther metrics of ${instantText(cell.window)} (${segmentText(cell.segment)})\n${lines.join("\n")}\n`;
}

function splitsText(cells: readonly PerformanceCell[]): string {
  const lines = cells.flatMap(({ window, segment, split }) =>
    split === null || split.reading === "no-loss"
      ? []
      : [
          `  ${instantText(window)} ${segmentText(segment)}: ${split.reading.replace("-", " ")} (${number(split.total)} more error a row: ${number(split.concept)} at equal inputs, ${number(split.covariate)} by other inputs, ${number(split.unseen)} by kinds never seen)`,
        ],
  );
  return lines.length === 0 ? "" : `\nLosses, split\n${lines.join("\n")}\n`;
}

const standings = {
  "too-few": "no record yet",
  trusted: "trusted",
  narrow: "intervals too narrow",
  "do-not-trust": "DO NOT TRUST",
} as const;

function estimatesText(cli: Cli, system: string, cells: readonly EstimateCell[]): string {
  if (cells.length === 0)
    return `Nothing was estimated for ${system} yet. Estimates need a baseline with outcomes; see \`homeostat status ${system}\`.\n`;
  const table = renderTable(
    [
      { head: "Window" },
      { head: "Segment" },
      { head: "Metric" },
      { head: "Estimated", align: "right" },
      { head: "Corrected by labels", align: "right" },
      { head: "Turned out", align: "right" },
      { head: "Baseline", align: "right" },
      { head: "Record" },
    ],
    cells.map((cell) => {
      const own = cell.metrics.find(({ name }) => name === cell.metric);
      const { record } = cell;
      return [
        instantText(cell.window),
        segmentText(cell.segment),
        cell.metric,
        own === undefined ? (cell.reason ?? unknownMark) : intervalText(own.estimated),
        cell.corrected === null ? unknownMark : `${cell.corrected.name} ${intervalText(cell.corrected.value)}`,
        number(own?.realised),
        number(own?.baseline),
        record === null ? unknownMark : `${record.covered} of ${record.windows} held: ${standings[record.standing]}`,
      ];
    }),
    cli.terminal,
  );
  return `${table}\nAn estimate assumes that ${cells[0]?.assumption ?? ""}.\n`;
}
