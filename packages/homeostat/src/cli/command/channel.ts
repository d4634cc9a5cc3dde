import type { ChannelState, ChannelTest } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import { countText, instantText, unknownMark } from "../format-value.ts";
import { renderTable } from "../table.ts";

/** `homeostat channel`: by which ways people are told, and whether they work. */
export function addChannel(program: Command, cli: Cli): void {
  const channel = program
    .command("channel")
    .summary("channels by which people are told: list, test")
    .description(
      "Channels are declared by name in a document of kind Channels, or on the spot in a system's `notify`. Secrets are never shown.",
    )
    .addHelpText("after", "\nExamples:\n  homeostat channel list\n  homeostat channel test ml-slack\n");
  remote(channel.command("list", { isDefault: true }))
    .description("lists channels with who uses them and how they do")
    .addHelpText("after", "\nExample:\n  homeostat channel list\n")
    .action(async (options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const { items } = await client.call("channels");
      cli.print(options, items, () => channelsText(cli, items));
    });
  remote(channel.command("test"))
    .description(
      "sends a marked test message the way a page goes and prints what the receiver answered; a channel that was switched off and answers is switched on again",
    )
    .argument("<name>", "name of the channel, see `homeostat channel list`")
    .addHelpText("after", "\nExample:\n  homeostat channel test ml-slack\n")
    .action(async (name: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const test = await client.call("testChannel", { path: { channel: name } });
      if (test.deliveries.some(({ state }) => state !== "sent")) cli.exitWith(exitCodes.refused);
      cli.print(options, test, () => testText(cli, test));
    });
}

function stateText({ colors }: Cli["terminal"], { state, stateDetail }: ChannelState): string {
  if (state === "on") return "on";
  return state === "off"
    ? `${colors.red("off")} ${stateDetail ?? ""}`
    : `${colors.yellow("pausing")} until ${stateDetail === null ? unknownMark : instantText(stateDetail)}`;
}

function lastText({ last }: ChannelState): string {
  if (last === null) return "nothing was sent yet";
  const at = last.at === null ? "" : ` ${instantText(last.at)}`;
  return `${last.state}${at}${last.state === "sent" ? "" : `: ${last.detail}`}`;
}

function channelsText(cli: Cli, items: readonly ChannelState[]): string {
  if (items.length === 0)
    return "There are no channels, so nobody is told of an incident. Declare them in a document of kind Channels, name them in a system's `notify`, and apply both.\n";
  return renderTable(
    [
      { head: "Channel" },
      { head: "Kind" },
      { head: "Leads to", wraps: true },
      { head: "Systems", wraps: true },
      { head: "State", wraps: true },
      { head: "Waiting", align: "right" },
      { head: "Last message", wraps: true },
    ],
    items.map((item) => [
      item.name,
      item.kind,
      item.where,
      item.systems.length === 0 ? "none" : item.systems.join(", "),
      stateText(cli.terminal, item),
      countText(item.waiting),
      lastText(item),
    ]),
    cli.terminal,
  );
}

function testText({ terminal: { colors } }: Cli, { channel, where, deliveries }: ChannelTest): string {
  const lines = deliveries.map(({ kind, state, detail }) => {
    const what = kind === "channel.test-over" ? "The message that ends it" : "The test message";
    return state === "sent" ? `${what} was taken: ${detail}.` : `${what} was ${colors.red("not taken")}: ${detail}.`;
  });
  return `Channel ${channel} leads to ${where}.\n${lines.join("\n")}\n`;
}
