import { setTimeout as sleep } from "node:timers/promises";
import type { IncidentDetail } from "@homeostat/protocol";
import type { Client } from "@homeostat/sdk";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { repeatText } from "../diagnosis-text.ts";
import { incidentText, timelineLine } from "../incident-text.ts";
import { wholeNumber } from "../parse-argument.ts";
import { similarText } from "./postmortem.ts";

interface ShowOptions extends RemoteOptions {
  readonly follow?: boolean;
  readonly step?: number;
}

interface ActOptions extends RemoteOptions {
  readonly note?: string;
}

const number = wholeNumber(1, 1_000_000_000);
const pollMs = 2_000;

/** `homeostat incident N`: one incident with its diagnosis and evidence. */
export function addIncident(program: Command, cli: Cli): void {
  remote(program.command("incident"))
    .summary("show an incident with its diagnosis")
    .description(
      "Shows an incident: the slice, the features that moved, the change that explains it, the findings and what happened since.",
    )
    .argument("<number>", "number of the incident", number)
    .option("--follow", "go on printing what happens until it is resolved (with --json one JSON line each)")
    .option("--step <n>", "one step with its numbers and statements, asked again now", wholeNumber(1, 7))
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat incident 1\n  homeostat incident 1 --follow\n  homeostat incident 1 --step 4\n  homeostat incident 1 --json | jq .diagnosis.sentence\n",
    )
    .action(async (n: number, options: ShowOptions) => {
      const { client } = await connect(cli, options);
      if (options.step !== undefined) {
        const repeat = await client.call("repeatStep", { path: { number: n, step: String(options.step) } });
        return cli.print(options, repeat, () => repeatText(repeat, cli.terminal));
      }
      const incident = await client.call("incident", { path: { number: n } });
      if (options.follow === true) return follow(cli, client, incident, options);
      const { items } = await client.call("similarIncidents", { path: { number: n } });
      const alike = items.length === 0 ? "" : `\n${cli.terminal.colors.bold("Past incidents like this one")}\n`;
      cli.print(
        options,
        { ...incident, similar: items },
        () => incidentText(incident, cli.terminal) + alike + similarText(cli, items, ""),
      );
    });
}

async function follow(cli: Cli, client: Client, first: IncidentDetail, options: ShowOptions): Promise<void> {
  const json = options.json === true;
  let incident = first;
  let told = json ? 0 : incident.timeline.length;
  if (!json) cli.host.stdout.write(incidentText(incident, cli.terminal));
  for (;;) {
    for (const entry of incident.timeline.slice(told)) {
      cli.host.stdout.write(json ? `${JSON.stringify(entry)}\n` : timelineLine(entry));
    }
    told = incident.timeline.length;
    if (incident.state === "resolved") return;
    await sleep(pollMs);
    incident = await client.call("incident", { path: { number: incident.number } });
  }
}

/** `homeostat ack N`. */
export function addAcknowledge(program: Command, cli: Cli): void {
  addAct(program.command("ack"), cli, "acknowledge", "I am looking at it");
}

/** `homeostat resolve N`. */
export function addResolve(program: Command, cli: Cli): void {
  addAct(program.command("resolve"), cli, "resolve", "it is over");
}

function addAct(command: Command, cli: Cli, act: "acknowledge" | "resolve", meaning: string): void {
  remote(command)
    .summary(`${act} an incident: ${meaning}`)
    .description(`Marks an incident as ${act}d: ${meaning}. Written into its timeline with your key's name.`)
    .argument("<number>", "number of the incident", number)
    .option("--note <text>", "a word to those who read the timeline")
    .addHelpText("after", `\nExample:\n  homeostat ${command.name()} 1 --note "the vendor confirmed it"\n`)
    .action(async (n: number, options: ActOptions) => {
      const { client } = await connect(cli, options);
      const body = options.note === undefined ? {} : { note: options.note };
      const incident = await client.call(act, { path: { number: n }, body });
      cli.print(options, incident, () => `Incident ${incident.number} is ${incident.state}: ${incident.title}\n`);
    });
}
