import type { CoverageMap, FailureModeEntry } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { instantText } from "../format-value.ts";
import { renderTable } from "../table.ts";
import { verdictText } from "../verdict-text.ts";

/** `homeostat coverage SYSTEM`: which ways of going wrong are watched, and which are not. */
export function addCoverage(program: Command, cli: Cli): void {
  remote(program.command("coverage"))
    .summary("which ways of going wrong are watched, and which are not")
    .description(
      "The coverage map of a system: every failure mode with the monitors that watch it and since when, or why nothing does.",
    )
    .argument("<system>", "name of a system")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat coverage flight-delay\n  homeostat coverage flight-delay --json | jq '.items[] | select(.watch != \"watched\")'\n",
    )
    .action(async (system: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const map = await client.call("coverage", { path: { system } });
      cli.print(options, map, () => mapText(cli, system, map));
    });
}

function mapText(cli: Cli, system: string, map: CoverageMap): string {
  const head = `${map.watched} of ${map.applies} ways in which ${system} can go wrong are watched.\n\n`;
  const table = renderTable(
    [
      { head: "Layer" },
      { head: "What goes wrong", wraps: true },
      { head: "Watched" },
      { head: "By, or why not", wraps: true },
    ],
    map.items.map((entry) => [entry.layer, entry.title, stateText(cli, entry), byText(entry)]),
    cli.terminal,
  );
  return head + table;
}

function stateText(cli: Cli, { watch, verdict }: FailureModeEntry): string {
  const { colors } = cli.terminal;
  switch (watch) {
    case "watched":
      return verdictText(verdict, colors);
    case "asked-in-vain":
      return verdict === "not-checked" ? colors.yellow("not checked") : verdictText(verdict, colors);
    case "not-watched":
      return colors.yellow("not watched");
    case "does-not-apply":
      return colors.dim("does not apply");
  }
}

function byText({ by, since, why }: FailureModeEntry): string {
  const who = by.join(", ");
  if (since !== null) return `${who}, since ${instantText(since)}`;
  return [who, why ?? ""].filter((text) => text !== "").join(": ");
}
