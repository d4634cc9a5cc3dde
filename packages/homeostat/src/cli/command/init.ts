import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { isoOf } from "../../domain/instant.ts";
import type { ColumnFacts } from "../../domain/table/column-facts.ts";
import { planWindows, type TaskPlan, taskOf, type WindowPlan } from "../../domain/table/plan-system.ts";
import type { TableRoles, ToldRoles } from "../../domain/table/recognise-roles.ts";
import { sqlName } from "../../engine/quote-sql.ts";
import { personAt } from "../ask-person.ts";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import { followJob } from "../follow-job.ts";
import { countedText, countText, durationText as durationWords, instantText } from "../format-value.ts";
import { backfill } from "../init/backfill.ts";
import { contractOf, declareSystem, durationText, type SystemDraft } from "../init/declare-system.ts";
import { createInitTable, type InitTable } from "../init/init-table.ts";
import { settleRoles } from "../init/settle-roles.ts";
import { timeSqlOf } from "../init/time-sql.ts";
import { parseInstant } from "../parse-argument.ts";
import { type OpenedFile, openFile } from "../private-engine.ts";
import { createProgress } from "../progress.ts";
import { readDeclarations } from "../read-declarations.ts";
import { inferFromFiles } from "../source/infer-files.ts";
import { openPart, startPrivateEngine } from "../source/open-data.ts";
import { renderFacts } from "../table.ts";
import { columnFactsOf } from "../table-file/column-facts.ts";
import { type WorkingTable, workingTableOf } from "../table-file/working-table.ts";
import { CommandFailure, UsageError } from "../usage-error.ts";

interface Options extends RemoteOptions {
  readonly from: string;
  readonly name?: string;
  readonly out?: string;
  readonly time?: string;
  readonly id?: string;
  readonly entity?: string;
  readonly score?: string | false;
  readonly prediction?: string | false;
  readonly outcome?: string | false;
  readonly segment?: readonly string[];
  readonly segments: boolean;
  readonly positive?: string;
  readonly unit: string;
  readonly release: string;
  readonly owner: string;
  readonly window?: number;
  readonly baselineUntil?: string;
  readonly apply: boolean;
  readonly force?: boolean;
}

/** `homeostat init`: from a table to a system under care. */
export function addInit(program: Command, cli: Cli): void {
  const command = remote(program.command("init"))
    .summary("make a system from a table of yours, and put it under care")
    .description(
      "Looks at a table of predictions made so far: recognises time, id, entity, prediction, outcome and segments, asks about what it cannot tell, writes the declarations of a system, applies them, sends the table as history, and freezes the first half as the baseline.",
    )
    .requiredOption("--from <path>", "a file, a directory or a pattern: Parquet, CSV, TSV, JSON or Arrow")
    .option("--name <name>", "name of the system (from the file, when absent)", parseName)
    .option("--out <dir>", "where the declarations are written (./systems/NAME, when absent)")
    .optionsGroup("What the columns are (recognised, when absent):")
    .option("--time <column>", "time of the row: a column, or an SQL expression over the columns")
    .option("--id <column>", "id of the prediction")
    .option("--entity <column>", "id of the person or thing that a row is about")
    .option("--score <column>", "the model's probability")
    .option("--no-score", "there is none")
    .option("--prediction <column>", "the model's answer: a class or a number")
    .option("--no-prediction", "there is none")
    .option("--outcome <column>", "what turned out to be true")
    .option("--no-outcome", "there is none yet")
    .option("--segment <column...>", "watch every value of these columns")
    .option("--no-segments", "watch all rows only")
    .option("--positive <value>", "the outcome that counts as positive")
    .optionsGroup("The system:")
    .option("--unit <words>", "unit of a predicted number", "units")
    .option("--release <id>", "what the release that made the predictions is called", "history")
    .option("--owner <name>", "who answers for it", parseName, "team")
    .option("--window <length>", "length of a window, e.g. 6h or 1d (from the traffic, when absent)", parseLength)
    .option("--baseline-until <time>", "end of what was normal (half of the history, when absent)", parseInstant)
    .option("--no-apply", "write the declarations and stop")
    .option("--force", "write over declarations that are there already");
  command
    .addHelpText(
      "after",
      `
Examples:
  homeostat init --from scored/2026/
  homeostat init --from loans.csv --name loans --outcome defaulted --score p_default --segment region
  homeostat init --from employment.parquet --time "makeDate(year, 1, 1)" --no-apply
`,
    )
    .action((options: Options) => init(cli, options));
}

