import { publicErrors } from "@homeostat/protocol";
import type { Command } from "commander";
import type { Cli, RemoteOptions } from "../cli.ts";
import { renderTable } from "../table.ts";
import { UsageError } from "../usage-error.ts";

/** `homeostat errors`: every code the server may answer with. Asks no server. */
export function addErrors(program: Command, cli: Cli): void {
  program
    .command("errors")
    .summary("explain the error codes")
    .description("Explains every error code of the API: what it means and what to do next.")
    .argument("[code]", "one code")
    .option("--json", "print one JSON document and nothing else on standard output")
    .addHelpText("after", "\nExamples:\n  homeostat errors\n  homeostat errors not-possible-now\n")
    .action((code: string | undefined, options: RemoteOptions) => {
      const all = Object.entries(publicErrors).map(([name, error]) => ({ code: name, ...error }));
      const errors = code === undefined ? all : all.filter((error) => error.code === code);
      if (errors.length === 0)
        throw new UsageError(`there is no error code ${code}`, "List them with `homeostat errors`.");
      cli.print(options, errors, () =>
        renderTable(
          [
            { head: "Code" },
            { head: "Status", align: "right" },
            { head: "Meaning", wraps: true },
            { head: "Next", wraps: true },
          ],
          errors.map((error) => [error.code, String(error.status), error.title, error.next]),
          cli.terminal,
        ),
      );
    });
}
