import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { followJob } from "../follow-job.ts";
import { parseInstant } from "../parse-argument.ts";

interface Options extends RemoteOptions {
  readonly release: string;
  readonly from: string;
  readonly to: string;
}

/** `homeostat baseline`: the picture of normal of a system that is only monitored. */
export function addBaseline(program: Command, cli: Cli): void {
  remote(program.command("baseline"))
    .summary("freeze a baseline from received rows (monitor-only systems)")
    .description(
      "Freezes the baseline of a release that is served elsewhere, from rows already received, and watches the release from then on.",
    )
    .argument("<system>", "name of the system")
    .requiredOption("--release <id>", "the release, as the sender of predictions names it")
    .requiredOption("--from <time>", "first event time of the rows", parseInstant)
    .requiredOption("--to <time>", "end of the rows, exclusive", parseInstant)
    .addHelpText(
      "after",
      "\nExample:\n  homeostat baseline churn --release 2024-05 --from 2024-05-01 --to 2024-06-01\n",
    )
    .action(async (system: string, options: Options) => {
      const connection = await connect(cli, options);
      const body = { release: options.release, from: options.from, to: options.to };
      const started = await connection.client.call("createBaseline", { path: { system }, body });
      const job = await followJob(cli, connection, started, "Baseline");
      cli.print(options, job, () => `The baseline of ${options.release} is frozen; ${system} is watched against it.\n`);
    });
}
