import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { wholeNumber } from "../parse-argument.ts";
import { UsageError } from "../usage-error.ts";

const number = wholeNumber(1, 1_000_000_000);

/** `homeostat note N TEXT`. */
export function addNote(program: Command, cli: Cli): void {
  remote(program.command("note"))
    .summary("write a note into an incident's timeline")
    .description("Writes a note into the timeline of an incident, with your key's name and the time.")
    .argument("<number>", "number of the incident", number)
    .argument("<text>", "the note")
    .addHelpText("after", '\nExample:\n  homeostat note 1 "the vendor sees it too, ticket 4711"\n')
    .action(async (n: number, text: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const incident = await client.call("noteIncident", { path: { number: n }, body: { text } });
      cli.print(options, incident, () => `Noted on incident ${incident.number}: ${incident.title}\n`);
    });
}

interface AssignOptions extends RemoteOptions {
  readonly note?: string;
}

/** `homeostat assign N OWNER`. */
export function addAssign(program: Command, cli: Cli): void {
  remote(program.command("assign"))
    .summary("give an incident to another owner")
    .description("Gives an incident to another declared owner; the timeline says from whom, to whom and why.")
    .argument("<number>", "number of the incident", number)
    .argument("<owner>", "name of the owner, as declared in a document of kind Owners")
    .option("--note <text>", "why")
    .addHelpText("after", '\nExample:\n  homeostat assign 1 flight-data --note "it is their feed"\n')
    .action(async (n: number, owner: string, options: AssignOptions) => {
      const { client } = await connect(cli, options);
      const body = { owner, ...(options.note === undefined ? {} : { note: options.note }) };
      const incident = await client.call("assignIncident", { path: { number: n }, body });
      cli.print(options, incident, () => `Incident ${incident.number} is ${incident.owner}'s now: ${incident.title}\n`);
    });
}

interface FalseAlarmOptions extends RemoteOptions {
  readonly reason: string;
}

/** `homeostat false-alarm N`. */
export function addFalseAlarm(program: Command, cli: Cli): void {
  remote(program.command("false-alarm"))
    .summary("mark an incident as a false alarm")
    .description(
      "Marks an incident as a false alarm and resolves it. Its page counts as false in the monthly review, against the budget.",
    )
    .argument("<number>", "number of the incident", number)
    .requiredOption("--reason <text>", "why nothing was wrong")
    .addHelpText("after", '\nExample:\n  homeostat false-alarm 1 --reason "a public holiday, every year"\n')
    .action(async (n: number, options: FalseAlarmOptions) => {
      const { client } = await connect(cli, options);
      const body = { reason: options.reason };
      const incident = await client.call("markFalseAlarm", { path: { number: n }, body });
      cli.print(
        options,
        incident,
        () => `Incident ${incident.number} is resolved as a false alarm: ${incident.title}\n`,
      );
    });
}

interface CauseOptions extends RemoteOptions {
  readonly change?: string;
  readonly component?: string;
  readonly note?: string;
}

/** `homeostat cause N`. */
export function addCause(program: Command, cli: Cli): void {
  remote(program.command("cause"))
    .summary("say what caused an incident")
    .description(
      "Links the cause that people found out, whatever the diagnosis named: a logged change by its id, or a component whose change nobody logged.",
    )
    .argument("<number>", "number of the incident", number)
    .option("--change <id>", "id of the change in the change log")
    .option("--component <name>", "the component, where nobody logged the change; needs --note")
    .option("--note <text>", "what happened")
    .addHelpText(
      "after",
      '\nExamples:\n  homeostat cause 1 --change chg-42\n  homeostat cause 1 --component source:airline-feed --note "hours in UTC since Friday"\n',
    )
    .action(async (n: number, options: CauseOptions) => {
      const { change, component, note } = options;
      if ((change === undefined) === (component === undefined))
        throw new UsageError("name the cause with either --change or --component");
      const { client } = await connect(cli, options);
      const body = {
        ...(change === undefined ? {} : { change }),
        ...(component === undefined ? {} : { component }),
        ...(note === undefined ? {} : { note }),
      };
      const incident = await client.call("linkCause", { path: { number: n }, body });
      cli.print(options, incident, () => `Incident ${incident.number}: caused by ${causeText(incident.linkedCause)}\n`);
    });
}

const causeText = (cause: { readonly title: string; readonly component: string } | null): string =>
  cause === null ? "nothing that is known" : `"${cause.title}" on ${cause.component}`;
