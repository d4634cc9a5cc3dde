import { basename, dirname, resolve } from "node:path";
import type { Command } from "commander";
import { stringify } from "yaml";
import type { Contract } from "../../domain/contract/contract.ts";
import { diffContracts } from "../../domain/contract/diff-contracts.ts";
import { isFailure, type RuleResult } from "../../domain/contract/judge-rules.ts";
import { type Cli, type RemoteOptions, remote } from "../cli.ts";
import { exitCodes } from "../exit-code.ts";
import { countedText } from "../format-value.ts";
import { parseInstant } from "../parse-argument.ts";
import { createProgress } from "../progress.ts";
import { checkFiles, type FileCheck } from "../source/check-files.ts";
import { changesText, resultsText } from "../source/contract-text.ts";
import { inferFromFiles } from "../source/infer-files.ts";
import { addLiveSource, checkLive, diffLive, withRange } from "../source/live-source.ts";
import { dataFilesAt, openPart, type PrivateEngine, startPrivateEngine } from "../source/open-data.ts";
import { lintFile, promisesOf } from "../source/read-contract-file.ts";
import { renderTable } from "../table.ts";
import { UsageError } from "../usage-error.ts";

interface CheckOptions extends RemoteOptions {
  readonly live?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly contract?: string;
  readonly object?: string;
  readonly now?: string;
  readonly all?: boolean;
}

interface InferOptions {
  readonly id?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  homeostat source infer data/2018/ --id taxi-feed > taxi.odcs.yaml
  homeostat source test taxi.odcs.yaml
  homeostat source check data/2019/ --contract taxi.odcs.yaml
  homeostat source diff taxi.odcs.yaml taxi-next.odcs.yaml
  homeostat source add taxi.odcs.yaml
  homeostat source check taxi-feed --live
`;

/** `homeostat source`: what upstream providers promise, and whether they keep it. */
export function addSource(program: Command, cli: Cli): void {
  const source = program
    .command("source")
    .summary("sources and their contracts")
    .description(
      "A source is an upstream provider of data; its contract (Open Data Contract Standard v3.1 or v3.0) says what it promises.",
    )
    .addHelpText("after", examples);
  withRange(source.command("check"))
    .description("holds files, or folders of files, to a contract, and names what breaks it and since which file")
    .argument("<paths...>", "data files or folders; with --live the id of a source")
    .option("--contract <file>", "the contract, YAML")
    .option("--live", "check the rows that the server holds, instead of files")
    .option("--object <name>", "the object of a contract that describes several")
    .option("--now <time>", "the time to which ages are counted (now, when absent)", parseInstant)
    .option("--all", "show rules that passed too")
    .addHelpText(
      "after",
      "\nEnds with 4 when a rule of severity error fails.\n\nExamples:\n  homeostat source check data/ --contract taxi.odcs.yaml\n  homeostat source check taxi-feed --live --from 2019-01-01\n",
    )
    .action((paths: string[], options: CheckOptions) => check(cli, paths, options));
  source
    .command("test")
    .description("lints a contract, says what will be enforced and what not, and checks the files of its local servers")
    .argument("<contract>", "the contract, YAML")
    .option("--object <name>", "the object of a contract that describes several")
    .option("--now <time>", "the time to which ages are counted (now, when absent)", parseInstant)
    .option("--all", "show rules that passed too")
    .option("--json", "print one JSON document and nothing else on standard output")
    .addHelpText("after", "\nEnds with 1 when the contract is not valid, with 4 when a rule of severity error fails.\n")
    .action((path: string, options: CheckOptions) => test(cli, path, options));
  remote(source.command("diff"))
    .description("says what changes from one version of a contract to the next, and what of it is breaking")
    .argument("<before>", "the older version, YAML; with --live the id of a source")
    .argument("<after>", "the newer version, YAML")
    .option("--live", "against the version that the server has, with the systems that would break")
    .option("--object <name>", "the object of contracts that describe several")
    .addHelpText("after", "\nEnds with 4 when a change is breaking.\n")
    .action((before: string, after: string, options: CheckOptions) => diff(cli, before, after, options));
  source
    .command("infer")
    .description("writes a first contract from data: types, presence, lists of values, ranges")
    .argument("<paths...>", "data files or folders")
    .option("--id <id>", "id of the contract (the name of the file, when absent)")
    .option("--json", "print JSON instead of YAML")
    .action((paths: string[], options: InferOptions) => infer(cli, paths, options));
  addLiveSource(source, cli);
}

async function withEngine<T>(paths: readonly string[], work: (engine: PrivateEngine) => Promise<T>): Promise<T> {
  const engine = await startPrivateEngine(paths);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

interface Checked {
  readonly contract: Contract;
  readonly files: readonly FileCheck[];
  /** All files as one table. */
  readonly overall: FileCheck;
}

async function checkAll(
  cli: Cli,
  engine: PrivateEngine,
  contract: Contract,
  paths: readonly string[],
  options: CheckOptions,
): Promise<Checked> {
  const now = options.now === undefined ? cli.host.now() : Date.parse(options.now);
  const progress = createProgress(cli, "Checking");
  const parts = [];
  const files: FileCheck[] = [];
  for (const [index, path] of paths.entries()) {
    progress.update(index / paths.length, path);
    const part = await openPart(engine, path);
    parts.push(part);
    files.push(await checkFiles(engine, contract, [part], now));
  }
  const [first] = files;
  const overall = files.length === 1 && first !== undefined ? first : await checkFiles(engine, contract, parts, now);
  progress.end();
  return { contract, files, overall };
}

async function check(cli: Cli, paths: readonly string[], options: CheckOptions): Promise<void> {
  const [only] = paths;
  if (options.live === true) {
    if (only === undefined || paths.length > 1) throw new UsageError("name one source with --live");
    return checkLive(cli, only, options);
  }
  if (options.contract === undefined) throw new UsageError("name the contract with --contract");
  const text = await lintFile(cli, options.contract);
  const files = await dataFilesAt(paths);
  const checked = await withEngine(files, async (engine) =>
    checkAll(cli, engine, await promisesOf(text, options.object, engine.checker), files, options),
  );
  report(cli, checked, options);
}

const failedIn = (file: FileCheck): readonly RuleResult[] => file.results.filter((result) => result.state === "failed");

function report(cli: Cli, checked: Checked, options: CheckOptions): void {
  const { contract, files, overall } = checked;
  cli.print(
    options,
    { contract: { id: contract.id, version: contract.version }, files, overall, unchecked: contract.unchecked },
    () => checkText(cli, checked, options.all === true),
  );
  if (isFailure(overall.results) || files.some((file) => isFailure(file.results))) cli.exitWith(exitCodes.found);
}

function checkText(cli: Cli, { contract, files, overall }: Checked, all: boolean): string {
  const head = `${contract.id} ${contract.version}: ${countedText(overall.rows, "row")} in ${countedText(files.length, "file")}\n`;
  const strange =
    overall.strange.length === 0 ? "" : `Columns the contract does not know: ${overall.strange.join(", ")}\n`;
  const unchecked = contract.unchecked.map((what) => `${cli.terminal.colors.dim("Not checked:")} ${what}\n`).join("");
  return `${head}${resultsText(cli, overall.results, all)}${files.length > 1 ? filesText(cli, files) : ""}${strange}${unchecked}`;
}

/** Which file broke which rule first: files stand in the order of their names, which for months is that of time. */
function filesText(cli: Cli, files: readonly FileCheck[]): string {
  const first = new Map<string, { readonly path: string; last: string; count: number }>();
  for (const file of files)
    for (const result of failedIn(file)) {
      const path = basename(file.path ?? "");
      const known = first.get(result.rule);
      if (known === undefined) first.set(result.rule, { path, last: path, count: 1 });
      else {
        known.count += 1;
        known.last = path;
      }
    }
  if (first.size === 0) return "";
  const rows = [...first].map(([rule, { path, last, count }]) => [rule, path, count === 1 ? "" : last, String(count)]);
  return `\n${renderTable(
    [
      { head: "Rule" },
      { head: "First broken in", wraps: true },
      { head: "Last", wraps: true },
      { head: "Files", align: "right" },
    ],
    rows,
    cli.terminal,
  )}`;
}

interface LocalServer {
  readonly type: string;
  readonly path?: unknown;
}

async function test(cli: Cli, path: string, options: CheckOptions): Promise<void> {
  const text = await lintFile(cli, path);
  const servers = (text.contract.servers ?? []) as readonly LocalServer[];
  const local = servers.flatMap((server) =>
    server.type === "local" && typeof server.path === "string" ? [resolve(dirname(path), server.path)] : [],
  );
  const files = local.length === 0 ? [] : await dataFilesAt(local);
  await withEngine(files, async (engine) => {
    const contract = await promisesOf(text, options.object, engine.checker);
    if (files.length > 0) return report(cli, await checkAll(cli, engine, contract, files, options), options);
    const { id, version, rules, unchecked } = contract;
    cli.print(options, { contract: { id, version }, rules, unchecked, files: [] }, () => testText(cli, contract));
  });
}

function testText(cli: Cli, { id, version, rules, unchecked }: Contract): string {
  const table =
    rules.length === 0
      ? ""
      : renderTable(
          [{ head: "Rule" }, { head: "Promise", wraps: true }, { head: "Severity" }],
          rules.map((rule) => [rule.id, rule.words, rule.severity]),
          cli.terminal,
        );
  const missing = unchecked.map((what) => `${cli.terminal.colors.dim("Not checked:")} ${what}\n`).join("");
  return `${table}${missing}${id} ${version} is valid: ${countedText(rules.length, "rule")} enforced, ${unchecked.length} not checked. It names no local files; check some with \`homeostat source check FILES --contract …\`.\n`;
}

