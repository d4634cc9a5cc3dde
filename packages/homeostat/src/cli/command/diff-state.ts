import type { StateDifference } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { instantText } from "../format-value.ts";
import { parseInstant } from "../parse-argument.ts";
import { changesText } from "../source/contract-text.ts";
import { renderTable } from "../table.ts";

interface DiffOptions extends RemoteOptions {
  readonly from: string;
  readonly to?: string;
  readonly over?: string;
}

/** `homeostat diff-state`: what changed between then and now. */
export function addDiffState(program: Command, cli: Cli): void {
  remote(program.command("diff-state"))
    .summary("what changed between two times of everything the answers depended on")
    .description(
      "Release, model, dataset, baseline, pipeline, contract, declaration, the state that predictions told, and the change log upstream: what of it is not what it was.",
    )
    .argument("<system>", "name of the system")
    .requiredOption("--from <time>", "the first time", parseInstant)
    .option("--to <time>", "the second time (now, when absent)", parseInstant)
    .option("--over <duration>", "how much before each time is compared, e.g. PT6H (the system's window length)")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat diff-state flight-delay --from 2001-03-05T00:00:00Z --to 2001-03-07T00:00:00Z\n  homeostat diff-state support-bot --from 2026-03-01T00:00:00Z --over P1D --json\n",
    )
    .action((system: string, options: DiffOptions) => diffState(cli, system, options));
}

async function diffState(cli: Cli, system: string, options: DiffOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const query = {
    from: options.from,
    ...(options.to === undefined ? {} : { to: options.to }),
    ...(options.over === undefined ? {} : { over: options.over }),
  };
  const difference = await client.call("diffState", { path: { system }, query });
  cli.print(options, difference, () => differenceText(cli, difference));
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const orNone = (text: string | null): string => text ?? "none";

function differenceText(cli: Cli, difference: StateDifference): string {
  const { entries, contractChanges, predictions, changes } = difference;
  const span = `between ${instantText(difference.from)} and ${instantText(difference.to)}`;
  const contract =
    contractChanges.length === 0
      ? ""
      : `Contract of the source\n${changesText(
          cli,
          contractChanges.map((change) => ({ ...change, field: change.field ?? undefined })),
        )}`;
  const parts = [entryText(cli, difference), contract, shiftText(cli, predictions), changeText(cli, difference)];
  const isSame = entries.length === 0 && contract === "" && predictions.shifts.length === 0 && changes.length === 0;
  const head = isSame
    ? `Nothing changed ${span} of what ${difference.system} is known to depend on.\n`
    : `What changed ${span}\n\n`;
  return `${head}${parts.filter((part) => part !== "").join("\n")}`;
}

function entryText(cli: Cli, { entries }: StateDifference): string {
  if (entries.length === 0) return "";
  return renderTable(
    [
      { head: "Part" },
      { head: "What", wraps: true },
      { head: "Before", wraps: true },
      { head: "After", wraps: true },
      { head: "Changed" },
    ],
    entries.map((entry) => [
      entry.part,
      entry.what,
      orNone(entry.before),
      orNone(entry.after),
      entry.changedAt === null ? "unknown" : instantText(entry.changedAt),
    ]),
    cli.terminal,
  );
}

function shiftText(cli: Cli, predictions: StateDifference["predictions"]): string {
  const { before, after, shifts, notCompared } = predictions;
  if (before.rows === 0 || after.rows === 0)
    return `Predictions: not compared, there are ${before.rows} before and ${after.rows} after.\n`;
  const many = notCompared.map(({ key }) => key).join(", ");
  const rest = many === "" ? "" : `Too many values to compare one by one: ${many}.\n`;
  if (shifts.length === 0) return rest;
  const table = renderTable(
    [
      { head: "Predictions" },
      { head: "Value", wraps: true },
      { head: "Before", align: "right" },
      { head: "After", align: "right" },
      { head: "First seen" },
    ],
    shifts.map((shift) => [
      shift.key,
      shift.value,
      percent(shift.shareBefore),
      percent(shift.shareAfter),
      shift.kind === "gone" ? "gone" : shift.first === null ? "before" : instantText(shift.first),
    ]),
    cli.terminal,
  );
  return `${table}${rest}`;
}

function changeText(cli: Cli, { changes, changesElsewhere }: StateDifference): string {
  const elsewhere =
    changesElsewhere === 0 ? "" : `${changesElsewhere} logged changes are of components not upstream of the system.\n`;
  if (changes.length === 0) return elsewhere;
  const table = renderTable(
    [{ head: "Logged change" }, { head: "Component", wraps: true }, { head: "Kind" }, { head: "Title", wraps: true }],
    changes.map((change) => [instantText(change.time), change.component, change.kind, change.title]),
    cli.terminal,
  );
  return `${table}${elsewhere}`;
}
