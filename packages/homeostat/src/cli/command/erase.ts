import type { Erasure } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { countedText, countText } from "../format-value.ts";
import { renderFacts } from "../table.ts";

interface Options extends RemoteOptions {
  readonly entity: string;
}

/** `homeostat erase`: one subject's rows, everywhere. */
export function addErase(program: Command, cli: Cli): void {
  remote(program.command("erase"))
    .summary("erase the rows of one person or thing")
    .description(
      "Deletes the rows of one subject for good: predictions, outcomes, rows of frozen baselines, quarantined rows, and rows of datasets, which keep a tombstone. Needs a system that declares `entity`, and a key with the scope admin. There is no way back.",
    )
    .argument("<system>", "name of the system")
    .requiredOption("--entity <id>", "the subject's id, as it stands in the declared field")
    .addHelpText("after", "\nExample:\n  homeostat erase loans --entity customer-4711\n")
    .action(async (system: string, options: Options) => {
      const { client } = await connect(cli, options);
      const erasure = await client.call("erase", { path: { system }, body: { entity: options.entity } });
      cli.print(options, erasure, () => erasureText(cli, erasure));
    });
}

function erasureText(cli: Cli, erasure: Erasure): string {
  const inDatasets = erasure.datasets.reduce((sum, { rows }) => sum + rows, 0);
  const facts = renderFacts(
    [
      ["Predictions", countText(erasure.predictions)],
      ["Outcomes", countText(erasure.outcomes)],
      ["Baseline rows", countText(erasure.references)],
      ["Quarantined", countText(erasure.quarantined)],
      ["Dataset rows", `${countText(inDatasets)} in ${countedText(erasure.datasets.length, "dataset")}`],
      ["Noted as", erasure.subject],
    ],
    cli.terminal,
  );
  return `${facts}\nModels keep what they learned, and backups keep what they hold: see docs/operations.md.\n`;
}
