import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Postmortem, PostmortemSummary, SimilarIncident } from "@homeostat/protocol";
import { ProblemError } from "@homeostat/sdk";
import type { Command } from "commander";
import { reasonOf } from "../../domain/fault.ts";
import { type Cli, type Connection, connect, type RemoteOptions, remote } from "../cli.ts";
import { instantText, unknownMark } from "../format-value.ts";
import { oneOf, wholeNumber } from "../parse-argument.ts";
import { renderTable } from "../table.ts";
import { CommandFailure, UsageError } from "../usage-error.ts";
import { writeDeclaration } from "../write-declaration.ts";

const number = wholeNumber(1, 1_000_000_000);
const makeKinds = ["monitor", "rule", "action", "gate"] as const;

interface ShowOptions extends RemoteOptions {
  readonly version?: number;
  readonly again?: boolean;
}

/** `homeostat postmortem`: what was learned from an incident. */
export function addPostmortem(program: Command, cli: Cli): void {
  const postmortem = program
    .command("postmortem")
    .summary("draft, edit, publish and search postmortems")
    .description(
      "What was learned from an incident. `homeostat postmortem N` shows it, drafting it from timeline and diagnosis when there is none yet.",
    )
    .addHelpText(
      "after",
      '\nExamples:\n  homeostat postmortem 1\n  homeostat postmortem edit 1 --file postmortem.md\n  homeostat postmortem publish 1\n  homeostat postmortem search "hours in UTC"\n  homeostat postmortem action 1 A1 --make rule --in systems/flight-delay --write\n',
    );
  remote(postmortem.command("show", { isDefault: true }))
    .description("shows the postmortem of an incident as Markdown, and drafts it when there is none")
    .argument("<number>", "number of the incident", number)
    .option("--version <version>", "an older version", wholeNumber(1, 1_000_000))
    .option("--again", "draft a new version from what is known now; older ones are kept")
    .action((n: number, options: ShowOptions) => show(cli, n, options));
  remote(postmortem.command("list"))
    .description("lists postmortems, newest incident first")
    .option("--system <name>", "only those of a system")
    .action(async (options: RemoteOptions & { readonly system?: string }) => {
      const { client } = await connect(cli, options);
      const query = options.system === undefined ? {} : { system: options.system };
      const { items } = await client.call("postmortems", { query });
      cli.print(options, items, () => listText(cli, items));
    });
  remote(postmortem.command("edit"))
    .description("writes a new version: from a file, or in your editor (VISUAL, EDITOR)")
    .argument("<number>", "number of the incident", number)
    .option("--file <path>", "the new text; `-` for standard input")
    .action((n: number, options: RemoteOptions & { readonly file?: string }) => edit(cli, n, options));
  remote(postmortem.command("publish"))
    .description("says that it is finished")
    .argument("<number>", "number of the incident", number)
    .action(async (n: number, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const kept = await client.call("publishPostmortem", { path: { number: n } });
      cli.print(options, kept, () => `The postmortem of incident ${n} is published (version ${kept.version}).\n`);
    });
  remote(postmortem.command("search"))
    .description("finds past incidents and their postmortems by a text, nearest first")
    .argument("<text>", "words to look for")
    .option("--system <name>", "only those of a system")
    .option("--limit <n>", "at most so many", wholeNumber(1, 100))
    .action((text: string, options: SearchOptions) => search(cli, text, options));
  addAction(postmortem, cli);
}

interface SearchOptions extends RemoteOptions {
  readonly system?: string;
  readonly limit?: number;
}

async function search(cli: Cli, text: string, options: SearchOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const { items } = await client.call("searchPostmortems", {
    query: {
      text,
      ...(options.system === undefined ? {} : { system: options.system }),
      ...(options.limit === undefined ? {} : { limit: options.limit }),
    },
  });
  cli.print(options, items, () => similarText(cli, items, "No past incident holds one of these words.\n"));
}

interface ActionOptions extends RemoteOptions {
  readonly make: (typeof makeKinds)[number];
  readonly field?: string;
  readonly in?: string;
  readonly write?: boolean;
}

function addAction(postmortem: Command, cli: Cli): void {
  remote(postmortem.command("action"))
    .description("writes the declaration that an action asks for; you look at it and apply it")
    .argument("<number>", "number of the incident", number)
    .argument("<action>", "id of the action, e.g. A1")
    .requiredOption("--make <kind>", makeKinds.join(", "), oneOf(makeKinds))
    .option("--field <name>", "the contract field of a rule, where the findings do not say it")
    .option("--in <folder>", "the folder with the declarations: shows what would change in which file")
    .option("--write", "change the file; then run `homeostat apply`")
    .action(async (n: number, action: string, options: ActionOptions) => {
      if (options.write === true && options.in === undefined)
        throw new UsageError("--write needs --in FOLDER: the folder with the declarations");
      const { client } = await connect(cli, options);
      const body = { make: options.make, ...(options.field === undefined ? {} : { field: options.field }) };
      const made = await client.call("makeOfAction", { path: { number: n, action }, body });
      const written =
        options.in === undefined ? undefined : await writeDeclaration(options.in, made, options.write === true);
      cli.print(options, written === undefined ? made : { ...made, ...written }, () => {
        const where = `${made.document} of ${made.system}, at ${made.place.join(" › ")}`;
        if (written === undefined) return `${made.words}\n\nAdd to the ${where}:\n\n${made.yaml}`;
        const next = written.written
          ? `\nWritten. Apply it with \`homeostat apply ${options.in}\`; the action is then done.\n`
          : "\nNothing was written: --write does it.\n";
        return `${made.words}\n\n${written.diff}${next}`;
      });
    });
}

