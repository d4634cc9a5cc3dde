import type { MonitorDetail, MonitorList, MonitorSummary, SeriesCell, TrialReport } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { countedText, countText, instantText, numberText } from "../format-value.ts";
import { parseInstant, wholeNumber } from "../parse-argument.ts";
import { readTrial } from "../read-trial.ts";
import { renderFacts, renderTable } from "../table.ts";
import { verdictText } from "../verdict-text.ts";

interface ShowOptions extends RemoteOptions {
  readonly from?: string;
  readonly to?: string;
  readonly segment?: string;
  readonly top: number;
}

interface TryOptions extends RemoteOptions {
  readonly since: string;
  readonly until?: string;
  readonly system?: string;
}

const usualRows = 20;
const mostRows = 100_000;

/** `homeostat monitor`: who watches a system, what each says, and when one would have fired. */
export function addMonitor(program: Command, cli: Cli): void {
  const monitor = program
    .command("monitor")
    .summary("who watches a system, what each says, and trials")
    .description("Monitors of a system: the default ones, and those it declares under `monitors` in its system.yaml.")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat monitor list flight-delay\n  homeostat monitor show flight-delay input-drift\n",
    );
  addList(monitor, cli);
  addShow(monitor, cli);
  addTry(monitor, cli);
}

function addList(monitor: Command, cli: Cli): void {
  remote(monitor.command("list"))
    .summary("every monitor with its verdict, and the alarm budget")
    .description(
      "Shows every monitor of a system with its verdict on the newest evaluated window, and the alarm budget.",
    )
    .argument("<system>", "name of a system")
    .addHelpText("after", "\nExample:\n  homeostat monitor list flight-delay\n")
    .action(async (system: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const answer = await client.call("monitors", { path: { system } });
      cli.print(options, answer, () => listText(cli, system, answer));
    });
}

function addShow(monitor: Command, cli: Cli): void {
  remote(monitor.command("show"))
    .summary("what one monitor says of every series")
    .description(
      "Shows a monitor's settings and what it says of every segment and feature, worst first: of the newest evaluated window, or of a stretch of windows.",
    )
    .argument("<system>", "name of a system")
    .argument("<monitor>", "name of a monitor, as `monitor list` tells it")
    .option("--from <time>", "windows from here on", parseInstant)
    .option("--to <time>", "windows before this", parseInstant)
    .option("--segment <choice>", "all, a segment's value such as origin=LAX; every segment without it")
    .option("--top <n>", "how many series to show", wholeNumber(1, mostRows), usualRows)
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat monitor show flight-delay input-drift\n  homeostat monitor show flight-delay performance --from 2001-03-01 --segment all\n",
    )
    .action(async (system: string, name: string, options: ShowOptions) => {
      const { client } = await connect(cli, options);
      const { from, to, segment } = options;
      const answer = await client.call("monitor", {
        path: { system, monitor: name },
        query: {
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
          ...(segment === undefined ? {} : { segment }),
        },
      });
      cli.print(options, answer, () => showText(cli, answer, options.top));
    });
}

function addTry(monitor: Command, cli: Cli): void {
  remote(monitor.command("try"))
    .summary("when monitors would have fired on the stored history")
    .description(
      "Judges the windows that were kept again, as if the monitors in a file were declared: when each would have fired, on what, and how often a month. Nothing is kept, and nobody is told.",
    )
    .argument("<file>", "YAML with `monitors`, as in system.yaml; - for standard input")
    .requiredOption("--since <time>", "windows from here on", parseInstant)
    .option("--until <time>", "windows before this", parseInstant)
    .option("--system <name>", "the system, where the file does not name it")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat monitor try systems/flight-delay/system.yaml --since 2001-02-01\n  homeostat monitor try strict.yaml --system flight-delay --since 2001-02-01 --json\n",
    )
    .action(async (file: string, options: TryOptions) => {
      const trial = await readTrial(cli, file, options.system);
      const { client } = await connect(cli, options);
      const { since, until } = options;
      const body = { monitors: trial.monitors, from: since, ...(until === undefined ? {} : { to: until }) };
      const answer = await client.call("tryMonitors", { path: { system: trial.system }, body });
      cli.print(options, answer, () => trialText(cli, answer));
    });
}

const segmentText = (segment: SeriesCell["segment"]): string =>
  segment === null ? "all rows" : `${segment.name}=${segment.value}`;

