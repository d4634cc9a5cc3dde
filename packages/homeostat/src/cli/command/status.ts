import type { IntakeCounts, ServerStatus, SystemDetail, SystemSummary, WindowSummary } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, type Connection, connect, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import {
  bytesText,
  countedText,
  countText,
  durationText,
  instantText,
  shareText,
  unknownMark,
} from "../format-value.ts";
import { wholeNumber } from "../parse-argument.ts";
import { renderFacts, renderTable } from "../table.ts";
import { verdictText } from "../verdict-text.ts";

interface Options extends RemoteOptions {
  readonly windows: number;
  readonly exitCode?: boolean;
}

const mostWindows = 10_000;
const usualWindows = 10;

/** `homeostat status [system]`: how the server and its systems are. */
export function addStatus(program: Command, cli: Cli): void {
  remote(program.command("status"))
    .summary("how the server and its systems are")
    .description(
      "Without a system: the server and every system. With one: its release, rows, latest windows and what is not checked.",
    )
    .argument("[system]", "name of a system")
    .option("--windows <n>", "how many of the latest windows to show", wholeNumber(0, mostWindows), usualWindows)
    .option("--exit-code", "end with 4 when an incident is open")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat status\n  homeostat status flight-delay --windows 30\n  homeostat status --json | jq '.systems[].health'\n",
    )
    .action(async (system: string | undefined, options: Options) => {
      const connection = await connect(cli, options);
      const open =
        system === undefined
          ? await showAll(cli, connection, options)
          : await showOne(cli, connection, system, options);
      if (options.exitCode === true && open > 0) cli.exitWith(exitCodes.found);
    });
}

async function showAll(cli: Cli, { client }: Connection, options: Options): Promise<number> {
  const [server, { items }] = await Promise.all([client.call("status"), client.call("systems")]);
  cli.print(options, { server, systems: items }, () => serverText(cli, server) + systemsText(cli, items));
  return items.reduce((sum, each) => sum + each.openIncidents, 0);
}

async function showOne(cli: Cli, { client }: Connection, name: string, options: Options): Promise<number> {
  const path = { system: name };
  const [system, counts, { items }] = await Promise.all([
    client.call("system", { path }),
    client.call("counts", { path }),
    client.call("windows", { path }),
  ]);
  const windows = [...items].sort((left, right) => (left.start < right.start ? 1 : -1)).slice(0, options.windows);
  cli.print(options, { system, counts, windows }, () => systemText(cli, system, counts) + windowsText(cli, windows));
  return system.openIncidents;
}

function serverText(cli: Cli, server: ServerStatus): string {
  const unready = server.parts.filter((part) => !part.ready).map((part) => `${part.part}: ${part.detail}`);
  const { spool } = server;
  const waiting = spool.rows === 0 ? "nothing waiting" : `${countedText(spool.rows, "row")} waiting`;
  return renderFacts(
    [
      ["Server", `Homeostat ${server.version}, up ${durationText(cli.host.now() - Date.parse(server.startedAt))}`],
      ["Data", server.dataDirectory],
      ["Parts", unready.length === 0 ? "all ready" : cli.terminal.colors.red(unready.join("; "))],
      ["Spool", `${waiting}, ${bytesText(spool.bytes)} of ${bytesText(spool.limitBytes)}`],
      ...server.gaps.map((gap): [string, string] => ["Not taken", cli.terminal.colors.red(gapText(gap))]),
      ...server.clockSkew
        .filter((skew) => Math.abs(skew.aheadMs) >= shownSkewMs)
        .map((skew): [string, string] => ["Clock", skewText(skew)]),
      ...spool.damage.map((text): [string, string] => ["Damage", cli.terminal.colors.red(text)]),
      ["Memory", `${bytesText(server.memoryBytes)} without the engine`],
    ],
    cli.terminal,
  );
}

/** Less than this is the network's time and the header's resolution. */
const shownSkewMs = 2_000;

const gapWords: Readonly<Record<IntakeCounts["gaps"][number]["kind"], string>> = {
  "spool-full": "refused while the spool was full",
  "spool-old": "refused while the spool held rows that were too old",
  "spool-unwritable": "refused while the spool could not be written",
  "not-logged": "answered by the gateway and not written down",
  "file-lost": "acknowledged, and lost with a file that is gone from the spool",
  "quarantine-full": "refused, and not kept because the quarantine was full",
};

function gapText(gap: IntakeCounts["gaps"][number] & { readonly system?: string }): string {
  const where = gap.system === undefined ? "" : `${gap.system}: `;
  return `${where}${countedText(gap.rows, "row")} ${gapWords[gap.kind]}, last ${instantText(gap.lastAt)}`;
}

function skewText(skew: ServerStatus["clockSkew"][number]): string {
  const where = skew.basis === "date-header" ? "by its Date header" : "by the time of its events";
  const way = skew.aheadMs > 0 ? "ahead" : "behind";
  return `${skew.caller} is ${durationText(Math.abs(skew.aheadMs))} ${way} of the server ${where}`;
}

