import { resolve } from "node:path";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { followJob } from "../follow-job.ts";
import { bytesText, countText, instantText } from "../format-value.ts";
import { createProgress } from "../progress.ts";
import { CommandFailure } from "../usage-error.ts";

interface RestoreOptions {
  readonly dataDir: string;
  readonly json?: boolean;
}

/** `homeostat backup`: everything of a running server, into a folder. */
export function addBackup(program: Command, cli: Cli): void {
  remote(program.command("backup"))
    .summary("back up a running server into a folder")
    .description(
      "Writes everything of a running server into a new or empty folder on the server's machine. Rows go on being acknowledged meanwhile; those acknowledged before it began are in it, once.",
    )
    .argument("<folder>", "new or empty folder on the server's machine")
    .addHelpText("after", "\nExample:\n  homeostat backup /backups/2026-03-01\n")
    .action(async (folder: string, options: RemoteOptions) => {
      const connection = await connect(cli, options);
      const started = await connection.client.call("createBackup", { body: { directory: resolve(folder) } });
      const job = await followJob(cli, connection, started, "Backup");
      const made = job.result as { readonly directory: string; readonly files: number; readonly bytes: number };
      cli.print(
        options,
        made,
        () =>
          `${made.directory}: ${countText(made.files)} files, ${bytesText(made.bytes)}. Put it elsewhere; it holds keys and rows.\nRestore it: homeostat restore ${made.directory} --data-dir <new folder>\n`,
      );
    });
}

/** `homeostat restore`: a new data directory from a backup. */
export function addRestore(program: Command, cli: Cli): void {
  program
    .command("restore")
    .summary("make a data directory of a backup")
    .description(
      "Checks every digest of a backup and makes a new data directory of it. Needs no server. Refuses a folder that is not empty and a backup of a newer Homeostat.",
    )
    .argument("<backup>", "folder that `homeostat backup` wrote")
    .requiredOption("--data-dir <folder>", "new or empty folder")
    .option("--json", "print one JSON document and nothing else on standard output")
    .addHelpText("after", "\nExample:\n  homeostat restore /backups/2026-03-01 --data-dir ./restored\n")
    .action(async (backup: string, options: RestoreOptions) => {
      const { restore } = cli.host;
      if (restore === undefined)
        throw new CommandFailure("this program cannot restore: it was started without a server's parts");
      const progress = createProgress(cli, "Restore");
      let done = false;
      try {
        const restored = await restore(backup, options.dataDir, (step, share) => progress.update(share, step));
        done = true;
        const elsewhere =
          restored.datasetsElsewhere === null
            ? ""
            : `Its datasets were not in it: they lie in ${restored.datasetsElsewhere}.\n`;
        cli.print(
          options,
          restored,
          () =>
            `${restored.dataDirectory}: ${countText(restored.files)} files and ${countText(restored.rows)} stored rows as of ${instantText(restored.createdAt)}.\n${elsewhere}Start it: homeostat up --data ${restored.dataDirectory}\n`,
        );
      } finally {
        progress.end(done ? "done" : "failed");
      }
    });
}
