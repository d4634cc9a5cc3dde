import { writeFile } from "node:fs/promises";
import type { ReviewSummary } from "@homeostat/protocol";
import { type Command, InvalidArgumentError } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { instantText } from "../format-value.ts";
import { renderTable } from "../table.ts";

interface ReviewOptions extends RemoteOptions {
  readonly month?: string;
  readonly kept?: boolean;
  readonly html?: string;
}

/** `homeostat review SYSTEM`: the health review of a month. */
export function addReview(program: Command, cli: Cli): void {
  remote(program.command("review"))
    .summary("write the health review of a month, or list reviews")
    .description(
      "Writes the health review of a system over one month and prints it as Markdown. Without --month it lists the reviews that were written; each month one is written by itself and its link is sent to the system's channels.",
    )
    .argument("[system]", "name of the system")
    .option("--month <month>", "the month, e.g. 2026-10", monthText)
    .option("--kept", "print the review as it was kept, without writing it anew")
    .option("--html <path>", "write it as an HTML fragment into a file, too")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat review\n  homeostat review flight-delay --month 2026-10\n  homeostat review flight-delay --month 2026-10 --kept --html review.html\n",
    )
    .action((system: string | undefined, options: ReviewOptions) => act(cli, system, options));
}

function monthText(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError("Write a month, e.g. 2026-10.");
  return text;
}

async function act(cli: Cli, system: string | undefined, options: ReviewOptions): Promise<void> {
  const { client } = await connect(cli, options);
  if (system === undefined || options.month === undefined) {
    const { items } = await client.call("reviews", { query: system === undefined ? {} : { system } });
    cli.print(options, items, () => listText(cli, items));
    return;
  }
  const { month } = options;
  const review =
    options.kept === true
      ? await client.call("review", { path: { system, month } })
      : await client.call("writeReview", { path: { system }, body: { month } });
  if (options.html !== undefined) await writeFile(options.html, review.html);
  cli.print(options, review, () => review.markdown);
}

function listText(cli: Cli, items: readonly ReviewSummary[]): string {
  if (items.length === 0)
    return "No reviews yet. `homeostat review SYSTEM --month 2026-10` writes one; each month one is written by itself.\n";
  return renderTable(
    [{ head: "Month" }, { head: "System" }, { head: "Written" }, { head: "In a sentence", wraps: true }],
    items.map(({ month, system, writtenAt, headline }) => [month, system, instantText(writtenAt), headline]),
    cli.terminal,
  );
}
