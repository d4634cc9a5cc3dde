import type { Command } from "commander";
import { type Cli, defaultDataDirectory, type UpFlags } from "../cli.ts";

/** `homeostat up`: runs a server here until it is told to stop. */
export function addUp(program: Command, cli: Cli): void {
  program
    .command("up")
    .summary("run a server on this machine")
    .description(
      "Runs a server on this machine with everything it needs, until Ctrl-C or SIGTERM. The first start prints an admin key and a one-time sign-in link for the page.",
    )
    .option("--data <dir>", `directory for all data (HOMEOSTAT_DATA, else ${defaultDataDirectory})`)
    .option("--host <address>", "address to listen on (HOMEOSTAT_HOST, else 127.0.0.1)")
    .option("--port <number>", "port to listen on, 0 for any free one (HOMEOSTAT_PORT, else 7300)")
    .option("--quiet", "do not log")
    .addHelpText("after", "\nExamples:\n  homeostat up\n  homeostat up --data /srv/homeostat --port 8080\n")
    .action(async (flags: UpFlags) => cli.exitWith(await cli.host.up(flags)));
}
