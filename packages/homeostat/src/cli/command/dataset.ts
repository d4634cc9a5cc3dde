import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type DatasetDetail, datasetCheck, exportFormats } from "@homeostat/protocol";
import { type Command, Option } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { datasetCheckText, datasetListText, datasetText } from "../dataset-text.ts";
import { exitCodes } from "../exit-code.ts";
import { findDataset } from "../find-dataset.ts";
import { followJob } from "../follow-job.ts";
import { countText } from "../format-value.ts";
import { parseInstant } from "../parse-argument.ts";
import { compareSources, uploadFiles } from "../upload-files.ts";
import { UsageError } from "../usage-error.ts";

interface CreateOptions extends RemoteOptions {
  readonly from?: readonly string[];
  readonly predictions?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly where?: string;
  readonly labelledOnly?: boolean;
  readonly receivedUntil?: string;
}

interface VerifyOptions extends RemoteOptions {
  readonly from?: readonly string[];
}

interface ExportOptions extends RemoteOptions {
  readonly format: (typeof exportFormats)[number];
}

/** `homeostat dataset`: immutable snapshots of rows. */
export function addDataset(program: Command, cli: Cli): void {
  const dataset = program
    .command("dataset")
    .summary("make, show, verify and export datasets")
    .description(
      "Immutable snapshots of rows, named by a digest of their content: the same rows have the same name anywhere.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat dataset create flight-delay --from flights.parquet\n  homeostat dataset create flight-delay --predictions --since 2001-02-01 --until 2001-03-01 --labelled-only\n  homeostat dataset verify flight-delay ds-1a2b3c\n  homeostat dataset export flight-delay ds-1a2b3c rows.csv --format csv\n",
    );
  addCreate(dataset, cli);
  remote(dataset.command("list"))
    .summary("lists datasets")
    .description("lists the datasets of a system, newest first")
    .argument("<system>", "name of the system")
    .action(async (system: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const { items } = await client.call("datasets", { path: { system } });
      cli.print(options, items, () => datasetListText(cli, system, items));
    });
  remote(dataset.command("show"))
    .summary("shows one dataset")
    .description("shows origin, parts, erasures, and what each column holds")
    .argument("<system>", "name of the system")
    .argument("<dataset>", "the dataset's name, or how it begins")
    .action(async (system: string, name: string, options: RemoteOptions) => {
      const detail = await detailOf(cli, options, system, name);
      cli.print(options, detail, () => datasetText(cli, detail));
    });
  remote(dataset.command("verify"))
    .summary("reads every part again")
    .description("reads every part again. Exit code 1 when a part is missing or corrupt; erased rows are no damage.")
    .argument("<system>", "name of the system")
    .argument("<dataset>", "the dataset's name, or how it begins")
    .option("--from <file...>", "the owner's files, to compare with those the dataset was made of", collect)
    .action((system: string, name: string, options: VerifyOptions) => verify(cli, system, name, options));
  remote(dataset.command("export"))
    .summary("writes rows to a file")
    .description("writes the rows that are not erased into a file")
    .argument("<system>", "name of the system")
    .argument("<dataset>", "the dataset's name, or how it begins")
    .argument("<file>", "file to write")
    .addOption(new Option("--format <format>", "format of the file").choices(exportFormats).default("parquet"))
    .action((system: string, name: string, file: string, options: ExportOptions) =>
      exportRows(cli, system, name, file, options),
    );
}

const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), text];

function addCreate(dataset: Command, cli: Cli): void {
  remote(dataset.command("create"))
    .summary("makes a dataset")
    .description("makes a dataset of files, or of received predictions with their outcomes")
    .argument("<system>", "name of the system")
    .option(
      "--from <file...>",
      "Parquet, CSV, TSV, JSON or Arrow files with the source's rows, or folders of them",
      collect,
    )
    .option("--predictions", "of received predictions with the outcome that counts")
    .option("--since <time>", "first event time of the predictions", parseInstant)
    .option("--until <time>", "end of their event time, exclusive", parseInstant)
    .option("--where <expression>", "only rows for which this SQL condition over the contract's fields holds")
    .option("--labelled-only", "only predictions whose outcome was received")
    .option("--received-until <time>", "leave out what was received later (now)", parseInstant)
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat dataset create flight-delay --from january.parquet february.parquet\n  homeostat dataset create flight-delay --predictions --since 2001-02-01 --until 2001-03-01 --where \"origin = 'LAX'\"\n",
    )
    .action((system: string, options: CreateOptions) => create(cli, system, options));
}

