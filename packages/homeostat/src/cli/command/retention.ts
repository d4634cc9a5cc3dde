import type { Retention } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { bytesText, countText, instantText } from "../format-value.ts";
import { renderFacts, renderTable } from "../table.ts";

/** `homeostat retention`: what is kept of a system, and what was dropped. */
export function addRetention(program: Command, cli: Cli): void {
  remote(program.command("retention"))
    .summary("what is kept of a system, and what was dropped")
    .description("Shows a system's retention rule, the rows it keeps now, and every time old rows were dropped.")
    .argument("<system>", "name of the system")
    .addHelpText("after", "\nExample:\n  homeostat retention flight-delay\n")
    .action(async (system: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const answer = await client.call("retention", { path: { system } });
      cli.print(options, answer, () => retentionText(cli, answer));
    });
}

function retentionText(cli: Cli, { rule, kept, dropped }: Retention): string {
  const parts = [rule?.age ?? undefined, rule?.bytes == null ? undefined : bytesText(rule.bytes)].filter(
    (part) => part !== undefined,
  );
  const facts = renderFacts(
    [
      ["Rule", rule === null ? "kept for ever (declare `retention` to change it)" : parts.join(" and ")],
      ["Predictions", `${countText(kept.predictions)}, ${bytesText(kept.bytes)} on disk`],
      ["Oldest", kept.oldestReceivedAt === null ? "-" : `received ${instantText(kept.oldestReceivedAt)}`],
    ],
    cli.terminal,
  );
  if (dropped.length === 0) return `${facts}\nNothing was dropped.\n`;
  const table = renderTable(
    [
      { head: "Dropped" },
      { head: "Received before" },
      { head: "By" },
      { head: "Predictions", align: "right" },
      { head: "Outcomes", align: "right" },
      { head: "Windows closed", align: "right" },
    ],
    dropped.map((one) => [
      instantText(one.at),
      instantText(one.receivedBefore),
      one.reason,
      countText(one.predictions),
      countText(one.outcomes),
      countText(one.windows),
    ]),
    cli.terminal,
  );
  return `${facts}\n${table}`;
}