function parseName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError("Lower-case letters, digits and '-', beginning with a letter.");
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function parseLength(text: string): number {
  const [, number = "", unit = ""] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const length = Number(number) * (units[unit] ?? 0);
  if (!(length > 0)) throw new InvalidArgumentError("A number of minutes, hours or days: 30m, 6h, 7d.");
  return length;
}

async function init(cli: Cli, options: Options): Promise<void> {
  const name = options.name ?? nameFrom(options.from);
  const progress = createProgress(cli, "Looking");
  const file = await openFile(options.from);
  try {
    const found = await lookAt(cli, file, options, name, (share, note) => progress.update(share, note));
    progress.end(`${countedText(found.table.rows, "row")} understood`);
    const directory = options.out ?? join("systems", name);
    await writeDeclarations(directory, declareSystem(found.draft), options.force === true);
    cli.terminal.stderr.write(foundText(cli, found, directory));
    const done = options.apply ? await putUnderCare(cli, options, found, directory) : undefined;
    cli.print(options, { system: name, directory, ...machineOf(found), ...done }, () =>
      nextText(cli, found, directory, done !== undefined),
    );
  } catch (thrown) {
    progress.end();
    throw thrown;
  } finally {
    await file.close();
  }
}

interface Found {
  readonly draft: SystemDraft;
  readonly table: InitTable | EmptyHistory;
  readonly windows: WindowPlan;
  readonly task: TaskPlan;
  readonly roles: TableRoles;
}

/** A table without answers of a model has rows and times, and nothing to send. */
type EmptyHistory = Pick<InitTable, "rows" | "from" | "to" | "leftOut" | "outcomes">;

function nameFrom(path: string): string {
  const plain = basename(path)
    .toLowerCase()
    .replace(/\..*$/, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "")
    .slice(0, 40);
  if (plain !== "") return plain;
  throw new UsageError(`no name can be made of ${path}`, "Give one with --name.");
}

function toldBy(options: Options, file: OpenedFile): ToldRoles {
  const names = new Set(file.columns.map(({ name }) => name));
  const columnOf = (role: string, value: string | false | undefined): string | null | undefined => {
    if (value === false) return null;
    if (value === undefined || names.has(value)) return value;
    throw new UsageError(`--${role}: ${file.path} has no column ${value}`, `The columns are ${[...names].join(", ")}.`);
  };
  for (const name of options.segment ?? []) columnOf("segment", name);
  return {
    // An expression for the time is no column: then none is one.
    time: options.time === undefined || names.has(options.time) ? options.time : null,
    id: columnOf("id", options.id),
    entity: columnOf("entity", options.entity),
    score: columnOf("score", options.score),
    prediction: columnOf("prediction", options.prediction),
    outcome: columnOf("outcome", options.outcome),
    segments: options.segments ? options.segment : [],
  };
}

async function lookAt(
  cli: Cli,
  file: OpenedFile,
  options: Options,
  name: string,
  tell: (share: number, note: string) => void,
): Promise<Found> {
  tell(0, "reading the table");
  const table = await workingTableOf(file, "homeostat_table");
  if (table.rows === 0) throw new CommandFailure(`${options.from} has no rows`);
  const facts = await columnFactsOf(file, table.from);
  const roles = await settleRoles(options.from, facts, toldBy(options, file), personAt(cli));
  const task = taskOf(facts, roles);
  const outcome = facts.find((column) => column.name === roles.outcome);
  requireUse(options.from, task, outcome);
  tell(0.3, "inferring the contract");
  const contract = contractOf(await inferContract(file, name, tell), roles, task);
  const timeSql = await timeSqlFor(file, facts, roles, options.time);
  const positive =
    task.type === "binary-classification" || task.type === "no-prediction"
      ? (options.positive ?? (await positiveOf(table, outcome)))
      : undefined;
  tell(0.8, "ordering the rows");
  const history =
    task.type === "no-prediction"
      ? await spanOf(table, timeSql)
      : await createInitTable({ table, facts, roles, task, contract, timeSql, release: options.release, positive });
  if (history.rows === 0)
    throw new CommandFailure(
      `${options.from} has no row with a time${task.type === "no-prediction" ? "" : " and a prediction"}`,
    );
  const windows = windowsOf(
    options,
    history,
    facts.find((column) => column.name === roles.time),
    roles.hour,
  );
  const draft: SystemDraft = {
    ...{ name, owner: options.owner, facts, roles, task, windows, contract, positive },
    ...{ unit: options.unit, from: basename(options.from) },
  };
  return { draft, table: history, windows, task, roles };
}

