import type {
  OnCallAnswer,
  OncallOverride,
  PagingSimulation,
  ScheduleCalendar,
  ScheduleSummary,
} from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import { countedText, durationText, instantText } from "../format-value.ts";
import { oneOf, parseInstant } from "../parse-argument.ts";
import { renderTable } from "../table.ts";
import { UsageError } from "../usage-error.ts";

interface ShowOptions extends RemoteOptions {
  readonly from?: string;
  readonly to?: string;
  readonly exitCode?: boolean;
}

interface WhoOptions extends RemoteOptions {
  readonly at?: string;
  readonly schedule?: string;
  readonly exitCode?: boolean;
}

interface OverrideOptions extends RemoteOptions {
  readonly from: string;
  readonly to: string;
  readonly instead?: string;
  readonly reason?: string;
}

interface SwapOptions extends RemoteOptions {
  readonly first: string;
  readonly second: string;
  readonly reason?: string;
}

const areas = ["training-pipeline", "serving", "upstream-data", "production-performance", "business"] as const;

interface SimulateOptions extends RemoteOptions {
  readonly area?: (typeof areas)[number];
  readonly severity?: "warning" | "critical";
  readonly label?: readonly string[];
  readonly at?: string;
}

/** `homeostat oncall`: who is on call, and who would be told. */
export function addOncall(program: Command, cli: Cli): void {
  const oncall = program
    .command("oncall")
    .summary("see who is on call, change it, and try who would be told")
    .description(
      "Schedules are declared in documents of kind Schedule beside the systems; this looks at them and changes days.",
    )
    .addHelpText(
      "after",
      '\nExamples:\n  homeostat oncall show\n  homeostat oncall who --at 2026-12-24T20:00:00Z\n  homeostat oncall override data-weekly ben \\\n    --from 2026-12-24 --to 2026-12-25 --reason "anna travels"\n  homeostat oncall simulate flight-delay --label segment.origin=JFK\n',
    );
  remote(oncall.command("show", { isDefault: true }))
    .description("lists schedules with their gaps in the next 52 weeks, or shows one schedule's shifts")
    .argument("[schedule]", "name of a schedule")
    .option("--from <instant>", "begin of the stretch; now, when absent", parseInstant)
    .option("--to <instant>", "end of the stretch; four weeks later, when absent", parseInstant)
    .option("--exit-code", "end with 4 when there is a gap")
    .addHelpText("after", "\nExample:\n  homeostat oncall show data-weekly --from 2026-12-01 --exit-code\n")
    .action((schedule: string | undefined, options: ShowOptions) =>
      schedule === undefined ? showAll(cli, options) : showOne(cli, schedule, options),
    );
  remote(oncall.command("who"))
    .description("says who is on call, per schedule and layer, and why")
    .option("--at <instant>", "at that time; now, when absent", parseInstant)
    .option("--schedule <name>", "only of one schedule")
    .option("--exit-code", "end with 4 when a schedule has nobody")
    .addHelpText("after", "\nExample:\n  homeostat oncall who --at 2026-12-24T20:00:00Z\n")
    .action((options: WhoOptions) => who(cli, options));
  remote(oncall.command("override"))
    .description("lets somebody stand in; or takes that back")
    .argument("<schedule>", "name of the schedule, or `remove`")
    .argument("<who>", "who stands in; with `remove`, the id of the override or swap")
    .option("--from <instant>", "begin", parseInstant)
    .option("--to <instant>", "end (excluded)", parseInstant)
    .option("--instead <person>", "only for this person's hours")
    .option("--reason <text>", "why")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat oncall override data-weekly ben --from 2026-12-24 --to 2026-12-25\n  homeostat oncall override remove override-0123456789abcdef\n",
    )
    .action((schedule: string, person: string, options: Partial<OverrideOptions>) =>
      schedule === "remove" ? removeOverride(cli, person, options) : override(cli, schedule, person, options),
    );
  remote(oncall.command("swap"))
    .description("lets two people take each other's hours")
    .argument("<schedule>", "name of the schedule")
    .requiredOption("--first <person@from/to>", "whose hours the second one takes")
    .requiredOption("--second <person@from/to>", "whose hours the first one takes in return")
    .option("--reason <text>", "why")
    .addHelpText(
      "after",
      "\nExample:\n  homeostat oncall swap data-weekly \\\n    --first anna@2026-12-21/2026-12-28 --second ben@2026-12-28/2027-01-04\n",
    )
    .action((schedule: string, options: SwapOptions) => swap(cli, schedule, options));
  remote(oncall.command("simulate"))
    .description("says who would be told of an alert, when, how and why, if nobody answered; sends nothing")
    .argument("<system>", "name of the system")
    .option("--area <area>", areas.join(", "), oneOf(areas), "upstream-data")
    .option("--severity <severity>", "warning or critical", oneOf(["warning", "critical"]), "critical")
    .option(
      "--label <name=value>",
      "a further label, e.g. segment.origin=JFK or monitor=contract; may stand several times",
      collect,
    )
    .option("--at <instant>", "at that time; now, when absent", parseInstant)
    .addHelpText("after", "\nExample:\n  homeostat oncall simulate flight-delay --area serving --at 2026-12-25\n")
    .action((system: string, options: SimulateOptions) => simulate(cli, system, options));
}

