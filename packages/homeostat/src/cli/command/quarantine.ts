import type { QuarantineEntry, QuarantineList, QuarantineReplayed, QuarantineSelection } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import { bytesText, countedText, countText, instantText } from "../format-value.ts";
import { oneOf, parseInstant, wholeNumber } from "../parse-argument.ts";
import { readSource } from "../read-source.ts";
import { renderFacts, renderTable } from "../table.ts";
import { UsageError } from "../usage-error.ts";

const streams = ["predictions", "outcomes"] as const;
const reasons = ["not-json", "shape", "engine", "unpaired"] as const;
const states = ["open", "replayed", "discarded"] as const;
const mostAtOnce = 1_000;

interface FilterOptions extends RemoteOptions {
  readonly stream?: (typeof streams)[number];
  readonly reason?: (typeof reasons)[number];
  readonly text?: string;
  readonly from?: string;
  readonly to?: string;
}

interface ListOptions extends FilterOptions {
  readonly state: (typeof states)[number];
  readonly limit: number;
  readonly exitCode?: boolean;
}

interface FixOptions extends RemoteOptions {
  readonly set?: readonly string[];
  readonly unset?: readonly string[];
  readonly payload?: string;
  readonly replay?: boolean;
}

interface ActOptions extends FilterOptions {
  readonly all?: boolean;
}

/** `homeostat quarantine`: rows that were sent and could not be stored. */
export function addQuarantine(program: Command, cli: Cli): void {
  const quarantine = program
    .command("quarantine")
    .summary("rows that could not be stored: list, show, fix, replay, discard")
    .description(
      "Rows that were sent and could not be stored wait here with their payload and the reason. Put them right and replay them, or discard them.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat quarantine list flight-delay --text LAX\n  homeostat quarantine show flight-delay q-0c1d2e3f405162738495\n  homeostat quarantine fix flight-delay q-0c1d2e3f405162738495 --set inputs.distance=337 --replay\n  homeostat quarantine replay flight-delay --reason shape\n  homeostat quarantine discard flight-delay --all\n",
    );
  filtered(remote(quarantine.command("list")))
    .description("lists rows in quarantine, newest first")
    .argument("<system>", "name of the system")
    .option("--state <state>", states.join(", "), oneOf(states), "open")
    .option("--limit <n>", "how many at most", wholeNumber(1, mostAtOnce), 50)
    .option("--exit-code", "end with 4 when one is listed")
    .action((system: string, options: ListOptions) => listEntries(cli, system, options));
  remote(quarantine.command("show"))
    .description("shows one row with its payload, byte for byte")
    .argument("<system>", "name of the system")
    .argument("<id>", "id of the entry")
    .action(async (system: string, id: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const entry = await client.call("quarantineEntry", { path: { system, entry: id } });
      cli.print(options, entry, () => entryText(cli, entry));
    });
  remote(quarantine.command("fix"))
    .description("edits the payload of a row and says whether it would be taken now")
    .argument("<system>", "name of the system")
    .argument("<id>", "id of the entry")
    .option("--set <path=value...>", "put a value at a path; JSON, or else text: --set inputs.distance=337")
    .option("--unset <path...>", "take out what stands at a path")
    .option("--payload <file>", "a whole new payload from a file, - for standard input")
    .option("--replay", "replay it at once when nothing is wrong any more")
    .action((system: string, id: string, options: FixOptions) => fixEntry(cli, system, id, options));
  filtered(remote(quarantine.command("replay")))
    .description("sends rows through the door again: those named, those a filter finds, or all")
    .argument("<system>", "name of the system")
    .argument("[ids...]", "ids of entries")
    .option("--all", "every open row")
    .action((system: string, ids: readonly string[], options: ActOptions) => replayEntries(cli, system, ids, options));
  filtered(remote(quarantine.command("discard")))
    .description("gives up rows for good: those named, those a filter finds, or all")
    .argument("<system>", "name of the system")
    .argument("[ids...]", "ids of entries")
    .option("--all", "every open row")
    .action(async (system: string, ids: readonly string[], options: ActOptions) => {
      const selection = selectionOf(ids, options);
      const { client } = await connect(cli, options);
      let discarded = 0;
      for (;;) {
        const answer = await client.call("discardQuarantined", { path: { system }, body: selection });
        discarded += answer.discarded;
        if (selection.ids !== undefined || answer.discarded < mostAtOnce) break;
      }
      cli.print(options, { discarded }, () => `${countedText(discarded, "row")} discarded.\n`);
    });
}

function filtered(command: Command): Command {
  return command
    .option("--stream <stream>", streams.join(" or "), oneOf(streams))
    .option("--reason <reason>", reasons.join(", "), oneOf(reasons))
    .option("--text <text>", "found anywhere in payload, path, expectation or finding")
    .option("--from <instant>", "received at or after", parseInstant)
    .option("--to <instant>", "received before", parseInstant);
}

