import { type Delivery, deliveryState } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { countText, instantText } from "../format-value.ts";
import { oneOf, wholeNumber } from "../parse-argument.ts";
import { renderTable } from "../table.ts";

interface DeliveryOptions extends RemoteOptions {
  readonly incident?: number;
  readonly system?: string;
  readonly channel?: string;
  readonly state?: Delivery["state"];
  readonly limit?: number;
}

/** `homeostat deliveries`: what was told to whom, and what became of it. */
export function addDeliveries(program: Command, cli: Cli): void {
  remote(program.command("deliveries"))
    .summary("messages on their way to channels, with attempts and errors")
    .description(
      "Lists messages, newest first: waiting, sent, failed, or dropped because the channel was told before that it is over.",
    )
    .option("--incident <number>", "about this incident only", wholeNumber(1, 1_000_000_000))
    .option("--system <name>", "of this system only")
    .option("--channel <name>", "through this channel only")
    .option("--state <state>", deliveryState.options.join(", "), oneOf(deliveryState.options))
    .option("--limit <number>", "at most so many (100)", wholeNumber(1, 1_000))
    .addHelpText("after", "\nExamples:\n  homeostat deliveries --incident 7\n  homeostat deliveries --state failed\n")
    .action(async (options: DeliveryOptions) => {
      const { incident, system, channel, state, limit } = options;
      const { client } = await connect(cli, options);
      const { items } = await client.call("deliveries", { query: { incident, system, channel, state, limit } });
      cli.print(options, items, () => deliveriesText(cli, items));
    });
}

function deliveriesText({ terminal }: Cli, items: readonly Delivery[]): string {
  if (items.length === 0)
    return "No message fits. `homeostat channel test NAME` sends one; incidents send theirs by themselves.\n";
  const { colors } = terminal;
  return renderTable(
    [
      { head: "Queued" },
      { head: "Channel" },
      { head: "Message", wraps: true },
      { head: "State" },
      { head: "Attempts", align: "right" },
      { head: "Answer", wraps: true },
    ],
    items.map((one) => [
      instantText(one.queuedAt),
      one.channel,
      one.incident === null ? one.kind : `${one.kind} ${one.incident}`,
      one.state === "failed" ? colors.red(one.state) : one.state,
      countText(one.attempts),
      one.nextAt === null || one.attempts === 0 ? one.detail : `${one.detail}; again ${instantText(one.nextAt)}`,
    ]),
    terminal,
  );
}
