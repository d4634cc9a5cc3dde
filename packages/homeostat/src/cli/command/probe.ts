import type { ProbeReport } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import { followJob } from "../follow-job.ts";
import { countedText, countText, instantText, numberText, unknownMark } from "../format-value.ts";
import { renderTable } from "../table.ts";

interface Options extends RemoteOptions {
  readonly show?: boolean;
  readonly exitCode?: boolean;
}

/** `homeostat probe SYSTEM`: is one input always answered alike? */
export function addProbe(program: Command, cli: Cli): void {
  remote(program.command("probe"))
    .summary("send declared rows through the gateway again and again")
    .description(
      "Sends the rows declared under probes in system.yaml through the gateway, each several times, and shows how much the answers to one row differ, within a run and between runs of one release. Probes are no traffic: they are not logged as predictions.",
    )
    .argument("<system>", "name of a system")
    .option("--show", "show earlier runs without sending anything")
    .option("--exit-code", "end with 4 when one row was answered in several ways")
    .addHelpText("after", "\nExamples:\n  homeostat probe flight-delay\n  homeostat probe flight-delay --show --json\n")
    .action(async (system: string, options: Options) => {
      const connection = await connect(cli, options);
      if (options.show !== true) {
        const started = await connection.client.call("runProbes", { path: { system } });
        await followJob(cli, connection, started, "Probes");
      }
      const report = await connection.client.call("probes", { path: { system }, query: { limit: 100 } });
      cli.print(options, report, () => probeText(cli, system, report));
      if (options.exitCode === true && report.comparisons.some(({ differs }) => differs)) cli.exitWith(exitCodes.found);
    });
}

function probeText(cli: Cli, system: string, report: ProbeReport): string {
  if (report.runs.length === 0)
    return report.declared.length === 0
      ? `${system} declares no probes. Add rows under probes in its system.yaml, apply it, and run homeostat probe ${system}.\n`
      : `The ${countedText(report.declared.length, "probe")} of ${system} never ran. homeostat probe ${system} sends them now.\n`;
  const apart = report.comparisons.filter(({ differs }) => differs).length;
  const { colors } = cli.terminal;
  const sentence =
    apart === 0
      ? colors.green("Every probe was always answered alike by its release.")
      : colors.red(`${countedText(apart, "probe")} got answers that differ from one and the same release.`);
  const [newest] = report.runs;
  const since = `${countedText(report.runs.length, "run")}, the last ${instantText(newest?.at ?? null)}${newest !== undefined && newest.servedBy !== "release" ? `, answered by ${newest.servedBy}` : ""}.`;
  return `${sentence}\n${since}\n\n${renderTable(
    [
      { head: "Probe" },
      { head: "Release" },
      { head: "Runs", align: "right" },
      { head: "Answers", align: "right" },
      { head: "Mean", align: "right" },
      { head: "Least", align: "right" },
      { head: "Greatest", align: "right" },
      { head: "Spread", align: "right" },
    ],
    report.comparisons.map((one) => [
      one.probe,
      one.release ?? unknownMark,
      countText(one.runs),
      countText(one.answers),
      numberText(one.mean),
      numberText(one.least),
      numberText(one.greatest),
      one.differs ? colors.red(numberText(one.spread)) : numberText(one.spread),
    ]),
    cli.terminal,
  )}`;
}
