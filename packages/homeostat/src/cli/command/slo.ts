import type { SloDetail, SloSummary } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { countText, durationText, instantText, shareText, unknownMark } from "../format-value.ts";
import { parseInstant } from "../parse-argument.ts";
import { renderTable } from "../table.ts";

interface Options extends RemoteOptions {
  readonly at?: string;
}

/** `homeostat slo list|show`: error budgets of a system's objectives. */
export function addSlo(program: Command, cli: Cli): void {
  const slo = program
    .command("slo")
    .summary("objectives, what is left of their budgets, how fast they burn")
    .description(
      "Shows service level objectives (OpenSLO) as declared beside a system. An objective whose outcomes are late is frozen: it keeps its last known state and says so.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat slo list flight-delay\n  homeostat slo show flight-delay in-time\n",
    );
  remote(slo.command("list"))
    .summary("every objective of a system")
    .argument("<system>", "name of a system")
    .option("--at <instant>", "as it stood at this instant", parseInstant)
    .addHelpText("after", "\nExample:\n  homeostat slo list flight-delay\n")
    .action(async (system: string, options: Options) => {
      const { client } = await connect(cli, options);
      const { items } = await client.call("slos", { path: { system }, query: queryOf(options) });
      cli.print(options, items, () => listText(cli, system, items));
    });
  remote(slo.command("show"))
    .summary("one objective, with its burn rates and its budget over time")
    .argument("<system>", "name of a system")
    .argument("<slo>", "name of an objective")
    .option("--at <instant>", "as it stood at this instant", parseInstant)
    .addHelpText("after", "\nExample:\n  homeostat slo show flight-delay in-time --at 2001-02-10\n")
    .action(async (system: string, name: string, options: Options) => {
      const { client } = await connect(cli, options);
      const found = await client.call("slo", { path: { system, slo: name }, query: queryOf(options) });
      cli.print(options, found, () => detailText(cli, found));
    });
}

const queryOf = ({ at }: Options): { at?: string } => (at === undefined ? {} : { at });

const stateWords: Readonly<Record<SloSummary["state"], string>> = {
  met: "met",
  "at-risk": "at risk",
  burning: "burning",
  exhausted: "budget spent",
  frozen: "frozen",
  "no-data": "no data",
};

function listText(cli: Cli, system: string, items: readonly SloSummary[]): string {
  if (items.length === 0)
    return `${system} has no objectives. Put an OpenSLO document (kind: SLO) beside its system.yaml and run: homeostat apply\n`;
  return renderTable(
    [
      { head: "Objective" },
      { head: "State" },
      { head: "Good", align: "right" },
      { head: "Target", align: "right" },
      { head: "Budget left", align: "right" },
      { head: "Known to" },
      { head: "Owner" },
    ],
    items.map((one) => [
      one.name,
      stateWords[one.state],
      shareText(one.value),
      shareText(one.target),
      shareText(one.budgetLeft),
      instantText(one.measuredTo),
      one.owner,
    ]),
    cli.terminal,
  );
}

/** A sentence first, numbers second, what to do next third. */
function detailText(cli: Cli, slo: SloDetail): string {
  const burns = renderTable(
    [
      { head: "Burns" },
      { head: "Window" },
      { head: "Rate", align: "right" },
      { head: "Last" },
      { head: "Rate", align: "right" },
      { head: "Fires at", align: "right" },
      { head: "" },
    ],
    slo.burns.map((burn) => [
      burn.severity === "critical" ? "pages" : "warns",
      durationText(burn.longMs),
      rateText(burn.long),
      durationText(burn.shortMs),
      rateText(burn.short),
      rateText(burn.factor),
      burn.active ? "burning" : "",
    ]),
    cli.terminal,
  );
  const runbook = slo.annotations["homeostat.io/runbook"];
  const next = slo.episodes.some(({ active }) => active)
    ? `\n${runbook === undefined ? "No runbook is declared (annotation homeostat.io/runbook)." : `What to do: ${runbook}`}\nThe finding and its incident: homeostat incidents\n`
    : "";
  return `${sentenceOf(slo)}\n\nGood are ${slo.words}.\n${countText(slo.good)} good, ${countText(slo.bad)} bad, ${countText(slo.waiting)} not known yet, from ${instantText(slo.window.start)} to ${instantText(slo.measuredTo)} (${slo.window.kind}, ${durationText(slo.window.lengthMs)}).\n\n${burns}${chartText(slo)}${next}`;
}

const rateText = (rate: number | null): string => (rate === null ? unknownMark : `${rate.toPrecision(3)}×`);

function sentenceOf(slo: SloDetail): string {
  const name = slo.displayName ?? slo.name;
  const left = `${shareText(slo.budgetLeft)} of its budget is left`;
  switch (slo.state) {
    case "met":
      return `${name} is met: ${left}.`;
    case "at-risk":
      return `${name} is at risk: ${left}${untilText(slo)}.`;
    case "burning":
      return `${name} burns: ${left}${untilText(slo)}.`;
    case "exhausted":
      return `${name} has spent its budget: ${shareText(slo.value)} were good, ${shareText(slo.target)} was the target.`;
    case "frozen":
      return `${name} is frozen since ${instantText(slo.measuredTo)}: ${slo.reason ?? ""}. Then ${left}; now it is not known.`;
    case "no-data":
      return `${name} cannot be said: ${slo.reason ?? ""}.`;
  }
}

const untilText = ({ exhaustedAt, burns }: SloDetail): string =>
  exhaustedAt === null
    ? ""
    : `, and spent by ${instantText(exhaustedAt)} at the rate of the last ${durationText(burns.at(-1)?.longMs ?? 0)}`;

const barWidth = 40;
const mostBars = 12;

/** What was left of the budget, as bars. */
function chartText({ series }: SloDetail): string {
  if (series.length === 0) return "";
  const every = Math.ceil(series.length / mostBars);
  const shown = series.filter((_, place) => (series.length - 1 - place) % every === 0);
  const lines = shown.map(({ at, budgetLeft }) => {
    const bar = "#".repeat(Math.round(Math.min(1, Math.max(0, budgetLeft)) * barWidth)).padEnd(barWidth, ".");
    return `${instantText(at)}  ${bar}  ${shareText(budgetLeft)}`;
  });
  return `\nBudget left\n${lines.join("\n")}\n`;
}
