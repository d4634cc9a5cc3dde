import type { FeatureReplay, SkewReport } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, type Connection, connect, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import { followJob } from "../follow-job.ts";
import { countedText, countText, instantText, numberText, shareText, unknownMark } from "../format-value.ts";
import { parseInstant, wholeNumber } from "../parse-argument.ts";
import { renderTable } from "../table.ts";

interface Options extends RemoteOptions {
  readonly window?: string;
  readonly run?: boolean;
  readonly rows: number;
  readonly exitCode?: boolean;
}

const usualRows = 3_000;
const mostRows = 50_000;

/** `homeostat skew SYSTEM`: is every feature computed in serving as it was in training? */
export function addSkew(program: Command, cli: Cli): void {
  remote(program.command("skew"))
    .summary("training-serving skew: served vectors against the training pipeline")
    .description(
      "Shows what replaying a window's logged inputs through the training pipeline found, feature by feature: how many rows were served another value, and by which rule. Every evaluated window is replayed by itself on 3,000 rows; --run does it now, on as many as you like.",
    )
    .argument("<system>", "name of a system")
    .option("--window <instant>", "the window that holds this instant; the newest without it", parseInstant)
    .option("--run", "replay now instead of showing the last replay")
    .option("--rows <n>", "with --run: how many rows at most", wholeNumber(1, mostRows), usualRows)
    .option("--exit-code", "end with 4 when a feature is computed otherwise")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat skew flight-delay\n  homeostat skew flight-delay --window 2001-03-07 --run --rows 20000\n  homeostat skew flight-delay --exit-code\n",
    )
    .action(async (system: string, options: Options) => {
      const connection = await connect(cli, options);
      if (options.run === true) await replayNow(cli, connection, system, options);
      const { items } = await connection.client.call("skew", {
        path: { system },
        query: { limit: 1, ...(options.window === undefined ? {} : { window: options.window }) },
      });
      const [report] = items;
      cli.print(options, report ?? null, () =>
        report === undefined ? nothingYet(system, options.window) : skewText(cli, report),
      );
      if (options.exitCode === true && report?.features.some(isSkewed) === true) cli.exitWith(exitCodes.found);
    });
}

async function replayNow(cli: Cli, connection: Connection, system: string, options: Options): Promise<void> {
  const { window, rows } = options;
  const started = await connection.client.call("examine", {
    path: { system },
    body: { what: "replay", rows, ...(window === undefined ? {} : { window }) },
  });
  await followJob(cli, connection, started, "Replay");
}

function nothingYet(system: string, window: string | undefined): string {
  return window === undefined
    ? `No window of ${system} was replayed yet. Windows are replayed when they are evaluated, where rows tell the vector their release saw; homeostat skew ${system} --run does it now and says what is missing.\n`
    : `That window of ${system} was not replayed. homeostat skew ${system} --window ${window} --run does it now and says what is missing.\n`;
}

/** The same five rows in a thousand that the monitor asks for; a handful of rows is no pipeline. */
const leastMismatches = 5;

const isSkewed = ({ mismatched }: FeatureReplay): boolean => mismatched >= leastMismatches;

function skewText(cli: Cli, report: SkewReport): string {
  const skewed = report.features.filter(isSkewed);
  const { colors } = cli.terminal;
  const sentence =
    skewed.length === 0
      ? colors.green(`All ${countedText(report.features.length, "feature")} are computed in serving as in training.`)
      : colors.red(
          `${countedText(skewed.length, "feature")} of ${report.features.length} ${skewed.length === 1 ? "is" : "are"} computed otherwise in serving than in training.`,
        );
  const sampled = `${countedText(report.rows, "row")} of ${countText(report.withVector)} that tell their vector (${countText(report.windowRows)} in the window) replayed through ${report.pipeline} of release ${report.release}.`;
  const window = `Window ${instantText(report.window.start)} to ${instantText(report.window.end)}, replayed ${instantText(report.at)}.`;
  return `${sentence}\n${sampled}\n${window}\n\n${featureTable(cli, report)}${exampleText(skewed)}`;
}

function featureTable(cli: Cli, { features, distribution }: SkewReport): string {
  const moved = new Map(distribution.map((cell) => [cell.feature, cell]));
  return renderTable(
    [
      { head: "Feature" },
      { head: "Rows", align: "right" },
      { head: "Differ", align: "right" },
      { head: "Share", align: "right" },
      { head: "At most", align: "right" },
      { head: "PSI to training", align: "right" },
      { head: "What", wraps: true },
    ],
    [...features]
      .sort((left, right) => right.mismatched - left.mismatched)
      .map((one) => [
        one.feature,
        countText(one.rows),
        countText(one.mismatched),
        shareText(one.rate),
        shareText(one.atMost),
        numberText(moved.get(one.feature)?.psi ?? null),
        one.conclusion.cause === null ? one.conclusion.words : `${one.conclusion.cause}: ${one.conclusion.words}`,
      ]),
    cli.terminal,
  );
}

function exampleText(skewed: readonly FeatureReplay[]): string {
  const lines = skewed.flatMap(({ feature, examples }) =>
    examples
      .slice(0, 2)
      .map(
        ({ id, served, recomputed }) =>
          `  ${feature}: ${id} was served ${shown(served)}, training gives ${shown(recomputed)}`,
      ),
  );
  return lines.length === 0
    ? ""
    : `\nFor example:\n${lines.join("\n")}\n\nLook at how serving computes ${skewed[0]?.feature}, and at what changed there: homeostat diff-state tells.\n`;
}

const shown = (value: string | number | null): string => (value === null ? unknownMark : JSON.stringify(value));
