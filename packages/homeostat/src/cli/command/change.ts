import { type Change, type ChangeEvent, changeEvent } from "@homeostat/protocol";
import type { Command } from "commander";
import { isoOf } from "../../domain/instant.ts";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { instantText } from "../format-value.ts";
import { oneOf, parseInstant } from "../parse-argument.ts";
import { readChanges } from "../replay/read-changes.ts";
import { renderTable } from "../table.ts";
import { UsageError } from "../usage-error.ts";

const kinds = changeEvent.shape.kind.options;

interface ListOptions extends RemoteOptions {
  readonly system?: string;
  readonly from?: string;
  readonly to?: string;
  readonly component?: string;
  readonly kind?: ChangeEvent["kind"];
}

interface RecordOptions extends RemoteOptions {
  readonly id?: string;
  readonly component?: string;
  readonly kind?: ChangeEvent["kind"];
  readonly title?: string;
  readonly time?: string;
  readonly actor?: string;
  readonly system?: string;
  readonly file?: string;
}

/** `homeostat change`: the change log, and recording in it. */
export function addChange(program: Command, cli: Cli): void {
  const change = program
    .command("change")
    .summary("list and record changes")
    .description("The change log: what was deployed, moved or upgraded, and when. Incidents are matched with it.")
    .addHelpText(
      "after",
      '\nExamples:\n  homeostat change\n  homeostat change record --component source:airline-feed --kind data-source \\\n    --title "new export job" --time 2001-03-06T00:00:00Z\n  homeostat change record --file changes.yaml\n',
    );
  remote(change.command("list", { isDefault: true }))
    .description("lists changes, oldest first")
    .option("--system <name>", "only those that concern a system")
    .option("--component <name>", "only those of a component, e.g. source:airline-feed")
    .option("--kind <kind>", kinds.join(", "), oneOf(kinds))
    .option("--from <time>", "first time", parseInstant)
    .option("--to <time>", "last time", parseInstant)
    .action((options: ListOptions) => listChanges(cli, options));
  remote(change.command("record"))
    .description("records a change, or those of a file")
    .option("--component <name>", "what changed, e.g. source:airline-feed, service:delay-api, library:numeric-runtime")
    .option("--kind <kind>", kinds.join(", "), oneOf(kinds))
    .option("--title <text>", "what was done")
    .option("--time <time>", "when it took effect (now, when absent)", parseInstant)
    .option("--actor <name>", "who did it")
    .option("--system <name>", "the only system it concerns")
    .option("--id <id>", "a name of your own: recording it again is the same change")
    .option("--file <path>", "YAML or JSON file of changes, or - for standard input")
    .action((options: RecordOptions) => recordChanges(cli, options));
}

async function listChanges(cli: Cli, options: ListOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const { system, from, to, component, kind } = options;
  const query = {
    ...(system === undefined ? {} : { system }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(component === undefined ? {} : { component }),
    ...(kind === undefined ? {} : { kind }),
  };
  const { items } = await client.call("changes", { query });
  cli.print(options, items, () => changesText(cli, items));
}

async function recordChanges(cli: Cli, options: RecordOptions): Promise<void> {
  const events = options.file === undefined ? [eventOf(cli, options)] : await readChanges(cli, options.file);
  const { client } = await connect(cli, options);
  const recorded: Change[] = [];
  for (const event of events) recorded.push(await client.call("recordChange", { body: event }));
  cli.print(options, recorded, () => changesText(cli, recorded));
}

function eventOf(cli: Cli, { id, component, kind, title, time, actor, system }: RecordOptions): ChangeEvent {
  if (component === undefined || kind === undefined || title === undefined) {
    throw new UsageError("a change needs --component, --kind and --title", "Or name a file of changes with --file.");
  }
  return {
    ...(id === undefined ? {} : { id }),
    component,
    kind,
    title,
    time: time ?? isoOf(cli.host.now()),
    ...(actor === undefined ? {} : { actor }),
    ...(system === undefined ? {} : { system }),
  };
}

function changesText(cli: Cli, changes: readonly Change[]): string {
  if (changes.length === 0)
    return "No changes are recorded. Record one with `homeostat change record`, or let your deploys tell theirs: `homeostat hooks create`.\n";
  return renderTable(
    [
      { head: "Took effect" },
      { head: "Component", wraps: true },
      { head: "Kind" },
      { head: "Title", wraps: true },
      { head: "By", wraps: true },
    ],
    changes.map((change) => [
      instantText(change.time),
      change.component,
      change.kind,
      change.title,
      change.actor ?? "not said",
    ]),
    cli.terminal,
  );
}
