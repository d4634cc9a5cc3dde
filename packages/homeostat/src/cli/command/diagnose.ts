import type { Command } from "commander";
import { isoOf } from "../../domain/instant.ts";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { diagnosisText } from "../diagnosis-text.ts";
import { parseInstant } from "../parse-argument.ts";

interface Options extends RemoteOptions {
  readonly window?: { readonly from: string; readonly to: string | undefined };
}

/** `homeostat diagnose SYSTEM --window W`: the seven steps at any time, without an incident. */
export function addDiagnose(program: Command, cli: Cli): void {
  remote(program.command("diagnose"))
    .summary("run the seven steps of a diagnosis on any window")
    .description(
      "Runs the seven steps of a diagnosis on a window, or on a stretch of windows, whether anybody was paged or not: metric, infrastructure, global number, slices, features, causes, fix. Nothing is stored and nobody is told.",
    )
    .argument("<system>", "name of the system")
    .option(
      "--window <w>",
      "the window that begins then, or FROM/TO for a stretch; the newest finished window when absent",
      parseWindow,
    )
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat diagnose flight-delay\n  homeostat diagnose flight-delay --window 2001-03-06\n  homeostat diagnose flight-delay --window 2001-03-06/2001-03-10 --json | jq '.slices[0]'\n",
    )
    .action(async (system: string, options: Options) => {
      const { client } = await connect(cli, options);
      const { window } = options;
      const query = {
        ...(window === undefined ? {} : { from: window.from }),
        ...(window?.to === undefined ? {} : { to: window.to }),
      };
      const diagnosis = await client.call("diagnose", { path: { system }, query });
      cli.print(options, diagnosis, () => diagnosisText(diagnosis, cli.terminal).trimStart());
    });
}

function parseWindow(text: string): { readonly from: string; readonly to: string | undefined } {
  const [from = "", to] = text.split("/", 2);
  const begin = parseInstant(from);
  return { from: isoOf(Date.parse(begin)), to: to === undefined ? undefined : parseInstant(to) };
}