function listText(cli: Cli, system: string, { window, advice, budget, items }: MonitorList): string {
  const { colors } = cli.terminal;
  const newest =
    window === null
      ? "No window was evaluated yet: without a live release and its baseline nothing is compared.\n"
      : `Newest evaluated window: ${instantText(window.start)}, ${countedText(window.rows, "row")}.\n`;
  const table = renderTable(
    [{ head: "Monitor" }, { head: "Verdict" }, { head: "Tells" }, { head: "Series", wraps: true }],
    items.map((one) => [
      one.name,
      one.enabled ? verdictText(one.verdict, colors) : colors.dim("off"),
      one.severity === "critical" ? one.owner : `${one.owner} (warns)`,
      one.says,
    ]),
    cli.terminal,
  );
  const spent = budget.families.filter(({ tests, pages }) => tests > 0 || pages > 0);
  const spending = renderTable(
    [
      { head: "Monitor" },
      { head: "Tests", align: "right" },
      { head: "May cost a month", align: "right" },
      { head: `Incidents in ${budget.days} days`, align: "right" },
      { head: "Called false", align: "right" },
    ],
    spent.map((family) => [
      family.monitor,
      countText(family.tests),
      numberText(family.mayCost),
      countText(family.pages),
      countText(family.falseAlarms),
    ]),
    cli.terminal,
  );
  return [
    newest,
    advice === null ? "" : `${colors.yellow("Windows:")} ${advice}.\n`,
    `\n${table}`,
    `\n${colors.bold("Alarm budget.")} ${budget.says}\n`,
    spent.length === 0 ? "" : `\n${spending}`,
    `\nOne of them: homeostat monitor show ${system} ${items[0]?.name ?? "NAME"}\n`,
  ].join("");
}

function settingsText(cli: Cli, monitor: MonitorSummary): string {
  const metrics = monitor.metrics.map(
    ({ name, threshold, unit, persistence }) =>
      `${name}: matters from ${threshold} (${unit}), in ${countedText(persistence, "window")} running`,
  );
  return renderFacts(
    [
      ["Monitor", `${cli.terminal.colors.bold(monitor.name)} (${monitor.kind}, ${monitor.origin})`],
      ["Watches", monitor.why],
      ["Verdict", `${verdictText(monitor.verdict, cli.terminal.colors)}: ${monitor.says}`],
      ["Metrics", metrics.length === 0 ? "what the contract promises" : metrics.join("; ")],
      [
        "Segments",
        monitor.segments === null ? "all rows and every value of every segment" : monitor.segments.join(", "),
      ],
      ["Features", monitor.features === null ? "every feature" : monitor.features.join(", ")],
      ["Severity", monitor.severity === "critical" ? "critical: opens an incident" : "warning: is shown, pages nobody"],
      ["Owner", monitor.owner],
      ["Runbook", monitor.runbook ?? "none declared"],
      ["Covers", monitor.covers.join(", ")],
    ],
    cli.terminal,
  );
}

function showText(cli: Cli, { monitor, items }: MonitorDetail, top: number): string {
  const facts = settingsText(cli, monitor);
  if (items.length === 0)
    return `${facts}\nNo series: ${monitor.kind === "contract" ? "the contract is shown by `homeostat source show`" : "no such window was evaluated, or it asked about nothing"}.\n`;
  const shown = items.slice(0, top);
  const windows = new Set(items.map(({ window }) => window));
  const newest = windows.size === 1 ? `The window of ${instantText(items[0]?.window ?? null)}, worst first.\n` : "";
  const table = renderTable(
    [
      ...(windows.size === 1 ? [] : [{ head: "Window" }]),
      { head: "Where" },
      { head: "What" },
      { head: "Verdict" },
      { head: "Rows", align: "right" },
      { head: "In words", wraps: true },
    ],
    shown.map((cell) => [
      ...(windows.size === 1 ? [] : [instantText(cell.window)]),
      segmentText(cell.segment),
      cell.feature ?? cell.metric,
      verdictText(cell.state, cli.terminal.colors),
      countText(cell.rows),
      cell.says,
    ]),
    cli.terminal,
  );
  const rest = items.length > top ? `\n${countText(items.length - top)} more: --top ${items.length}\n` : "";
  return `${facts}\n${newest}${table}${rest}`;
}

function trialText(cli: Cli, { from, to, windows, days, items }: TrialReport): string {
  const head = `${countedText(windows, "stored window")} from ${instantText(from)} to ${instantText(to)} (${numberText(days)} days).\n`;
  const table = renderTable(
    [
      { head: "Monitor" },
      { head: "Series", align: "right" },
      { head: "Would fire" },
      { head: "Pages a month", align: "right" },
      { head: "Tested", wraps: true },
    ],
    items.map((one) => [
      one.monitor,
      countText(one.series),
      one.pages === 0 ? "never" : `${countedText(one.pages, "time")}, ${countedText(one.firing, "window")}`,
      numberText(one.pagesPerMonth),
      one.silence,
    ]),
    cli.terminal,
  );
  return head + table + items.map((one) => firedText(cli, one)).join("");
}

function firedText(cli: Cli, { monitor, fired }: TrialReport["items"][number]): string {
  if (fired.length === 0) return "";
  const table = renderTable(
    [
      { head: "From" },
      { head: "Windows", align: "right" },
      { head: "Series", align: "right" },
      { head: "Worst", wraps: true },
    ],
    fired.map((one) => [instantText(one.from), countText(one.windows), countText(one.series), one.sentence]),
    cli.terminal,
  );
  return `\n${cli.terminal.colors.bold(monitor)} would have fired:\n${table}`;
}