function requireUse(path: string, task: TaskPlan, outcome: ColumnFacts | undefined): void {
  if (task.type !== "no-prediction") return;
  if (outcome?.distinct === 2) return;
  throw new UsageError(
    `${path} has no column that is clearly a prediction${outcome === undefined ? ", and none that is an outcome" : ""}`,
    "Name it with --score (a probability) or --prediction (a class or a number); or name a yes/no --outcome, and a model can be trained on it.",
  );
}

async function inferContract(file: OpenedFile, name: string, tell: (share: number, note: string) => void) {
  const engine = await startPrivateEngine(file.files.paths);
  try {
    const parts = [];
    for (const path of file.files.paths) parts.push(await openPart(engine, path));
    return await inferFromFiles(engine, parts, `${name}-feed`, (done, of) =>
      tell(0.3 + (0.4 * done) / of, `inferring the contract, ${done} of ${of} columns`),
    );
  } finally {
    await engine.close();
  }
}

async function timeSqlFor(
  file: OpenedFile,
  facts: readonly ColumnFacts[],
  roles: TableRoles,
  told: string | undefined,
): Promise<string> {
  const column = facts.find(({ name }) => name === roles.time);
  if (column !== undefined) return timeSqlOf(column, roles.hour);
  const { expression, resultType } = await file.check(told ?? "", "--time");
  if (!/Date/.test(resultType))
    throw new UsageError(`--time gives ${resultType}`, 'It must be a time, e.g. "makeDate(year, 1, 1)".');
  return `toDateTime64((${expression}), 3, 'UTC')`;
}

const usualPositives = ["1", "true", "yes", "y", "t", "positive"];

/** The value of a two-valued outcome that is called positive: as people usually write it, else the rarer one. */
async function positiveOf({ file, from }: WorkingTable, outcome: ColumnFacts | undefined): Promise<string | undefined> {
  if (outcome === undefined) return undefined;
  const column = sqlName(outcome.name);
  const number = outcome.kind === "whole" || outcome.kind === "fraction";
  const text = number ? `toString(toFloat64(${column}))` : `lower(toString(${column}))`;
  const answer = await file.query(
    `SELECT ${text} AS homeostat_y FROM ${from} WHERE isNotNull(${column}) GROUP BY homeostat_y ORDER BY count(), homeostat_y LIMIT 3`,
  );
  const values = answer.toString("utf8").split("\n").filter(Boolean);
  return values.find((value) => usualPositives.includes(value)) ?? values[0];
}

async function spanOf({ file, from, rows }: WorkingTable, timeSql: string): Promise<EmptyHistory> {
  const answer = await file.query(
    `SELECT count(homeostat_t), toUnixTimestamp64Milli(min(homeostat_t)), toUnixTimestamp64Milli(max(homeostat_t)) FROM (SELECT ${timeSql} AS homeostat_t FROM ${from})`,
  );
  const [timed = 0, first = 0, last = 0] = answer.toString("utf8").trim().split("\t").map(Number);
  return { rows: timed, from: first, to: last, leftOut: rows - timed, outcomes: 0 };
}

function windowsOf(
  options: Options,
  history: EmptyHistory,
  time: ColumnFacts | undefined,
  hour: string | undefined,
): WindowPlan {
  const planned = planWindows({
    ...{ rows: history.rows, from: history.from, to: history.to },
    wholeDays: time?.wholeDays === true && hour === undefined,
    baselineUntil: options.baselineUntil === undefined ? undefined : Date.parse(options.baselineUntil),
    lengthMs: options.window,
  });
  if (planned.kind === "planned") return planned.plan;
  throw new UsageError(
    `${options.from} spans ${countedText(planned.windows, "window")}; a baseline needs at least eight`,
    "Give a shorter --window, or a longer history: eight windows tell how much healthy ones differ.",
  );
}

