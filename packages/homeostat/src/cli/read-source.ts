import { readFile } from "node:fs/promises";
import { reasonOf } from "../domain/fault.ts";
import type { Cli } from "./cli.ts";
import { UsageError } from "./usage-error.ts";

/** The text of a file, or of standard input where `-` is given. @throws UsageError when it cannot be read. */
export async function readSource(cli: Cli, path: string): Promise<string> {
  if (path !== "-") {
    return readFile(path, "utf8").catch((thrown: unknown) => {
      throw new UsageError(`${path} cannot be read: ${reasonOf(thrown)}`);
    });
  }
  if (cli.host.stdin === undefined) throw new UsageError("there is no standard input to read");
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of cli.host.stdin)
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
