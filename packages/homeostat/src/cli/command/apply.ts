import type { Plan } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import { countedText } from "../format-value.ts";
import { readDeclarations } from "../read-declarations.ts";
import { renderTable } from "../table.ts";

interface ApplyOptions extends RemoteOptions {
  readonly allowBreaking?: boolean;
}

interface PlanOptions extends RemoteOptions {
  readonly exitCode?: boolean;
}

/** `homeostat apply`: makes the server's systems what the files say. */
export function addApply(program: Command, cli: Cli): void {
  remote(program.command("apply"))
    .summary("apply declarations to the server")
    .description(
      "Makes the server's systems what the YAML files say, and says what it did. Applying the same files again changes nothing.",
    )
    .argument("<paths...>", "directories, or YAML files")
    .option("--allow-breaking", "apply even if a new version of a contract breaks systems that read the source")
    .addHelpText("after", "\nExamples:\n  homeostat apply systems/\n  homeostat apply examples/flight-delay\n")
    .action(async (paths: string[], options: ApplyOptions) => {
      const plan = await ask(cli, "apply", paths, options);
      cli.print(options, plan, () => planText(cli, plan));
    });
}

/** `homeostat plan`: what applying would do. */
export function addPlan(program: Command, cli: Cli): void {
  remote(program.command("plan"))
    .summary("show what applying declarations would do")
    .description("Shows what applying the YAML files would create and change, without doing it.")
    .argument("<paths...>", "directories, or YAML files")
    .option("--exit-code", "end with 4 when something would be created or changed")
    .addHelpText("after", "\nExamples:\n  homeostat plan systems/\n  homeostat plan systems/ --exit-code --json\n")
    .action(async (paths: string[], options: PlanOptions) => {
      const plan = await ask(cli, "plan", paths, options);
      cli.print(options, plan, () => planText(cli, plan));
      if (options.exitCode === true && plan.steps.some((step) => step.action !== "keep")) cli.exitWith(exitCodes.found);
    });
}

async function ask(cli: Cli, route: "plan" | "apply", paths: readonly string[], options: ApplyOptions): Promise<Plan> {
  const { bundle, passedOver } = await readDeclarations(paths);
  for (const path of passedOver) cli.terminal.stderr.write(`${path} holds changes, not declarations: left out\n`);
  const { client } = await connect(cli, options);
  return client.call(route, { body: { ...bundle, allowBreaking: options.allowBreaking === true } });
}

function planText(cli: Cli, plan: Plan): string {
  const { colors } = cli.terminal;
  const marks = { create: colors.green("create"), change: colors.yellow("change"), keep: colors.dim("keep") };
  const table = renderTable(
    [{ head: "Action" }, { head: "What" }, { head: "Detail", wraps: true }],
    plan.steps.map((step) => [marks[step.action], step.what, step.detail]),
    cli.terminal,
  );
  const warnings = plan.warnings.map((warning) => `${colors.yellow("Note:")} ${warning}\n`).join("");
  const moved = plan.steps.filter((step) => step.action !== "keep").length;
  const systems = plan.systems.join(", ");
  const done = plan.applied
    ? `Applied ${countedText(moved, "step")}`
    : `Applying would take ${countedText(moved, "step")}`;
  return `${table}${warnings}${done}; systems: ${systems === "" ? "none" : systems}.\n`;
}