async function create(cli: Cli, system: string, options: CreateOptions): Promise<void> {
  const connection = await connect(cli, options);
  const started =
    options.predictions === true
      ? await connection.client.call("buildDataset", { path: { system }, body: predictionsAsked(options) })
      : await connection.client.call("buildDataset", {
          path: { system },
          body: { uploads: await uploadFiles(cli, connection, system, filesAsked(options)) },
        });
  const job = await followJob(cli, connection, started, "Dataset");
  const { dataset } = job.result as { readonly dataset: string };
  const detail = await connection.client.call("dataset", { path: { system, dataset } });
  cli.print(
    options,
    detail,
    () =>
      `${datasetText(cli, detail)}\nTrain on it: homeostat train ${system} --dataset ${detail.digest.slice(0, 15)} --hold-out-from <time> --time-field <field>\n`,
  );
}

function filesAsked(options: CreateOptions): readonly string[] {
  const only = (["since", "until", "where", "labelledOnly", "receivedUntil"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (options.from === undefined)
    throw new UsageError(
      "say what the dataset is made of",
      "Give --from with files, or --predictions with --since and --until.",
    );
  if (only !== undefined)
    throw new UsageError(`--${only.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)} goes with --predictions`);
  return options.from;
}

function predictionsAsked(options: CreateOptions): {
  readonly predictions: { since: string; until: string; where?: string; labelledOnly: boolean; receivedUntil?: string };
} {
  if (options.from !== undefined) throw new UsageError("a dataset is made of files or of predictions, not of both");
  if (options.since === undefined || options.until === undefined)
    throw new UsageError("--predictions needs --since and --until");
  return {
    predictions: {
      since: options.since,
      until: options.until,
      labelledOnly: options.labelledOnly ?? false,
      ...(options.where === undefined ? {} : { where: options.where }),
      ...(options.receivedUntil === undefined ? {} : { receivedUntil: options.receivedUntil }),
    },
  };
}

async function verify(cli: Cli, system: string, name: string, options: VerifyOptions): Promise<void> {
  const connection = await connect(cli, options);
  const detail = await detailOf(cli, options, system, name);
  const path = { system, dataset: detail.digest };
  const started = await connection.client.call("verifyDataset", { path });
  const job = await followJob(cli, connection, started, "Verifying");
  const found = datasetCheck.parse(job.result);
  const check =
    options.from === undefined ? found : { ...found, source: await compareSources(detail.origin, options.from) };
  cli.print(options, check, () => datasetCheckText(cli, check));
  if (check.state === "missing" || check.state === "corrupt") cli.exitWith(exitCodes.refused);
}

async function exportRows(cli: Cli, system: string, name: string, file: string, options: ExportOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const detail = await detailOf(cli, options, system, name);
  const path = { system, dataset: detail.digest };
  const bytes = await client.download("exportDataset", { path, query: { format: options.format } });
  const beside = `${file}.part`;
  try {
    await pipeline(Readable.fromWeb(bytes as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(beside));
    await rename(beside, file);
  } finally {
    await rm(beside, { force: true });
  }
  const rows = detail.rows - detail.erasedRows;
  const answer = { dataset: detail.digest, file, format: options.format, rows };
  cli.print(options, answer, () => `${file}: ${countText(rows)} rows of ${detail.digest.slice(0, 15)}…\n`);
}

async function detailOf(cli: Cli, options: RemoteOptions, system: string, name: string): Promise<DatasetDetail> {
  const { client } = await connect(cli, options);
  const { digest } = await findDataset(client, system, name);
  return client.call("dataset", { path: { system, dataset: digest } });
}