async function show(cli: Cli, n: number, options: ShowOptions): Promise<void> {
  const connection = await connect(cli, options);
  const found = options.again === true ? undefined : await existing(connection, n, options.version);
  const shown =
    found ??
    (await connection.client.call("draftPostmortem", { path: { number: n }, body: { again: options.again === true } }));
  cli.print(options, shown, () => `${shown.markdown}\n${footer(shown, found === undefined)}`);
}

async function existing(
  { client }: Connection,
  n: number,
  version: number | undefined,
): Promise<Postmortem | undefined> {
  try {
    return await client.call("postmortem", { path: { number: n }, query: version === undefined ? {} : { version } });
  } catch (thrown) {
    if (thrown instanceof ProblemError && thrown.problem.code === "not-found" && version === undefined)
      return undefined;
    throw thrown;
  }
}

function footer(postmortem: Postmortem, isNew: boolean): string {
  const made = isNew ? "drafted now" : `by ${postmortem.by}, ${instantText(postmortem.at)}`;
  const declared = postmortem.actions.flatMap(({ id, made: one }) =>
    one === null
      ? []
      : [
          `${id}: ${one.words} (${one.appliedAt === null ? "not applied yet" : `applied ${instantText(one.appliedAt)}`})\n`,
        ],
  );
  return `Version ${postmortem.version}, ${postmortem.state}, ${made}.\n${declared.join("")}`;
}

async function edit(cli: Cli, n: number, options: RemoteOptions & { readonly file?: string }): Promise<void> {
  const connection = await connect(cli, options);
  const known = await connection.client.call("postmortem", { path: { number: n }, query: {} });
  const markdown = options.file === undefined ? await inEditor(cli, known) : await textOf(cli, options.file);
  if (markdown.trim() === "") throw new UsageError("the text is empty; nothing was changed");
  if (markdown === known.markdown) {
    cli.print(options, known, () => "Nothing was changed.\n");
    return;
  }
  const body = { markdown, basedOn: known.version };
  const kept = await connection.client.call("editPostmortem", { path: { number: n }, body });
  cli.print(
    options,
    kept,
    () => `Version ${kept.version} of the postmortem of incident ${n} is kept (${kept.state}).\n`,
  );
}

async function textOf(cli: Cli, path: string): Promise<string> {
  if (path !== "-")
    return readFile(path, "utf8").catch((thrown: unknown) => {
      throw new UsageError(`${path} cannot be read: ${reasonOf(thrown)}`);
    });
  const parts: Uint8Array[] = [];
  for await (const part of cli.host.stdin ?? []) parts.push(typeof part === "string" ? Buffer.from(part) : part);
  return Buffer.concat(parts).toString("utf8");
}

async function inEditor(cli: Cli, known: Postmortem): Promise<string> {
  const { VISUAL, EDITOR } = cli.host.env;
  const editor = VISUAL || EDITOR;
  if (editor === undefined || editor === "")
    throw new UsageError("no editor is set", "Set EDITOR, or give the new text with --file PATH.");
  const folder = await mkdtemp(join(tmpdir(), "homeostat-postmortem-"));
  const path = join(folder, `incident-${known.incident}.md`);
  try {
    await writeFile(path, known.markdown, { mode: 0o600 });
    const [program = "", ...args] = editor.split(/\s+/);
    const code = await new Promise<number | null>((done, fail) => {
      spawn(program, [...args, path], { stdio: "inherit" })
        .on("error", fail)
        .on("exit", done);
    }).catch((thrown: unknown) => {
      throw new CommandFailure(`the editor ${editor} did not start: ${reasonOf(thrown)}`);
    });
    if (code !== 0) throw new CommandFailure(`the editor ended with ${code}; nothing was changed`);
    return await readFile(path, "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function listText(cli: Cli, items: readonly PostmortemSummary[]): string {
  if (items.length === 0) return "No postmortems yet. `homeostat postmortem N` drafts one of incident N.\n";
  return renderTable(
    [
      { head: "Incident", align: "right" },
      { head: "System" },
      { head: "State" },
      { head: "Version", align: "right" },
      { head: "Open actions", align: "right" },
      { head: "Title", wraps: true },
    ],
    items.map((one) => [
      String(one.incident),
      one.system,
      one.state,
      String(one.version),
      String(one.openActions),
      one.title,
    ]),
    cli.terminal,
  );
}

/** Past incidents as a table, each with what it shares and what it turned out to be. */
export function similarText(cli: Pick<Cli, "terminal">, items: readonly SimilarIncident[], none: string): string {
  if (items.length === 0) return none;
  return renderTable(
    [
      { head: "N", align: "right" },
      { head: "System" },
      { head: "Since" },
      { head: "Postmortem" },
      { head: "Title", wraps: true },
      { head: "Shares", wraps: true },
      { head: "Cause", wraps: true },
    ],
    items.map((one) => [
      String(one.incident),
      one.system,
      instantText(one.since),
      one.postmortem ?? unknownMark,
      one.title,
      one.shared.join(", "),
      one.cause ?? `${unknownMark} not known`,
    ]),
    cli.terminal,
  );
}
