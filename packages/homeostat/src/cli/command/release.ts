import type { Release } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { followJob } from "../follow-job.ts";
import { instantText, unknownMark } from "../format-value.ts";
import { latestModel } from "../latest-model.ts";
import { renderTable } from "../table.ts";
import { CommandFailure } from "../usage-error.ts";

interface CreateOptions extends RemoteOptions {
  readonly model: string;
  readonly note?: string;
}

/** `homeostat release`: what is live, making a release, going back. */
export function addRelease(program: Command, cli: Cli): void {
  const release = program
    .command("release")
    .summary("list, make and roll back releases")
    .description(
      "A release is a model with its pipeline and baseline. `homeostat release SYSTEM` lists those of a system.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat release flight-delay\n  homeostat release create flight-delay --model latest\n  homeostat release rollback flight-delay\n",
    );
  remote(release.command("list", { isDefault: true }))
    .description("lists the releases of a system, newest first")
    .argument("<system>", "name of the system")
    .action(async (system: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const { items } = await client.call("releases", { path: { system } });
      cli.print(options, items, () => releasesText(cli, items));
    });
  remote(release.command("create"))
    .description("makes a release of a model, freezes its baseline and puts it live")
    .argument("<system>", "name of the system")
    .requiredOption("--model <version>", "version of the model, or `latest`")
    .option("--note <text>", "why")
    .action((system: string, options: CreateOptions) => createRelease(cli, system, options));
  remote(release.command("rollback"))
    .description("puts the previous release live again: model, pipeline and baseline together")
    .argument("<system>", "name of the system")
    .action(async (system: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const live = await client.call("rollback", { path: { system } });
      cli.print(options, live, () => `${liveText(live)}\n`);
    });
}

async function createRelease(cli: Cli, system: string, options: CreateOptions): Promise<void> {
  const connection = await connect(cli, options);
  const { client } = connection;
  const model = options.model === "latest" ? (await latestModel(client, system)).version : options.model;
  const body = { model, ...(options.note === undefined ? {} : { note: options.note }) };
  const job = await followJob(
    cli,
    connection,
    await client.call("createRelease", { path: { system }, body }),
    "Release",
  );
  const live = await releaseOf(cli, options, system, job.result);
  cli.print(options, live, () => `${liveText(live)}\n`);
}

/** The release a finished job names. */
async function releaseOf(cli: Cli, options: RemoteOptions, system: string, result: unknown): Promise<Release> {
  const id = typeof result === "object" && result !== null && "release" in result ? result.release : undefined;
  const { client } = await connect(cli, options);
  const { items } = await client.call("releases", { path: { system } });
  const found = items.find((release) => release.id === id) ?? items.find((release) => release.stage === "live");
  if (found === undefined) throw new CommandFailure(`${system} has no live release`);
  return found;
}

const liveText = (release: Release): string =>
  `Release ${release.number} of ${release.system} is ${release.stage} (${release.id}, model ${release.model ?? "made elsewhere"}, baseline ${release.baseline ?? "none"})`;

function releasesText(cli: Cli, releases: readonly Release[]): string {
  if (releases.length === 0)
    return "No releases yet. Train a model, then run `homeostat release create SYSTEM --model latest`.\n";
  const { colors } = cli.terminal;
  return renderTable(
    [
      { head: "Release", align: "right" },
      { head: "Stage" },
      { head: "Model" },
      { head: "Pipeline" },
      { head: "Live since" },
    ],
    releases.map((release) => [
      String(release.number),
      release.stage === "live" ? colors.green("live") : release.stage,
      release.model ?? `${unknownMark} made elsewhere`,
      release.pipeline,
      release.liveSince === null ? "never live" : instantText(release.liveSince),
    ]),
    cli.terminal,
  );
}