async function diff(cli: Cli, before: string, after: string, options: CheckOptions): Promise<void> {
  if (options.live === true) return diffLive(cli, before, after, options);
  const [older, newer] = [await lintFile(cli, before), await lintFile(cli, after)];
  const changes = await withEngine([], async ({ checker }) =>
    diffContracts(
      await promisesOf(older, options.object, checker),
      await promisesOf(newer, options.object, checker),
      [],
    ),
  );
  cli.print(options, changes, () => changesText(cli, changes, false));
  if (changes.some((change) => change.breaking)) cli.exitWith(exitCodes.found);
}

async function infer(cli: Cli, paths: readonly string[], options: InferOptions): Promise<void> {
  const files = await dataFilesAt(paths);
  const progress = createProgress(cli, "Reading");
  const contract = await withEngine(files, async (engine) => {
    const parts = [];
    for (const path of files) parts.push(await openPart(engine, path));
    const id = options.id ?? parts[0]?.path.replace(/^.*[/\\]/, "").replace(/\..*$/, "") ?? "source";
    return inferFromFiles(engine, parts, id, (done, of) => progress.update(done / of, `column ${done} of ${of}`));
  });
  progress.end();
  const yaml = `# Written from ${countedText(files.length, "file")} by \`homeostat source infer\`. It promises what was seen and nothing\n# more: widen ranges and lists where you know better, then give it a version and an owner.\n${stringify(contract, { lineWidth: 0 })}`;
  cli.print(options, contract, () => yaml);
}