function systemsText(cli: Cli, systems: readonly SystemSummary[]): string {
  if (systems.length === 0) return "\nNo systems yet. Declare one and run `homeostat apply DIR`.\n";
  const table = renderTable(
    [
      { head: "System" },
      { head: "Health" },
      { head: "Release", align: "right" },
      { head: "Open incidents", align: "right" },
      { head: "Rows", align: "right" },
      { head: "With outcome", align: "right" },
      { head: "Latest event" },
    ],
    systems.map((system) => [
      system.name,
      verdictText(system.health, cli.terminal.colors),
      system.liveRelease === null ? "none" : String(system.liveRelease.number),
      countText(system.openIncidents),
      countText(system.rows),
      shareText(system.rows === 0 ? null : system.labelledRows / system.rows, "no rows"),
      system.lastEventAt === null ? "none yet" : instantText(system.lastEventAt),
    ]),
    cli.terminal,
  );
  return `\n${table}`;
}

function systemText(cli: Cli, system: SystemDetail, counts: IntakeCounts): string {
  const { colors } = cli.terminal;
  const live = system.liveRelease;
  const release =
    live === null
      ? "none: no model is live yet"
      : `${live.number} (${live.id}), live since ${instantText(live.liveSince)}`;
  const intake = (part: IntakeCounts["predictions"]): string =>
    `${countText(part.acknowledged)} acknowledged, ${countText(part.stored)} stored, ${countText(part.pendingInSpool)} on the way${part.duplicates === 0 ? "" : `, ${countText(part.duplicates)} sent twice`}`;
  return renderFacts(
    [
      ["System", `${colors.bold(system.name)}${system.description === "" ? "" : `: ${system.description}`}`],
      ["Serving", system.serving === "gateway" ? "answered by the gateway" : "monitored only"],
      ["Health", verdictText(system.health, colors)],
      ["Incidents", system.openIncidents === 0 ? "none open" : colors.red(`${countText(system.openIncidents)} open`)],
      ["Release", release],
      ["Predictions", intake(counts.predictions)],
      ["Outcomes", `${intake(counts.outcomes)}; ${countText(counts.outcomesWaiting)} waiting for their prediction`],
      ["Quarantine", quarantineText(counts)],
      ...(counts.inferenceHalves === 0
        ? []
        : [["Inferences", `${countText(counts.inferenceHalves)} halves wait for the other one`] as [string, string]]),
      ...counts.gaps.map((gap): [string, string] => ["Not taken", colors.red(gapText(gap))]),
      ["Joined", `${countText(counts.joined)} predictions have an outcome`],
      [
        "Windows",
        `${durationText(system.windows.lengthMs)} long, open ${durationText(system.windows.latenessMs)} for late rows, season ${system.windows.season}`,
      ],
      ["Features", system.features.map((feature) => feature.name).join(", ")],
      ["Segments", system.segments.length === 0 ? "none" : system.segments.map((segment) => segment.name).join(", ")],
      [
        "Not checked",
        system.unchecked.length === 0 ? "nothing declared is left unchecked" : system.unchecked.join("; "),
      ],
    ],
    cli.terminal,
  );
}

function quarantineText({ quarantined, quarantinePending }: IntakeCounts): string {
  if (quarantined + quarantinePending === 0) return "empty";
  const waiting = quarantinePending === 0 ? "" : `, ${countText(quarantinePending)} on the way`;
  return `${countedText(quarantined, "row")} could not be stored${waiting}: homeostat quarantine list`;
}

/** Whether monitors or contract have said something of it. */
const isKnown = ({ state, contract, verdict }: WindowSummary): boolean =>
  state === "evaluated" || verdict !== "not-checked" || contract.verdict !== "not-checked";

function contractText(cli: Cli, { contract }: WindowSummary): string {
  const { verdict, broken, notChecked } = contract;
  const parts = [
    ...(broken === 0 ? [] : [`${broken} broken`]),
    ...(notChecked === 0 || verdict === "not-checked" ? [] : [`${notChecked} not checked`]),
  ];
  const state = verdictText(verdict, cli.terminal.colors);
  return parts.length === 0 ? state : `${state}, ${parts.join(", ")}`;
}

function windowsText(cli: Cli, windows: readonly WindowSummary[]): string {
  if (windows.length === 0) return "\nNo windows: no rows have arrived.\n";
  const table = renderTable(
    [
      { head: "Window" },
      { head: "State" },
      { head: "Verdict" },
      { head: "Contract" },
      { head: "Rows", align: "right" },
      { head: "With outcome", align: "right" },
      { head: "Findings", align: "right" },
    ],
    windows.map((window) => [
      instantText(window.start),
      window.state === "evaluated" && !window.current ? "evaluated, again soon" : window.state,
      isKnown(window) ? verdictText(window.verdict, cli.terminal.colors) : `${unknownMark} not evaluated`,
      contractText(cli, window),
      countText(window.rows),
      shareText(window.labelCoverage, `${unknownMark} ${window.state === "evaluated" ? "no rows" : "not counted"}`),
      isKnown(window) ? countText(window.findings) : unknownMark,
    ]),
    cli.terminal,
  );
  return `\n${table}`;
}
