import { type PredictAnswer, type PredictRequest, predictRequest } from "@homeostat/protocol";
import type { Command } from "commander";
import { reasonOf } from "../../domain/fault.ts";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { readSource } from "../read-source.ts";
import { renderTable } from "../table.ts";
import { UsageError } from "../usage-error.ts";

interface Options extends RemoteOptions {
  readonly inputs: string;
  readonly id?: string;
}

/** `homeostat predict`: asks the live release. */
export function addPredict(program: Command, cli: Cli): void {
  remote(program.command("predict"))
    .summary("ask the live release of a system")
    .description(
      'Asks the live release. The inputs are JSON: one object of values by contract field, a list of such objects, or the API\'s own {"rows": [...]}; given on the command line, in a file, or with - on standard input.',
    )
    .argument("<system>", "name of the system")
    .requiredOption("--inputs <json>", "JSON, a file that holds it, or - for standard input")
    .option("--id <id>", "id of the prediction, by which its outcome will be joined (one object only)")
    .addHelpText(
      "after",
      `\nExamples:\n  homeostat predict flight-delay --inputs '{"departure":"2001-02-01T18:05:00Z","origin":"ORD","destination":"LGA","distance":733}'\n  homeostat predict flight-delay --inputs flights.json --json\n`,
    )
    .action(async (system: string, options: Options) => {
      const body = requestOf(await readInputs(cli, options.inputs), options.id);
      const { client } = await connect(cli, options);
      const answer = await client.call("predict", { path: { system }, body });
      cli.print(options, answer, () => answerText(cli, answer));
    });
}

async function readInputs(cli: Cli, source: string): Promise<unknown> {
  const isJson = /^\s*[[{]/.test(source);
  const text = isJson ? source : await readSource(cli, source);
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new UsageError(`${isJson ? "--inputs" : source} is not JSON: ${reasonOf(thrown)}`);
  }
}

function requestOf(value: unknown, id: string | undefined): PredictRequest {
  const parsed = predictRequest.safeParse(wrapped(value, id));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`--inputs: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not inputs"}`);
}

function wrapped(value: unknown, id: string | undefined): unknown {
  if (Array.isArray(value)) return { rows: value.map((inputs: unknown) => ({ inputs })) };
  if (typeof value === "object" && value !== null && "rows" in value) return value;
  return { rows: [{ ...(id === undefined ? {} : { id }), inputs: value }] };
}

function answerText(cli: Cli, answer: PredictAnswer): string {
  const { colors } = cli.terminal;
  const table = renderTable(
    [{ head: "Prediction" }, { head: "Probability", align: "right" }, { head: "Decision" }],
    answer.predictions.map(({ id, probability, decision }) => [id, probability.toFixed(4), decision ? "yes" : "no"]),
    cli.terminal,
  );
  const by = answer.release === null ? "a constant" : `release ${answer.release}`;
  const degraded = answer.degraded
    ? `\n${colors.yellow("Degraded:")} ${answer.reason ?? "the server does not say why"}`
    : "";
  return `${table}Answered by ${by}.${degraded}\n`;
}