const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), text];
const peopleText = (people: readonly string[]): string => (people.length === 0 ? "nobody" : people.join(", "));
const fourWeeksMs = 28 * 24 * 3_600_000;
const given = <T extends object>(parts: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as T;

async function showAll(cli: Cli, options: ShowOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const { items } = await client.call("schedules");
  cli.print(options, items, () => schedulesText(cli, items));
  if (options.exitCode === true && items.some(({ gaps }) => gaps > 0)) cli.exitWith(exitCodes.found);
}

function schedulesText(cli: Cli, schedules: readonly ScheduleSummary[]): string {
  if (schedules.length === 0)
    return "No schedules. Declare one in a document of kind Schedule beside your systems and apply it; docs/oncall.md shows how.\n";
  return renderTable(
    [
      { head: "Schedule" },
      { head: "Zone" },
      { head: "On call now", wraps: true },
      { head: "Gaps in the next 52 weeks", wraps: true },
    ],
    schedules.map(({ name, zone, onCall, gaps, firstGap }) => [
      name,
      zone,
      peopleText(onCall),
      firstGap === null
        ? "none"
        : `${gaps}, the first from ${instantText(firstGap.from)} to ${instantText(firstGap.to)}`,
    ]),
    cli.terminal,
  );
}

async function showOne(cli: Cli, schedule: string, options: ShowOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const from = options.from ?? new Date(cli.host.now()).toISOString();
  const to = options.to ?? new Date(Date.parse(from) + fourWeeksMs).toISOString();
  const calendar = await client.call("schedule", { path: { schedule }, query: { from, to } });
  cli.print(options, calendar, () => calendarText(cli, calendar));
  if (options.exitCode === true && calendar.gaps.length > 0) cli.exitWith(exitCodes.found);
}

function calendarText(cli: Cli, calendar: ScheduleCalendar): string {
  const shifts = renderTable(
    [{ head: "From" }, { head: "To" }, { head: "On call" }, { head: "By", wraps: true }],
    calendar.shifts.map(({ from, to, people, source }) => [
      instantText(from),
      instantText(to),
      people.length === 0 ? cli.terminal.colors.yellow("nobody") : people.join(", "),
      source.kind === "nobody" ? "" : `${source.kind} ${source.name}`,
    ]),
    cli.terminal,
  );
  const load = calendar.load.map(({ person, hours }) => `${person} ${Math.round(hours)} h`).join(", ");
  const gaps =
    calendar.gaps.length === 0
      ? "No gaps."
      : `${countedText(calendar.gaps.length, "gap")}: nobody is on call for ${Math.round((1 - calendar.covered) * 100)} % of the time.`;
  const made = calendar.overrides.filter(({ by }) => by !== "declared").map(overrideText);
  return `${shifts}${gaps} ${load === "" ? "" : `Hours: ${load}. `}Zone of the schedule: ${calendar.zone}.\n${made.join("")}`;
}

function overrideText({ id, schedule, person, instead, from, to, reason, swap }: OncallOverride): string {
  const whom = instead === null ? "whoever is on call" : instead;
  const why = reason === "" ? "" : `: ${reason}`;
  return `${person} stands in for ${whom} in ${schedule} from ${instantText(from)} to ${instantText(to)}${why} (${swap ?? id}).\n`;
}

async function who(cli: Cli, options: WhoOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const query = given<{ at: string; schedule: string }>({ at: options.at, schedule: options.schedule });
  const { items } = await client.call("whoIsOnCall", { query });
  cli.print(options, items, () => whoText(cli, items));
  if (options.exitCode === true && items.some(({ people }) => people.length === 0)) cli.exitWith(exitCodes.found);
}

function whoText(cli: Cli, answers: readonly OnCallAnswer[]): string {
  if (answers.length === 0) return "No schedules, so nobody is on call: alerts go to the channels of their systems.\n";
  return renderTable(
    [{ head: "Schedule" }, { head: "On call" }, { head: "Why", wraps: true }, { head: "Layers", wraps: true }],
    answers.map(({ schedule, people, why, layers }) => [
      schedule,
      peopleText(people),
      why,
      layers
        .map(
          ({ layer, state, people: own }) =>
            `${layer}: ${own.length > 0 ? own.join(", ") : state.replaceAll("-", " ")}`,
        )
        .join("; "),
    ]),
    cli.terminal,
  );
}

async function override(cli: Cli, schedule: string, person: string, options: Partial<OverrideOptions>): Promise<void> {
  const { from, to, instead, reason } = options;
  if (from === undefined || to === undefined)
    throw new UsageError("an override needs --from and --to", "Write both as instants, 2026-12-24T08:00:00Z.");
  const { client } = await connect(cli, options);
  const body = { person, from, to, ...given<{ instead: string; reason: string }>({ instead, reason }) };
  const made = await client.call("addOverride", { path: { schedule }, body });
  cli.print(options, made, () => overrideText(made));
}

async function removeOverride(cli: Cli, id: string, options: RemoteOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const { items } = await client.call("removeOverride", { path: { override: id } });
  cli.print(options, items, () => `Taken back:\n${items.map(overrideText).join("")}`);
}

async function swap(cli: Cli, schedule: string, options: SwapOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const body = {
    first: halfOf("--first", options.first),
    second: halfOf("--second", options.second),
    ...given<{ reason: string }>({ reason: options.reason }),
  };
  const { items } = await client.call("addSwap", { path: { schedule }, body });
  cli.print(options, items, () => items.map(overrideText).join(""));
}

function halfOf(option: string, text: string): { readonly person: string; readonly from: string; readonly to: string } {
  const [, person, from, to] = /^([^@]+)@([^/]+)\/(.+)$/.exec(text) ?? [];
  if (person === undefined || from === undefined || to === undefined)
    throw new UsageError(
      `${option} ${JSON.stringify(text)} cannot be used`,
      "Write person@from/to, e.g. anna@2026-12-21T08:00:00Z/2026-12-28T08:00:00Z.",
    );
  return { person, from: parseInstant(from), to: parseInstant(to) };
}

async function simulate(cli: Cli, system: string, options: SimulateOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const labels = Object.fromEntries((options.label ?? []).map(labelOf));
  const body = {
    system,
    labels,
    ...given<{ area: (typeof areas)[number]; severity: "warning" | "critical"; at: string }>({
      area: options.area,
      severity: options.severity,
      at: options.at,
    }),
  };
  const simulation = await client.call("simulatePaging", { body });
  cli.print(options, simulation, () => simulationText(cli, simulation));
}

function labelOf(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new UsageError(`--label ${JSON.stringify(text)} cannot be used`, "Write name=value.");
  return [text.slice(0, at), text.slice(at + 1)];
}

function simulationText(cli: Cli, { mutedBy, paths, at, system }: PagingSimulation): string {
  if (mutedBy !== null) return `Nobody would be told at ${instantText(at)}: ${mutedBy}.\n`;
  const told = paths.map(({ policy, why, pages, notes }) => {
    const table = renderTable(
      [{ head: "After" }, { head: "Who" }, { head: "How" }, { head: "What" }, { head: "Why", wraps: true }],
      pages.map((page) => [
        durationText(page.afterMs),
        page.person ?? "the channel",
        page.channel,
        page.kind,
        page.why,
      ]),
      cli.terminal,
    );
    const remarks = notes.map(({ text }) => `${text}\n`).join("");
    return `By ${policy}: ${why}.\n${pages.length === 0 ? "Nobody is told.\n" : table}${remarks}`;
  });
  return `If ${system} raised this alert at ${instantText(at)} and nobody answered:\n\n${told.join("\n")}Nothing was sent.\n`;
}
