import type { OutcomeTotal } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { countText, estimateText, instantText, numberText } from "../format-value.ts";
import { parseInstant } from "../parse-argument.ts";
import { renderTable } from "../table.ts";

interface Options extends RemoteOptions {
  readonly segment?: string;
  readonly window?: string;
}

/** `homeostat outcomes SYSTEM`: business metrics and feedback. */
export function addOutcomes(program: Command, cli: Cli): void {
  remote(program.command("outcomes"))
    .summary("business metrics and feedback by window")
    .description(
      "Shows what predictions were worth and what users said of them: count, sum and mean of numbers with their 95 % interval, and the most frequent other answers. Corrected outcomes count once, as corrected last.",
    )
    .argument("<system>", "name of a system")
    .option("--segment <name[=value]>", "each value of a segment, or one of them; * for all")
    .option("--window <instant>", "only the window that holds this instant", parseInstant)
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat outcomes card-fraud\n  homeostat outcomes card-fraud --segment country --json\n",
    )
    .action(async (system: string, options: Options) => {
      const { client } = await connect(cli, options);
      const { segment, window } = options;
      const { items } = await client.call("outcomes", {
        path: { system },
        query: { ...(segment === undefined ? {} : { segment }), ...(window === undefined ? {} : { window }) },
      });
      cli.print(options, items, () => totalsText(cli, system, items));
    });
}

function totalsText(cli: Cli, system: string, totals: readonly OutcomeTotal[]): string {
  if (totals.length === 0)
    return `No business outcome or feedback yet. Send outcomes with "kind": "business" or "feedback" to POST /v1/systems/${system}/outcomes.\n`;
  return renderTable(
    [
      { head: "Window" },
      { head: "Segment" },
      { head: "Kind" },
      { head: "Name" },
      { head: "Count", align: "right" },
      { head: "Sum", align: "right" },
      { head: "Mean", wraps: true },
      { head: "Answers", wraps: true },
    ],
    totals.map((total) => [
      instantText(total.window),
      total.segment === null ? "all rows" : `${total.segment.name}=${total.segment.value}`,
      total.kind,
      total.unit === "" ? total.name : `${total.name} (${total.unit})`,
      countText(total.count),
      total.sum === null ? "" : numberText(total.sum),
      total.sum === null ? "" : estimateText(total.mean, "needs two"),
      total.values.map(({ value, count }) => `${value}: ${countText(count)}`).join(", "),
    ]),
    cli.terminal,
  );
}