async function writeDeclarations(
  directory: string,
  files: Readonly<Record<string, string>>,
  force: boolean,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    const before = await readFile(path, "utf8").catch(() => undefined);
    if (before !== undefined && before !== text && !force)
      throw new UsageError(
        `${path} is there already and says something else`,
        "Write over it with --force, or choose another --out.",
      );
    await writeFile(path, text);
  }
}

async function putUnderCare(
  cli: Cli,
  options: Options,
  { draft, table, windows }: Found,
  directory: string,
): Promise<{ readonly sent: Awaited<ReturnType<typeof backfill>> | undefined }> {
  const connection = await connect(cli, options);
  const { bundle } = await readDeclarations([directory]);
  await connection.client.call("apply", { body: bundle });
  if (!("predictions" in table)) return { sent: undefined };
  const progress = createProgress(cli, "Backfill");
  const sent = await backfill(connection, draft.name, table, (share, note) => progress.update(share, note)).finally(
    () => progress.end(),
  );
  if (sent.refused > 0) {
    cli.exitWith(exitCodes.refused);
    for (const { path, expected, found } of sent.issues)
      cli.terminal.stderr.write(`Refused at ${path}: expected ${expected}, found ${found}.\n`);
  }
  const { from, to } = windows.baseline;
  const started = await connection.client.call("createBaseline", {
    path: { system: draft.name },
    body: { release: options.release, from: isoOf(from), to: isoOf(to) },
  });
  await followJob(cli, connection, started, "Baseline");
  return { sent };
}

const taskWords: Readonly<Record<TaskPlan["type"], string>> = {
  "binary-classification": "yes or no",
  regression: "a number",
  "multiclass-classification": "one of several classes",
  "no-prediction": "no answers of a model yet: one can be trained",
};

function foundText(cli: Cli, { draft, table, windows, task, roles }: Found, directory: string): string {
  const none = "none recognised";
  const time =
    roles.time === undefined ? "as told" : `${roles.time}${roles.hour === undefined ? "" : ` and ${roles.hour}`}`;
  const day = (at: number): string => instantText(isoOf(at));
  return renderFacts(
    [
      ["Time", `${time}: ${day(table.from)} to ${day(table.to)}`],
      ["Id", roles.id ?? "none: a digest of the row"],
      ["Entity", roles.entity ?? none],
      ["Predicts", `${taskWords[task.type]}${task.type === "no-prediction" ? "" : ` (${task.column})`}`],
      [
        "Outcome",
        roles.outcome === undefined
          ? none
          : `${roles.outcome}${draft.positive === undefined ? "" : `, positive is ${draft.positive}`}`,
      ],
      ["Segments", roles.segments.join(", ") || none],
      [
        "Windows",
        `${durationWords(windows.lengthMs)} long (${durationText(windows.lengthMs)}), ${countText(windows.windows)} of them, normal until ${day(windows.baseline.to)}`,
      ],
      ["Left out", table.leftOut === 0 ? "no row" : `${countedText(table.leftOut, "row")} without a time or an answer`],
      ["Written", directory],
    ],
    cli.terminal,
  );
}

function machineOf({ draft, table, windows, task, roles }: Found): Readonly<Record<string, unknown>> {
  return {
    ...{ rows: table.rows, outcomes: table.outcomes, leftOut: table.leftOut, task: task.type },
    roles: { ...roles, doubts: undefined, features: undefined },
    positive: draft.positive ?? null,
    windows: { lengthMs: windows.lengthMs, season: windows.season, count: windows.windows },
    baseline: { from: isoOf(windows.baseline.from), to: isoOf(windows.baseline.to) },
  };
}

function nextText(cli: Cli, { draft, windows, task, roles }: Found, directory: string, applied: boolean): string {
  const { name } = draft;
  if (!applied) return `Read ${directory}, then run this again without --no-apply.\n`;
  if (task.type !== "no-prediction")
    return `${name} is under care. Look: homeostat status ${name}. New predictions: POST /v1/systems/${name}/predictions with release ${cli.terminal.colors.bold("the id of the release that made them")}.\n`;
  const holdOut = isoOf(windows.baseline.to).slice(0, 10);
  const time = roles.time ?? "TIME";
  return `${name} is declared. It has no model yet; train one on this table and put it live:\n  homeostat train ${name} --from ${draft.from} --time-field ${time} --hold-out-from ${holdOut}\n  homeostat release create ${name} --model latest\n`;
}
