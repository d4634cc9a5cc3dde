import type { Answer, SourceWindow } from "@homeostat/protocol";
import type { Command } from "commander";
import type { ContractChange } from "../../domain/contract/diff-contracts.ts";
import { isFailure, type RuleResult, worstFirst } from "../../domain/contract/judge-rules.ts";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import { countedText, countText, durationText, instantText, shareText, unknownMark } from "../format-value.ts";
import { parseInstant } from "../parse-argument.ts";
import { readSource } from "../read-source.ts";
import { renderFacts, renderTable } from "../table.ts";
import { changesText, resultsText } from "./contract-text.ts";

interface AddOptions extends RemoteOptions {
  readonly allowBreaking?: boolean;
}

interface RangeOptions extends RemoteOptions {
  readonly from?: string;
  readonly to?: string;
  readonly all?: boolean;
}

/** The subcommands of `homeostat source` that speak to a server. */
export function addLiveSource(source: Command, cli: Cli): void {
  remote(source.command("add"))
    .description("registers a version of a source's contract with the server")
    .argument("<contract>", "the contract, YAML, or - for standard input")
    .option("--allow-breaking", "register it even if it breaks systems; the change log says so")
    .action((path: string, options: AddOptions) => add(cli, path, options));
  remote(source.command("list"))
    .description("lists the sources that the server knows")
    .action((options: RemoteOptions) => list(cli, options));
  remote(source.command("show"))
    .description("shows a source: rules, what is not checked, versions, and how the last windows did")
    .argument("<source>", "id of the contract")
    .action((id: string, options: RemoteOptions) => show(cli, id, options));
}

const rangeQuery = ({ from, to }: RangeOptions): { from?: string; to?: string } => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
});

type Changes = Answer<"diffSource">["changes"];
const domainChanges = (changes: Changes): readonly ContractChange[] =>
  changes.map(({ field, ...change }) => ({ ...change, field: field ?? undefined }));

async function add(cli: Cli, path: string, options: AddOptions): Promise<void> {
  const text = await readSource(cli, path);
  const { client } = await connect(cli, options);
  const added = await client.call("addSource", {
    body: { path, text, allowBreaking: options.allowBreaking === true },
  });
  cli.print(options, added, () => {
    const { id, version, rules, unchecked } = added.source;
    const facts = `${countedText(rules, "rule")} enforced, ${unchecked} not checked`;
    if (!added.added) return `Nothing new: ${id} ${version} is registered already (${facts}).\n`;
    return `${added.changes.length === 0 ? "" : changesText(cli, domainChanges(added.changes))}Registered ${id} ${version}: ${facts}.\n`;
  });
}

async function list(cli: Cli, options: RemoteOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const { items } = await client.call("sources");
  cli.print(options, items, () =>
    items.length === 0
      ? "No sources yet. Register a contract with `homeostat source add FILE`, or apply a system that names one.\n"
      : renderTable(
          [
            { head: "Source" },
            { head: "Version" },
            { head: "Since" },
            { head: "Rules", align: "right" },
            { head: "Not checked", align: "right" },
            { head: "Read by", wraps: true },
          ],
          items.map((item) => [
            item.id,
            item.version,
            instantText(item.since),
            String(item.rules),
            String(item.unchecked),
            item.consumers.join(", ") || "no system",
          ]),
          cli.terminal,
        ),
  );
}

const windowsShown = 10;

async function show(cli: Cli, id: string, options: RemoteOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const path = { source: id };
  const [source, windows] = [await client.call("source", { path }), await client.call("sourceWindows", { path })];
  cli.print(options, { ...source, windows: windows.items, batches: windows.batches }, () => {
    const facts = renderFacts(
      [
        ["Source", `${source.source.id} ${source.source.version}, ${source.source.status}`],
        ["Since", instantText(source.source.since)],
        ["Read by", source.source.consumers.join(", ") || "no system"],
        ["Rules", countedText(source.rules.length, "rule")],
        ["Not checked", source.unchecked.join("; ") || "nothing"],
        [
          "Versions",
          source.versions
            .map((one) => `${one.version} (${instantText(one.since)}${one.breaking ? ", breaking" : ""})`)
            .join(", "),
        ],
      ],
      cli.terminal,
    );
    return `${facts}\n${windowsText(cli, windows.items)}`;
  });
}

function windowsText(cli: Cli, windows: readonly SourceWindow[]): string {
  if (windows.length === 0)
    return "No window was held to the contract yet: rows must arrive, and a window must be over.\n";
  const ms = (value: number | null): string => (value === null ? unknownMark : durationText(value));
  return renderTable(
    [
      { head: "Window" },
      { head: "System" },
      { head: "Rows", align: "right" },
      { head: "Whole", align: "right" },
      { head: "Fresh", align: "right" },
      { head: "Stored in", align: "right" },
      { head: "Broken", wraps: true },
    ],
    [...windows]
      .sort((left, right) => (left.start < right.start ? 1 : -1))
      .slice(0, windowsShown)
      .map((window) => [
        instantText(window.start),
        window.system,
        countText(window.health.rows),
        shareText(window.health.completeness),
        ms(window.health.freshnessMs),
        ms(window.health.processingMs),
        window.results
          .filter((result) => result.state === "failed")
          .map((result) => result.rule)
          .join(", "),
      ]),
    cli.terminal,
  );
}

const domainResult = (result: SourceWindow["results"][number]): RuleResult => ({
  ...result,
  field: result.field ?? undefined,
  reason: result.reason ?? undefined,
  counted: result.counted ?? undefined,
  share: result.share ?? undefined,
});

/** `source check SOURCE --live`: the rows that the server holds, now. */
export async function checkLive(cli: Cli, id: string, options: RangeOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const checked = await client.call("checkSource", { path: { source: id }, query: rangeQuery(options) });
  const windows = checked.items.map((item) => ({ ...item, results: worstFirst(item.results.map(domainResult)) }));
  cli.print(options, checked, () => {
    if (windows.length === 0) return `No system that reads ${id} has rows yet.\n`;
    const unchecked = checked.unchecked.map((what) => `${cli.terminal.colors.dim("Not checked:")} ${what}\n`).join("");
    return `${windows
      .map(
        (window) =>
          `${window.system}: ${countedText(window.health.rows, "row")} from ${instantText(window.start)} to ${instantText(window.end)}\n${resultsText(cli, window.results, options.all === true)}`,
      )
      .join("\n")}${unchecked}`;
  });
  if (windows.some((window) => isFailure(window.results))) cli.exitWith(exitCodes.found);
}

/** `source diff NEW --live`: against the version that the server has, with the systems that would break. */
export async function diffLive(cli: Cli, id: string, path: string, options: RemoteOptions): Promise<void> {
  const text = await readSource(cli, path);
  const { client } = await connect(cli, options);
  const { changes } = await client.call("diffSource", { path: { source: id }, body: { path, text } });
  cli.print(options, changes, () => changesText(cli, domainChanges(changes)));
  if (changes.some((change) => change.breaking)) cli.exitWith(exitCodes.found);
}

/** Options of a range of event time. */
export function withRange(command: Command): Command {
  return remote(command)
    .option("--from <time>", "with --live: first time of the events", parseInstant)
    .option("--to <time>", "with --live: end of the events", parseInstant);
}
