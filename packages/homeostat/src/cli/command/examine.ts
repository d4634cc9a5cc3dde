import type { SeparationReport } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { followJob } from "../follow-job.ts";
import { countText, instantText, numberText } from "../format-value.ts";
import { parseInstant } from "../parse-argument.ts";
import { renderTable } from "../table.ts";

interface Options extends RemoteOptions {
  readonly window?: string;
  readonly run?: boolean;
}

const lookShown = 10;

/** `homeostat examine SYSTEM`: can a classifier tell a window's rows from the baseline's? */
export function addExamine(program: Command, cli: Cli): void {
  remote(program.command("examine"))
    .summary("multivariate drift: can trees tell a window's rows from the baseline's")
    .description(
      "Shows how well a classifier told windows from the baseline, beside how well it tells healthy windows from it, and which features give the window away. It sees inputs that moved together while each alone looks calm. The newest window is examined by itself at most once a day; --run does it now.",
    )
    .argument("<system>", "name of a system")
    .option("--window <instant>", "only the window that holds this instant", parseInstant)
    .option("--run", "examine that window (the newest without --window) now")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat examine flight-delay\n  homeostat examine flight-delay --window 2001-03-07 --run\n",
    )
    .action(async (system: string, options: Options) => {
      const connection = await connect(cli, options);
      const window = options.window === undefined ? {} : { window: options.window };
      if (options.run === true) {
        const started = await connection.client.call("examine", {
          path: { system },
          body: { what: "separation", rows: 1, ...window },
        });
        await followJob(cli, connection, started, "Examination");
      }
      const { items } = await connection.client.call("separations", {
        path: { system },
        query: { limit: lookShown, ...window },
      });
      cli.print(options, { items }, () => separationText(cli, system, items));
    });
}

function separationText(cli: Cli, system: string, items: readonly SeparationReport[]): string {
  if (items.length === 0)
    return `No window of ${system} was examined yet. homeostat examine ${system} --run examines the newest one now.\n`;
  return renderTable(
    [
      { head: "Window" },
      { head: "Rows", align: "right" },
      { head: "AUC", align: "right" },
      { head: "Healthy windows", align: "right" },
      { head: "p", align: "right" },
      { head: "Given away by", wraps: true },
    ],
    items.map((one) => [
      instantText(one.window.start),
      countText(one.rows),
      one.auc.toFixed(3),
      `${Math.min(...one.healthyAucs).toFixed(3)} to ${Math.max(...one.healthyAucs).toFixed(3)}`,
      numberText(one.pValue),
      one.givenAwayBy
        .slice(0, 3)
        .map(({ feature, drop }) => `${feature} (${drop.toFixed(3)})`)
        .join(", "),
    ]),
    cli.terminal,
  );
}