function filterOf(options: FilterOptions): Omit<QuarantineSelection, "ids" | "limit"> {
  const { stream, reason, text, from, to } = options;
  return {
    ...(stream === undefined ? {} : { stream }),
    ...(reason === undefined ? {} : { reason }),
    ...(text === undefined ? {} : { text }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function selectionOf(ids: readonly string[], options: ActOptions): QuarantineSelection {
  const filter = filterOf(options);
  if (ids.length > 0) return { ...filter, ids: [...ids] };
  if (options.all !== true && Object.keys(filter).length === 0)
    throw new UsageError("name entries, give a filter such as --text, or say --all");
  return filter;
}

async function listEntries(cli: Cli, system: string, options: ListOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const { state, limit } = options;
  const list = await client.call("quarantine", { path: { system }, query: { ...filterOf(options), state, limit } });
  cli.print(options, list, () => listText(cli, system, list, state));
  if (options.exitCode === true && list.items.length > 0) cli.exitWith(exitCodes.found);
}

function listText(cli: Cli, system: string, list: QuarantineList, state: string): string {
  const { open, replayed, discarded } = list.counts;
  const sum = `${countText(open)} open, ${countText(replayed)} replayed, ${countText(discarded)} discarded.\n`;
  if (list.items.length === 0)
    return open + replayed + discarded === 0
      ? `The quarantine of ${system} is empty: every row that came could be stored.\n`
      : `Nothing found that is ${state}. ${sum}`;
  const table = renderTable(
    [
      { head: "Entry" },
      { head: "Received" },
      { head: "Reason" },
      { head: "At", wraps: true },
      { head: "Expected", wraps: true },
      { head: "Found", wraps: true },
    ],
    list.items.map((item) => [
      item.id,
      instantText(item.receivedAt),
      item.fixed ? `${item.reason}, edited` : item.reason,
      item.path === "" ? "the row" : item.path,
      item.expected,
      item.found,
    ]),
    cli.terminal,
  );
  return `${table}${sum}`;
}

function entryText(cli: Cli, entry: QuarantineEntry): string {
  const facts = renderFacts(
    [
      ["Entry", entry.id],
      [
        "State",
        entry.changedAt === null
          ? entry.state
          : `${entry.state}, ${instantText(entry.changedAt)} by ${entry.changedBy}`,
      ],
      ["Meant for", entry.form === "row" ? entry.stream : `${entry.stream}, as the spool held it`],
      ["Received", `${instantText(entry.receivedAt)} from ${entry.caller}`],
      ["Reason", entry.fixed ? `${entry.reason}; edited since` : entry.reason],
      ["At", entry.path === "" ? "the row as a whole" : entry.path],
      ["Expected", entry.expected],
      ["Found", entry.found],
      ["Payload", bytesText(entry.payloadBytes)],
    ],
    cli.terminal,
  );
  return entry.payload === "" ? facts : `${facts}\n${entry.payload}\n`;
}

async function fixEntry(cli: Cli, system: string, id: string, options: FixOptions): Promise<void> {
  const payload = options.payload === undefined ? undefined : (await readSource(cli, options.payload)).trimEnd();
  const set = (options.set ?? []).map(assignmentOf);
  if (payload === undefined && set.length === 0 && (options.unset ?? []).length === 0)
    throw new UsageError("say what to change: --set, --unset or --payload");
  const { client } = await connect(cli, options);
  const fixed = await client.call("fixQuarantined", {
    path: { system, entry: id },
    body: {
      ...(payload === undefined ? {} : { payload }),
      ...(set.length === 0 ? {} : { set }),
      ...(options.unset === undefined ? {} : { unset: [...options.unset] }),
    },
  });
  const { stillWrong } = fixed;
  if (stillWrong !== null || options.replay !== true) {
    cli.print(options, fixed, () =>
      stillWrong === null
        ? `${id} is edited and would be taken now: homeostat quarantine replay ${system} ${id}\n`
        : `${id} is edited. Still wrong at ${stillWrong.path === "" ? "the row" : stillWrong.path}: expected ${stillWrong.expected}, found ${stillWrong.found}.\n`,
    );
    return;
  }
  const replayed = await client.call("replayQuarantined", { path: { system }, body: { ids: [id] } });
  cli.print(options, { ...fixed, ...replayed }, () => replayedText(replayed));
}

/** A value that is JSON is taken as such, anything else as text: `337` is a number, `LAX` a text, `"337"` a text. */
function assignmentOf(text: string): { readonly path: string; readonly json: string } {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`${JSON.stringify(text)} is not path=value`);
  const value = text.slice(at + 1);
  return { path: text.slice(0, at), json: isJson(value) ? value : JSON.stringify(value) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function replayEntries(cli: Cli, system: string, ids: readonly string[], options: ActOptions): Promise<void> {
  const selection = selectionOf(ids, options);
  const { client } = await connect(cli, options);
  const sum: QuarantineReplayed = { replayed: 0, refused: [], refusedCount: 0, alreadyClosed: 0 };
  for (;;) {
    const answer = await client.call("replayQuarantined", { path: { system }, body: selection });
    sum.replayed += answer.replayed;
    sum.refused = answer.refused;
    sum.refusedCount = answer.refusedCount;
    sum.alreadyClosed += answer.alreadyClosed;
    // What is refused again stays open and would be found again.
    if (selection.ids !== undefined || answer.replayed === 0 || answer.refusedCount > 0) break;
  }
  cli.print(options, sum, () => replayedText(sum));
  if (sum.refusedCount > 0) cli.exitWith(exitCodes.refused);
}

function replayedText({ replayed, refused, refusedCount, alreadyClosed }: QuarantineReplayed): string {
  const lines = [`${countedText(replayed, "row")} replayed and durable.`];
  if (alreadyClosed > 0) lines.push(`${countedText(alreadyClosed, "row")} had been replayed or discarded before.`);
  if (refusedCount > 0) lines.push(`${countedText(refusedCount, "row")} refused again:`);
  for (const { id, path, expected, found } of refused.slice(0, 10))
    lines.push(`  ${id} at ${path === "" ? "the row" : path}: expected ${expected}, found ${found}`);
  return `${lines.join("\n")}\n`;
}
