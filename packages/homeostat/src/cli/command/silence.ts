import type { SilenceAnswer } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { instantText } from "../format-value.ts";
import { oneOf, parseInstant } from "../parse-argument.ts";
import { renderTable } from "../table.ts";
import { UsageError } from "../usage-error.ts";

interface AddOptions extends RemoteOptions {
  readonly from?: string;
  readonly to?: string;
  readonly for?: string;
  readonly reason: string;
}

interface ListOptions extends RemoteOptions {
  readonly state?: SilenceAnswer["state"];
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `homeostat silence`: alerts that nobody is told of, for a time. */
export function addSilence(program: Command, cli: Cli): void {
  const silence = program
    .command("silence")
    .summary("tell nobody of alerts that match, for a time")
    .description("Incidents still open and stay visible; nobody is told of those whose every finding is silenced.")
    .addHelpText(
      "after",
      '\nExamples:\n  homeostat silence add system=flight-delay segment.origin=~"JFK|LGA" \\\n    --for 6h --reason "the vendor knows"\n  homeostat silence list --state active\n  homeostat silence expire silence-0123456789abcdef\n',
    );
  remote(silence.command("list", { isDefault: true }))
    .description("lists silences, newest first")
    .option("--state <state>", "pending, active or expired", oneOf(["pending", "active", "expired"]))
    .action(async (options: ListOptions) => {
      const { client } = await connect(cli, options);
      const { items } = await client.call("silences", {
        query: options.state === undefined ? {} : { state: options.state },
      });
      cli.print(options, items, () => silencesText(cli, items));
    });
  remote(silence.command("add"))
    .description("silences alerts that meet every condition")
    .argument("<conditions...>", "label=value, label!=value, label=~a|b*, label!~a|b*")
    .option("--from <instant>", "begin; now, when absent", parseInstant)
    .option("--to <instant>", "end", parseInstant)
    .option("--for <time>", "how long instead of an end: 30m, 6h, 2d")
    .requiredOption("--reason <text>", "why, for whoever wonders")
    .action((conditions: string[], options: AddOptions) => add(cli, conditions, options));
  remote(silence.command("expire"))
    .description("ends a silence now")
    .argument("<id>", "id of the silence, see `homeostat silence list`")
    .action(async (id: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const ended = await client.call("expireSilence", { path: { silence: id } });
      cli.print(options, ended, () => `Silence ${ended.id} is over. What still stands is told within a minute.\n`);
    });
}

async function add(cli: Cli, conditions: readonly string[], options: AddOptions): Promise<void> {
  const to = options.to ?? endOf(options, cli.host.now());
  const { client } = await connect(cli, options);
  const from = options.from === undefined ? {} : { from: options.from };
  const made = await client.call("addSilence", {
    body: { matchers: [...conditions], to, reason: options.reason, ...from },
  });
  cli.print(options, made, () => `Silence ${made.id} until ${instantText(made.to)}: ${made.matchers.join(", ")}.\n`);
}

function endOf(options: AddOptions, now: number): string {
  const [, count, unit] = /^([1-9]\d{0,3})([mhd])$/.exec(options.for ?? "") ?? [];
  if (count === undefined)
    throw new UsageError("a silence needs an end", "Write --for 6h (m, h or d), or --to 2026-12-24T20:00:00Z.");
  const begin = options.from === undefined ? now : Date.parse(options.from);
  return new Date(begin + Number(count) * unitMs[unit as keyof typeof unitMs]).toISOString();
}

function silencesText(cli: Cli, silences: readonly SilenceAnswer[]): string {
  if (silences.length === 0)
    return "No silences: everybody is told of everything. Add one with `homeostat silence add system=NAME --for 2h --reason TEXT`.\n";
  const { colors } = cli.terminal;
  return renderTable(
    [
      { head: "Silence" },
      { head: "State" },
      { head: "Alerts", wraps: true },
      { head: "Until" },
      { head: "By", wraps: true },
      { head: "Why", wraps: true },
    ],
    silences.map(({ id, state, matchers, to, expiredAt, by, reason }) => [
      id,
      state === "active" ? colors.yellow(state) : state,
      matchers.join(", "),
      instantText(expiredAt ?? to),
      by,
      reason,
    ]),
    cli.terminal,
  );
}
