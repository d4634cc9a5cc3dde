import { createWriteStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Dataset, dataset as datasetSchema, type Model } from "@homeostat/protocol";
import type { Command } from "commander";
import { sqlName, sqlString } from "../../engine/quote-sql.ts";
import { type Cli, type Connection, connect, type RemoteOptions, remote } from "../cli.ts";
import { findDataset } from "../find-dataset.ts";
import { followJob } from "../follow-job.ts";
import { countText, durationText, estimateText, numberText } from "../format-value.ts";
import { latestModel } from "../latest-model.ts";
import { parseInstant, wholeNumber } from "../parse-argument.ts";
import { openFile, timeColumnOf } from "../private-engine.ts";
import { createByteSender } from "../send-bytes.ts";
import { renderFacts, renderTable } from "../table.ts";
import { CommandFailure, UsageError } from "../usage-error.ts";

interface Options extends RemoteOptions {
  readonly from?: string;
  readonly dataset?: string;
  readonly since?: string;
  readonly until?: string;
  readonly holdOutFrom: string;
  readonly timeField: string;
  readonly timeColumn?: string;
  readonly maxTrainingRows?: number;
}

const leastTrainingRows = 1_000;
const mostTrainingRows = 5_000_000;

/** `homeostat train`: a dataset from a file, a model from the dataset, and what it does on rows it never saw. */
export function addTrain(program: Command, cli: Cli): void {
  remote(program.command("train"))
    .summary("train a model from a file")
    .description(
      "Sends the rows of a span of a file as a dataset, trains a model on the part before the hold-out, and prints what it does on the part held out in time.",
    )
    .argument("<system>", "name of the system")
    .option("--from <file>", "Parquet, CSV, TSV, JSON or Arrow file with the source's rows")
    .option(
      "--dataset <name>",
      "a dataset that is there already, in place of --from; the beginning of its name is enough",
    )
    .option("--since <time>", "first time of the rows to use", parseInstant)
    .option("--until <time>", "end of the rows to use, exclusive", parseInstant)
    .requiredOption("--hold-out-from <time>", "rows from here on are held out to measure the model", parseInstant)
    .requiredOption("--time-field <name>", "field of the contract that orders the rows in time")
    .option("--time-column <name>", "what that field is called in the file (the only column of times, when absent)")
    .option(
      "--max-training-rows <n>",
      "train on about so many rows (100,000)",
      wholeNumber(leastTrainingRows, mostTrainingRows),
    )
    .addHelpText(
      "after",
      "\nExample:\n  homeostat train flight-delay --from flights.parquet --since 2001-01-01 --until 2001-02-01 \\\n    --hold-out-from 2001-01-25 --time-field departure --time-column date\n",
    )
    .action(async (system: string, options: Options) => {
      const connection = await connect(cli, options);
      const dataset = await datasetOf(cli, connection, system, options);
      const started = await connection.client.call("train", {
        path: { system },
        body: {
          dataset: dataset.digest,
          timeColumn: options.timeField,
          holdoutFrom: options.holdOutFrom,
          ...(options.maxTrainingRows === undefined ? {} : { maxTrainingRows: options.maxTrainingRows }),
        },
      });
      const job = await followJob(cli, connection, started, "Training");
      const model = await latestModel(connection.client, system, job.result);
      cli.print(options, { dataset, model }, () => modelText(cli, model));
    });
}

async function datasetOf(cli: Cli, connection: Connection, system: string, options: Options): Promise<Dataset> {
  if (options.dataset !== undefined) {
    if (options.from !== undefined) throw new UsageError("--from and --dataset are two ways to say the same thing");
    return findDataset(connection.client, system, options.dataset);
  }
  if (options.from === undefined)
    throw new UsageError("say what to train on", "Give --from with a file, or --dataset with a dataset's name.");
  return uploadDataset(cli, connection, system, { ...options, from: options.from });
}

/** Cuts the span out of the file as Parquet and sends it. */
async function uploadDataset(
  cli: Cli,
  connection: Connection,
  system: string,
  options: Options & { readonly from: string },
): Promise<Dataset> {
  const directory = await mkdtemp(join(tmpdir(), "homeostat-train-"));
  try {
    const path = join(directory, "rows.parquet");
    await cutSpan(path, options);
    cli.terminal.stderr.write(`Sending the rows of ${options.from}\n`);
    const sender = createByteSender(connection, 1);
    const file = await open(path, "r");
    try {
      const answer = await sender.post(`/v1/systems/${encodeURIComponent(system)}/datasets`, {
        type: "application/vnd.apache.parquet",
        bytes: file.createReadStream({ autoClose: false }),
      });
      const dataset = datasetSchema.parse(JSON.parse(answer.toString("utf8")));
      cli.terminal.stderr.write(`Dataset ${dataset.digest.slice(0, 15)}…: ${countText(dataset.rows)} rows\n`);
      return dataset;
    } finally {
      await file.close();
      await sender.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function cutSpan(path: string, options: Options & { readonly from: string }): Promise<void> {
  const file = await openFile(options.from);
  try {
    const time = `toDateTime64(${sqlName(timeColumnOf(file, options.timeColumn, options.timeField))}, 3, 'UTC')`;
    const bounds = [
      ...(options.since === undefined ? [] : [`${time} >= ${instantSql(options.since)}`]),
      ...(options.until === undefined ? [] : [`${time} < ${instantSql(options.until)}`]),
    ];
    const where = bounds.length === 0 ? "" : ` WHERE ${bounds.join(" AND ")}`;
    const count = Number(await file.query(`SELECT count() FROM ${file.source}${where}`));
    if (count === 0) {
      const span = (await file.query(`SELECT min(${time}), max(${time}) FROM ${file.source}`)).toString("utf8").trim();
      throw new CommandFailure(
        `${options.from} has no row in this span`,
        `Its rows reach from ${span.replace("\t", " to ")} (UTC); see --since and --until.`,
      );
    }
    const answer = await file.query(`SELECT * FROM ${file.source}${where}`, { default_format: "Parquet" });
    await writeWhole(path, answer);
  } finally {
    await file.close();
  }
}

const instantSql = (iso: string): string =>
  `toDateTime64(${sqlString(iso.replace("T", " ").replace("Z", ""))}, 3, 'UTC')`;

function writeWhole(path: string, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    createWriteStream(path, { flags: "wx", mode: 0o600 })
      .once("error", reject)
      .once("close", () => resolve())
      .end(bytes);
  });
}

function modelText(cli: Cli, model: Model): string {
  const { heldOut } = model;
  const facts = renderFacts(
    [
      ["Model", cli.terminal.colors.bold(model.version)],
      ["Trainer", `${model.trainer}, ${durationText(model.trainingMs)}`],
      ["Pipeline", model.pipeline],
      ["Dataset", model.dataset],
      ["Trained on", `${countText(model.trainedRows)} rows`],
      ["Held out", `${countText(model.heldOutRows)} later rows, never trained on`],
    ],
    cli.terminal,
  );
  const metrics = renderTable(
    [{ head: "Held out in time" }, { head: "Value (95 % interval)", align: "right" }],
    [
      ["AUC", estimateText(heldOut.auc)],
      ["Accuracy", estimateText(heldOut.accuracy)],
      ["Log loss", estimateText(heldOut.logLoss)],
      ["Brier score", estimateText(heldOut.brier)],
      ["Share of positives", estimateText(heldOut.positiveShare)],
      ["Calibration error", numberText(heldOut.calibrationError)],
    ],
    cli.terminal,
  );
  return `${facts}\n${metrics}\nPut it live: homeostat release create ${model.system} --model ${model.version}\n`;
}
