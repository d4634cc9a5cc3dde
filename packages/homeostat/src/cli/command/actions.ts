import type { ActionRun } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { instantText, unknownMark } from "../format-value.ts";
import { oneOf, wholeNumber } from "../parse-argument.ts";
import { renderTable } from "../table.ts";

const number = wholeNumber(1, 1_000_000_000);
const states = ["waiting", "running", "done", "dry-run", "cooling", "refused", "rejected", "failed"] as const;

interface ListOptions extends RemoteOptions {
  readonly system?: string;
  readonly incident?: number;
  readonly state?: ActionRun["state"];
}

/** `homeostat actions`: what is done about incidents by rule. */
export function addActions(program: Command, cli: Cli): void {
  const actions = program
    .command("actions")
    .summary("see, approve and reject what is done about incidents by rule")
    .description(
      "Actions are declared in `actions` of system.yaml. `homeostat actions` lists what was done, waits, or was refused, newest incident first.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat actions --state waiting\n  homeostat actions approve 3 back-after-deploy\n  homeostat actions lift flight-delay\n",
    );
  remote(actions.command("list", { isDefault: true }))
    .description("lists runs of actions, newest incident first")
    .option("--system <name>", "only those of a system")
    .option("--incident <number>", "only those of an incident", number)
    .option("--state <state>", states.join(", "), oneOf(states))
    .action(async ({ system, incident, state, ...options }: ListOptions) => {
      const { client } = await connect(cli, options);
      const { items } = await client.call("actions", {
        query: {
          ...(system === undefined ? {} : { system }),
          ...(incident === undefined ? {} : { incident }),
          ...(state === undefined ? {} : { state }),
        },
      });
      cli.print(options, items, () => runsText(cli, items));
    });
  for (const word of ["approve", "reject"] as const)
    remote(actions.command(word))
      .description(word === "approve" ? "does what waits, if it still can be done" : "does not do what waits")
      .argument("<number>", "number of the incident", number)
      .argument("<action>", "name of the action")
      .action(async (n: number, action: string, options: RemoteOptions) => {
        const { client } = await connect(cli, options);
        const path = { number: n, action };
        const run = await client.call(word === "approve" ? "approveAction" : "rejectAction", { path });
        cli.print(options, run, () => `${run.action} (${run.do}) on incident ${n} is ${run.state}: ${run.text}\n`);
      });
  remote(actions.command("holds"))
    .description("lists what keeps the live release of a system from answering as usual")
    .argument("<system>", "name of the system")
    .action(async (system: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const { items } = await client.call("holds", { path: { system } });
      cli.print(options, items, () =>
        items.length === 0
          ? `Nothing is held: the live release of ${system} answers.\n`
          : items.map(({ text, action, since }) => `${text} (${action}, since ${instantText(since)})\n`).join(""),
      );
    });
  remote(actions.command("lift"))
    .description("lets the live release of a system answer as usual again")
    .argument("<system>", "name of the system")
    .option("--incident <number>", "only what was held because of one incident", number)
    .action(async (system: string, options: RemoteOptions & { readonly incident?: number }) => {
      const { client } = await connect(cli, options);
      const body = options.incident === undefined ? {} : { incident: options.incident };
      const { items } = await client.call("liftHolds", { path: { system }, body });
      cli.print(options, items, () =>
        items.length === 0 ? "Nothing was held.\n" : items.map(({ text }) => `No more: ${text}\n`).join(""),
      );
    });
}

function runsText(cli: Cli, runs: readonly ActionRun[]): string {
  if (runs.length === 0)
    return "Nothing was done by rule. Declare `actions` in system.yaml, then run `homeostat apply`.\n";
  const { colors } = cli.terminal;
  return renderTable(
    [
      { head: "N", align: "right" },
      { head: "System" },
      { head: "Action" },
      { head: "Does" },
      { head: "State" },
      { head: "Changed" },
      { head: "Before → after", wraps: true },
      { head: "In words", wraps: true },
    ],
    runs.map((run) => [
      String(run.incident),
      run.system,
      run.action,
      run.do,
      run.state === "waiting" ? colors.yellow("waiting") : run.state,
      instantText(run.changedAt),
      `${run.before ?? unknownMark} → ${run.after ?? unknownMark}`,
      run.decidedBy === null ? run.text : `${run.text} (${run.decidedBy})`,
    ]),
    cli.terminal,
  );
}
