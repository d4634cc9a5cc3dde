import { writeFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import type { Comparison } from "../../domain/comparison/comparison.ts";
import { reasonOf } from "../../domain/fault.ts";
import { isoOf } from "../../domain/instant.ts";
import type { Role } from "../../domain/table/recognise-roles.ts";
import type { Cli } from "../cli.ts";
import { compareTables } from "../compare/compare-tables.ts";
import { comparisonHtml } from "../compare/comparison-html.ts";
import { comparisonJson } from "../compare/comparison-json.ts";
import { comparisonText } from "../compare/comparison-text.ts";
import { exitCodes } from "../exit-code.ts";
import { oneOf } from "../parse-argument.ts";
import { type OpenedFile, openFiles } from "../private-engine.ts";
import { createProgress } from "../progress.ts";
import { UsageError } from "../usage-error.ts";

type RoleOptions = { readonly [R in Role]?: string };

interface Options extends RoleOptions {
  readonly segment?: readonly string[];
  readonly segments: boolean;
  readonly ignore?: readonly string[];
  readonly threshold: number;
  readonly positive?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly exitCode?: boolean;
  readonly failOn: "critical" | "warning";
}

/** `homeostat compare`: two tables held against each other. Asks no server. */
export function addCompare(program: Command, cli: Cli): void {
  program
    .command("compare")
    .summary("compare two tables: quality, drift and performance")
    .description(
      "Holds a table against a reference: missing and new values, values out of range, every column's distribution, and performance where a prediction and an outcome are named or recognised; over all rows and by segment, worst first. Each table is a file, a directory, or a pattern in quotes; Parquet, CSV, TSV, JSON or Arrow. No server, no configuration.",
    )
    .argument("<reference>", "what is normal")
    .argument("<current>", "what is held against it")
    .option("--outcome <column>", "what turned out to be true (recognised by name, when absent)")
    .option("--score <column>", "a probability from 0 to 1")
    .option("--prediction <column>", "a predicted class or value")
    .option("--time <column>", "time of the row: it is not compared")
    .option("--id <column>", "id of the row: it is not compared")
    .option("--entity <column>", "id of a person or thing: it is not compared")
    .option("--segment <column...>", "compare by these columns as well (up to four are recognised, when absent)")
    .option("--no-segments", "compare all rows only")
    .option("--ignore <column...>", "leave these columns out")
    .option("--threshold <share>", "a score at or above it is a positive decision", parseShare, 0.5)
    .option("--positive <value>", "the outcome that counts as positive")
    .option("--html <file>", "write a report with charts, one file that needs nothing else")
    .option("--json", "print one JSON document and nothing else on standard output")
    .option("--exit-code", "end with 4 when there is a finding, for use in CI")
    .option(
      "--fail-on <verdict>",
      "from which verdict on, with --exit-code",
      oneOf(["critical", "warning"]),
      "critical",
    )
    .addHelpText(
      "after",
      `
Examples:
  homeostat compare january.parquet february.parquet
  homeostat compare "2025/*.csv" "2026/*.csv" --outcome churned --score churn_probability --segment region plan
  homeostat compare train.parquet live.parquet --html report.html --exit-code
`,
    )
    .action((reference: string, current: string, options: Options) => compare(cli, reference, current, options));
}

function parseShare(text: string): number {
  const share = Number(text);
  if (!(share > 0 && share < 1)) throw new InvalidArgumentError("It must be a number between 0 and 1.");
  return share;
}

async function compare(cli: Cli, referencePath: string, currentPath: string, options: Options): Promise<void> {
  const progress = createProgress(cli, "Compare");
  const startedAt = cli.host.now();
  progress.update(0, "opening");
  let ended: string | undefined = "failed";
  const [reference, current] = await openFiles([referencePath, currentPath]).catch((thrown: unknown) => {
    progress.end(ended);
    throw thrown;
  });
  try {
    if (reference === undefined || current === undefined) return;
    requireColumns(reference, options);
    const comparison = await compareTables(reference, current, {
      told: toldBy(options),
      ignored: options.ignore ?? [],
      threshold: options.threshold,
      positive: options.positive,
      onProgress: (share, note) => progress.update(share, note),
    });
    ended = `in ${((cli.host.now() - startedAt) / 1_000).toFixed(1)} s`;
    progress.end(ended);
    if (options.html !== undefined) await writeReport(options.html, comparisonHtml(comparison, isoOf(startedAt)));
    cli.print(options, comparisonJson(comparison), () => comparisonText(comparison, cli.terminal));
    if (options.html !== undefined) cli.terminal.stderr.write(`Report: ${options.html}\n`);
    if (options.exitCode === true && failsBy(comparison, options.failOn)) cli.exitWith(exitCodes.found);
  } catch (thrown) {
    progress.end(ended);
    throw thrown;
  } finally {
    await reference?.close();
  }
}

const rolesTold: readonly Role[] = ["time", "id", "entity", "score", "prediction", "outcome"];

function toldBy(options: Options): RoleOptions & { readonly segments?: readonly string[] } {
  const told = Object.fromEntries(
    rolesTold.flatMap((role) => (options[role] === undefined ? [] : [[role, options[role]]])),
  ) as RoleOptions;
  if (!options.segments) return { ...told, segments: [] };
  return options.segment === undefined ? told : { ...told, segments: options.segment };
}

function requireColumns(reference: OpenedFile, options: Options): void {
  const names = new Set(reference.columns.map(({ name }) => name));
  const named = [...rolesTold.map((role) => options[role]), ...(options.segment ?? []), ...(options.ignore ?? [])];
  const unknown = named.find((name) => name !== undefined && !names.has(name));
  if (unknown !== undefined)
    throw new UsageError(`${reference.path} has no column ${unknown}`, `Its columns are ${[...names].join(", ")}.`);
}

function failsBy({ verdict }: Comparison, failOn: Options["failOn"]): boolean {
  return verdict === "critical" || (failOn === "warning" && verdict === "warning");
}

async function writeReport(path: string, page: string): Promise<void> {
  await writeFile(path, page).catch((thrown: unknown) => {
    throw new UsageError(`${path} cannot be written: ${reasonOf(thrown)}`);
  });
}
