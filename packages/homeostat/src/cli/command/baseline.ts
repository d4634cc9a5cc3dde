import { type Command, InvalidArgumentError } from "commander";
import { baselineDiffText, baselineText } from "../baseline-text.ts";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { followJob } from "../follow-job.ts";
import { parseInstant } from "../parse-argument.ts";

interface CreateOptions extends RemoteOptions {
  readonly release: string;
  readonly window: { readonly from: string; readonly to: string };
}

/** `homeostat baseline`: the frozen pictures of normal of a system. */
export function addBaseline(program: Command, cli: Cli): void {
  const baseline = program
    .command("baseline")
    .summary("the frozen picture of normal: create, show, diff")
    .description("A baseline says what is normal. It is part of a release, and never changes.")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat baseline show flight-delay\n  homeostat baseline create churn --release 2024-05 --window 2024-05-01/2024-06-01\n",
    );
  addCreate(baseline, cli);
  addShow(baseline, cli);
  addDiff(baseline, cli);
}

function addCreate(baseline: Command, cli: Cli): void {
  remote(baseline.command("create"))
    .summary("freeze one from received rows")
    .description(
      "Freezes the baseline of a release that is served elsewhere, from rows already received, and watches the release from then on. A system that the gateway serves gets its baseline with `homeostat release`.",
    )
    .argument("<system>", "name of the system")
    .requiredOption("--release <id>", "the release, as the sender of predictions names it")
    .requiredOption("--window <from/to>", "event time of the rows, the end exclusive", parseStretch)
    .addHelpText(
      "after",
      "\nExample:\n  homeostat baseline create churn --release 2024-05 --window 2024-05-01/2024-06-01\n",
    )
    .action(async (system: string, { release, window, ...options }: CreateOptions) => {
      const connection = await connect(cli, options);
      const started = await connection.client.call("createBaseline", {
        path: { system },
        body: { release, ...window },
      });
      const job = await followJob(cli, connection, started, "Baseline");
      cli.print(options, job, () => `The baseline of ${release} is frozen; ${system} is watched against it.\n`);
    });
}

function addShow(baseline: Command, cli: Cli): void {
  remote(baseline.command("show"))
    .summary("what a baseline froze")
    .description("Shows percentiles of every feature, performance by segment and latency; histograms with --json.")
    .argument("<system>", "name of the system")
    .argument("[baseline]", "id of a baseline or of its release", "live")
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat baseline show flight-delay\n  homeostat baseline show flight-delay flight-delay-1 --json\n",
    )
    .action(async (system: string, id: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const answer = await client.call("baseline", { path: { system, baseline: id } });
      cli.print(options, answer, () => baselineText(cli, answer));
    });
}

function addDiff(baseline: Command, cli: Cli): void {
  remote(baseline.command("diff"))
    .summary("what differs between two")
    .description("Compares two baselines of a system: features, segments, performance.")
    .argument("<system>", "name of the system")
    .argument("<before>", "id of a baseline or of its release")
    .argument("[after]", "id of a baseline or of its release", "live")
    .addHelpText("after", "\nExample:\n  homeostat baseline diff flight-delay flight-delay-1 flight-delay-2\n")
    .action(async (system: string, before: string, after: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const [left, right] = await Promise.all(
        [before, after].map((id) => client.call("baseline", { path: { system, baseline: id } })),
      );
      if (left === undefined || right === undefined) return;
      cli.print(options, { before: left, after: right }, () => baselineDiffText(cli, left, right));
    });
}

/** `2024-05-01/2024-06-01`: two instants, the second exclusive. */
function parseStretch(text: string): CreateOptions["window"] {
  const [from, to, ...more] = text.split("/");
  if (from === undefined || to === undefined || more.length > 0)
    throw new InvalidArgumentError("Write two instants with a stroke between them, 2024-05-01/2024-06-01.");
  const stretch = { from: parseInstant(from), to: parseInstant(to) };
  if (stretch.from >= stretch.to) throw new InvalidArgumentError("The end must come after the beginning.");
  return stretch;
}
