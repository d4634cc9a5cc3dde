import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Client, createClient } from "@homeostat/sdk";
import { type Command, Option } from "commander";
import { exitCodes } from "./exit-code.ts";
import { createTerminal, type Environment, type Output, type Terminal } from "./terminal.ts";

/** Flags of `homeostat up` as they were typed; the server itself knows the variables and defaults behind them. */
export interface UpFlags {
  readonly data?: string;
  readonly host?: string;
  readonly port?: string;
  readonly quiet?: boolean;
}

/** What a backup became. */
interface Restored {
  readonly dataDirectory: string;
  readonly createdAt: string;
  readonly files: number;
  readonly rows: number;
  /** Where the datasets still lie that were not in the backup. */
  readonly datasetsElsewhere: string | null;
}

/** What the program gets from the process it runs in. */
export interface CliHost {
  readonly version: string;
  /** Runs a server until it is told to stop. Answers the exit code. */
  readonly up: (flags: UpFlags) => Promise<number>;
  /** Makes a data directory of a backup, without a server; a host that holds no server's parts has none. */
  readonly restore?: (
    from: string,
    dataDirectory: string,
    tell: (step: string, share?: number) => void,
  ) => Promise<Restored>;
  readonly env: Environment;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Standard input, read only where `-` stands for a file. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What every command works with. */
export interface Cli {
  readonly host: CliHost;
  readonly terminal: Terminal;
  /** Prints one JSON document with `--json`, the text for people without. */
  print(options: { readonly json?: boolean }, machine: unknown, human: () => string): void;
  /** What the process will end with if nothing goes wrong from here. */
  exitWith(code: number): void;
  readonly exitCode: () => number;
}

export function createCli(host: CliHost): Cli {
  const terminal = createTerminal(host.stdout, host.stderr, host.env);
  let code: number = exitCodes.ok;
  return {
    host,
    terminal,
    print: (options, machine, human) => {
      host.stdout.write(options.json === true ? `${JSON.stringify(machine, null, 2)}\n` : human());
    },
    exitWith: (next) => {
      code = next;
    },
    exitCode: () => code,
  };
}

/** Options of every command that speaks to a server. */
export interface RemoteOptions {
  readonly url?: string;
  readonly key?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export interface Connection {
  readonly url: string;
  readonly key: string | undefined;
  readonly client: Client;
}

const defaultUrl = "http://127.0.0.1:7300";
export const defaultDataDirectory = "./.homeostat";
/** The file below the data directory in which `homeostat up` leaves its key for the command line on the same machine. */
const keyFileName = "cli-key";

/** Gives a command the options of {@link RemoteOptions}. */
export function remote(command: Command): Command {
  const group = "Connection:";
  return command
    .option("--json", "print one JSON document and nothing else on standard output")
    .addOption(new Option("--url <url>", `address of the server (HOMEOSTAT_URL, else ${defaultUrl})`).helpGroup(group))
    .addOption(new Option("--key <key>", "API key (HOMEOSTAT_KEY, else from the data directory)").helpGroup(group))
    .addOption(
      new Option(
        "--data <dir>",
        `data directory of a server on this machine, for its key (HOMEOSTAT_DATA, else ${defaultDataDirectory})`,
      ).helpGroup(group),
    );
}

/** Where the server is and with what key to speak to it. Flags before variables before defaults. */
export async function connect(cli: Cli, options: RemoteOptions): Promise<Connection> {
  const { env } = cli.host;
  const url = (options.url ?? nonEmpty(env.HOMEOSTAT_URL) ?? defaultUrl).replace(/\/+$/, "");
  const key = options.key ?? nonEmpty(env.HOMEOSTAT_KEY) ?? (await keyInDirectory(dataDirectoryOf(cli, options)));
  return { url, key, client: createClient({ url, ...(key === undefined ? {} : { key }) }) };
}

function dataDirectoryOf(cli: Cli, options: { readonly data?: string }): string {
  return options.data ?? nonEmpty(cli.host.env.HOMEOSTAT_DATA) ?? defaultDataDirectory;
}

async function keyInDirectory(directory: string): Promise<string | undefined> {
  try {
    return nonEmpty((await readFile(join(directory, keyFileName), "utf8")).trim());
  } catch {
    // No server was started here, or not by this user: the server then says that a key is missing.
    return undefined;
  }
}

const nonEmpty = (text: string | undefined): string | undefined => (text === "" ? undefined : text);
