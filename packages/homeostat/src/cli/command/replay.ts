import type { ChangeEvent } from "@homeostat/protocol";
import { type Command, InvalidArgumentError } from "commander";
import { type Cli, type Connection, connect, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import { countedText, countText, durationText, instantText } from "../format-value.ts";
import { oneOf, parseInstant, wholeNumber } from "../parse-argument.ts";
import { openFile, timeColumnOf } from "../private-engine.ts";
import { createProgress, type Progress } from "../progress.ts";
import { type Fault, type FaultKind, faultKinds, parseWhere } from "../replay/fault.ts";
import { type Assignment, parseAssignments } from "../replay/parse-assignments.ts";
import { readChanges } from "../replay/read-changes.ts";
import { createReplayTable, type ReplayOrder, type ReplayTable, type TaskType } from "../replay/replay-table.ts";
import { type DueChange, type ReplayResult, runReplay } from "../replay/run-replay.ts";
import { createByteSender } from "../send-bytes.ts";
import { renderTable } from "../table.ts";
import { CommandFailure, UsageError } from "../usage-error.ts";

interface Options extends RemoteOptions {
  readonly from: string;
  readonly since: string;
  readonly until: string;
  readonly timeColumn?: string;
  readonly inputs: readonly Assignment[];
  readonly outcome: string;
  readonly outcomeTime?: string;
  readonly id?: string;
  readonly changes?: readonly string[];
  readonly fault: FaultKind;
  readonly at?: string;
  readonly where?: Fault["where"];
  readonly faultColumn?: string;
  readonly faultHours: number;
  readonly batch: number;
  readonly concurrency: number;
  readonly speed?: number;
  readonly release?: string;
  readonly probability?: string;
  readonly value?: string;
  readonly class?: string;
  readonly confidence?: string;
}

const mostBatch = 10_000;
const mostConcurrency = 32;
// One at a time: requests that overtake each other would bring rows out of the order of their event time.
const usual = { batch: 5_000, concurrency: 1, faultHours: 8 };

/** `homeostat replay`: sends what happened once, in the order in which it happened. */
export function addReplay(program: Command, cli: Cli): void {
  const command = remote(program.command("replay"))
    .summary("send the rows of a file in the order of their time")
    .description(
      "Sends the rows of a file through the API as they would have come: predictions in the order of their time, each outcome when event time reaches the time it was known, and changes from the change log when event time passes them. Rows keep their ids from one replay to the next, so sending twice counts once.",
    )
    .argument("<system>", "name of the system")
    .requiredOption("--from <file>", "Parquet, CSV, TSV, JSON or Arrow file")
    .requiredOption("--since <time>", "first time of the rows", parseInstant)
    .requiredOption("--until <time>", "end of the rows, exclusive", parseInstant)
    .requiredOption("--inputs <list>", "field=SQL,… : the contract's fields in terms of the file's columns", (text) =>
      parseAssignments(text, "--inputs"),
    )
    .requiredOption(
      "--outcome <sql>",
      "the outcome over the file's columns: a condition; a number or a class, as the task is",
    )
    .option("--outcome-time <sql>", "when the outcome was known (the time of the row, when absent)")
    .option("--time-column <name>", "column with the time of the row (the only column of times, when absent)")
    .option("--id <sql>", "id of the prediction (its day and its place in the day, when absent)")
    .option("--changes <file...>", "YAML or JSON files of changes to tell when event time passes them")
    .option("--batch <n>", "rows in a request", wholeNumber(1, mostBatch), usual.batch)
    .option("--concurrency <n>", "requests on their way at once", wholeNumber(1, mostConcurrency), usual.concurrency)
    .option("--speed <factor>", "seconds of event time in a second, or max", parseSpeed)
    .optionsGroup("Predictions made elsewhere (monitor-only systems):")
    .option("--release <id>", "the release that made them")
    .option("--probability <sql>", "binary classification: their probability, over the file's columns")
    .option("--value <sql>", "regression: the value they predicted")
    .option("--class <sql>", "multiclass classification: the class they predicted")
    .option("--confidence <sql>", "with --class: how sure they were, from 0 to 1")
    .optionsGroup("Rehearsing an upstream fault:")
    .option("--fault <kind>", faultKinds.join(", "), oneOf(faultKinds), "none")
    .option("--at <time>", "from when on (the beginning, when absent)", parseInstant)
    .option("--where <condition>", "column=VALUE[,VALUE…]: which rows (all, when absent)", parseWhere)
    .option("--fault-column <name>", "column that is changed (the kind's usual one, when absent)")
    .option("--fault-hours <n>", "by how many hours time-zone shifts", wholeNumber(1, 24), usual.faultHours);
  command
    .addHelpText(
      "after",
      `
Example:
  homeostat replay flight-delay --from flights.parquet --since 2001-02-01 --until 2001-05-01 \\
    --inputs "departure=date,origin,destination,distance" --outcome "delay > 15" \\
    --outcome-time "date + toIntervalMinute(30 + distance / 8 + greatest(delay, 0))" \\
    --fault time-zone --at 2001-03-06 --where origin=LAX,SFO
  homeostat replay bike-demand --from hours.csv --since 2012-01-01 --until 2012-06-01 \\
    --inputs "hour,temperature" --outcome rentals --release 2011 --value predicted
`,
    )
    .action((system: string, options: Options) => replay(cli, system, options));
}

function parseSpeed(text: string): number | undefined {
  if (text === "max") return undefined;
  const speed = Number(text);
  if (!(speed > 0 && Number.isFinite(speed))) throw new InvalidArgumentError("It must be a positive number, or max.");
  return speed;
}

async function replay(cli: Cli, system: string, options: Options): Promise<void> {
  const connection = await connect(cli, options);
  const { serving, task } = await connection.client.call("system", { path: { system } });
  const changes = (await Promise.all((options.changes ?? []).map((path) => readChanges(cli, path)))).flat();
  const progress = createProgress(cli, "Replay");
  const file = await openFile(options.from);
  let ended: string | undefined = "failed";
  try {
    progress.update(0, `reading ${options.from}`);
    const order = orderOf(options, { serving, task }, timeColumnOf(file, options.timeColumn, undefined));
    const table = await createReplayTable(file, order);
    if (table.rows === 0)
      throw new CommandFailure(`${options.from} has no row from ${options.since} to ${options.until}`);
    if (table.untimed > 0) cli.terminal.stderr.write(`${countedText(table.untimed, "row")} without a time left out\n`);
    const result = await send(cli, connection, system, { options, table, changes, progress, serving });
    ended = `${countText(result.predictions.sent)} rows in ${durationText(result.tookMs)}`;
    progress.end(ended);
    cli.print(options, { ...result, untimed: table.untimed }, () => resultText(cli, result));
    if (result.predictions.refused > 0 || result.outcomes.refused > 0) cli.exitWith(exitCodes.refused);
  } catch (thrown) {
    progress.end(ended);
    throw thrown;
  } finally {
    await file.close();
  }
}

/** What a prediction made elsewhere must bring, and what it may bring. */
const outputsOfTask = {
  "binary-classification": { needed: "probability", others: [] },
  regression: { needed: "value", others: [] },
  "multiclass-classification": { needed: "class", others: ["confidence"] },
} as const;
const everyOutput = ["probability", "value", "class", "confidence"] as const;

function orderOf(
  options: Options,
  { serving, task }: { readonly serving: "gateway" | "monitor-only"; readonly task: TaskType },
  timeColumn: string,
): ReplayOrder {
  const elsewhere = serving === "gateway" ? undefined : elsewhereOf(options, task);
  return {
    since: options.since,
    until: options.until,
    timeColumn,
    inputs: options.inputs,
    outcome: options.outcome,
    outcomeTime: options.outcomeTime,
    id: options.id,
    fault: {
      kind: options.fault,
      column: options.faultColumn,
      at: options.at ?? options.since,
      where: options.where,
      hours: options.faultHours,
    },
    batchRows: options.batch,
    task,
    elsewhere,
  };
}

function elsewhereOf(options: Options, task: TaskType): ReplayOrder["elsewhere"] {
  const { release } = options;
  const { needed, others } = outputsOfTask[task];
  if (release === undefined || options[needed] === undefined)
    throw new UsageError(`predictions of a monitor-only system for ${task} need --release and --${needed}`);
  const taken: readonly string[] = [needed, ...others];
  const outputs = everyOutput.flatMap((name) => {
    const expression = options[name];
    if (expression === undefined) return [];
    if (!taken.includes(name)) throw new UsageError(`--${name} is nothing that a system for ${task} predicts`);
    return [{ name, expression }];
  });
  return { release, outputs };
}

interface Sending {
  readonly options: Options;
  readonly table: ReplayTable;
  readonly changes: readonly ChangeEvent[];
  readonly progress: Progress;
  readonly serving: "gateway" | "monitor-only";
}

async function send(cli: Cli, connection: Connection, system: string, sending: Sending): Promise<ReplayResult> {
  const { options, table, progress } = sending;
  const sender = createByteSender(connection, options.concurrency + 2);
  const due = sending.changes
    .map(
      (change): DueChange => ({
        title: change.title,
        timeMs: Date.parse(change.time),
        send: () => connection.client.call("recordChange", { body: change }),
      }),
    )
    .filter(({ timeMs }) => timeMs < Date.parse(options.until))
    .sort((left, right) => left.timeMs - right.timeMs);
  try {
    return await runReplay(sender, table, {
      system,
      by: sending.serving === "gateway" ? "gateway" : "sender",
      changes: due,
      concurrency: options.concurrency,
      batchRows: options.batch,
      speed: options.speed,
      now: cli.host.now,
      onProgress: ({ share, rows, rowsPerSecond, eventTime, waiting }) => {
        const day = new Date(eventTime).toISOString().slice(0, 10);
        progress.update(share, waiting ?? `${day}  ${countText(rows)} rows  ${countText(rowsPerSecond)} rows/s`);
      },
    });
  } finally {
    await sender.close();
  }
}

function resultText(cli: Cli, result: ReplayResult): string {
  const { predictions, outcomes, issues, fault } = result;
  const table = renderTable(
    [
      { head: "" },
      { head: "Sent", align: "right" },
      { head: "Accepted", align: "right" },
      { head: "Refused", align: "right" },
    ],
    [
      ["Predictions", countText(predictions.sent), countText(predictions.accepted), countText(predictions.refused)],
      ["Outcomes", countText(outcomes.sent), countText(outcomes.accepted), countText(outcomes.refused)],
    ],
    cli.terminal,
  );
  const lines = [`${countedText(result.changes, "change")} told, ${durationText(result.tookMs)} in all.`];
  if (predictions.degraded > 0)
    lines.push(`${countText(predictions.degraded)} predictions were answered by a fallback.`);
  if (fault !== null)
    lines.push(`The fault touched ${countText(fault.rows)} rows, the first of ${instantText(fault.firstEventTime)}.`);
  for (const { path, expected, found } of issues)
    lines.push(`Refused at ${path}: expected ${expected}, found ${found}.`);
  return `${table}${lines.join("\n")}\n`;
}
