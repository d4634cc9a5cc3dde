import type { Command } from "commander";
import { type Cli, dataDirectoryOf } from "../cli.ts";
import { wholeNumber } from "../parse-argument.ts";

interface Options {
  readonly data?: string;
  readonly host?: string;
  readonly port?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

const defaultPort = 7300;
const mostPort = 65_535;

/** `homeostat up`: runs a server here until it is told to stop. */
export function addUp(program: Command, cli: Cli): void {
  program
    .command("up")
    .summary("run a server on this machine")
    .description(
      "Runs a server on this machine with everything it needs, until Ctrl-C or SIGTERM. The first start prints an admin key and a one-time sign-in link for the page.",
    )
    .option("--data <dir>", "directory for all data (HOMEOSTAT_DATA, else ./.homeostat)")
    .option("--host <address>", "address to listen on (HOMEOSTAT_HOST, else 127.0.0.1)")
    .option("--port <number>", `port to listen on, 0 for any free one (HOMEOSTAT_PORT, else ${defaultPort})`, wholeNumber(0, mostPort))
    .option("--quiet", "print problems only")
    .option("--json", "log one JSON object a line")
    .addHelpText("after", "\nExamples:\n  homeostat up\n  homeostat up --data /srv/homeostat --port 8080\n")
    .action(async (options: Options) => {
      const { env } = cli.host;
      await cli.host.up({
        data: dataDirectoryOf(cli, options),
        host: options.host ?? env.HOMEOSTAT_HOST ?? "127.0.0.1",
        port: options.port ?? (env.HOMEOSTAT_PORT === undefined ? defaultPort : wholeNumber(0, mostPort)(env.HOMEOSTAT_PORT)),
        quiet: options.quiet === true,
        json: options.json === true,
      });
    });
}
