import type { IncidentSummary } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import { instantText } from "../format-value.ts";
import { severityText, stateText } from "../incident-text.ts";
import { oneOf } from "../parse-argument.ts";
import { renderTable } from "../table.ts";

interface Options extends RemoteOptions {
  readonly system?: string;
  readonly state?: IncidentSummary["state"];
  readonly exitCode?: boolean;
}

/** `homeostat incidents`: the list. */
export function addIncidents(program: Command, cli: Cli): void {
  remote(program.command("incidents"))
    .summary("list incidents")
    .description("Lists incidents, newest first.")
    .option("--system <name>", "only those of a system")
    .option("--state <state>", "open, acknowledged or resolved", oneOf(["open", "acknowledged", "resolved"]))
    .option("--exit-code", "end with 4 when one is listed that is not resolved")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat incidents --state open\n  homeostat incidents --system flight-delay --exit-code\n",
    )
    .action(async (options: Options) => {
      const { client } = await connect(cli, options);
      const { system, state } = options;
      const { items } = await client.call("incidents", {
        query: { ...(system === undefined ? {} : { system }), ...(state === undefined ? {} : { state }) },
      });
      cli.print(options, items, () => incidentsText(cli, items));
      const unresolved = items.some((incident) => incident.state !== "resolved");
      if (options.exitCode === true && unresolved) cli.exitWith(exitCodes.found);
    });
}

function incidentsText(cli: Cli, incidents: readonly IncidentSummary[]): string {
  if (incidents.length === 0) return "No incidents.\n";
  const { colors } = cli.terminal;
  return renderTable(
    [
      { head: "N", align: "right" },
      { head: "State" },
      { head: "Severity" },
      { head: "System" },
      { head: "Since (event time)" },
      { head: "Title", wraps: true },
    ],
    incidents.map((incident) => [
      String(incident.number),
      stateText(incident.state, colors),
      severityText(incident.severity, colors),
      incident.system,
      instantText(incident.since),
      incident.title,
    ]),
    cli.terminal,
  );
}
