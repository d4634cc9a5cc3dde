import type { MonitorTrial } from "@homeostat/protocol";
import { parseAllDocuments } from "yaml";
import { reasonOf } from "../domain/fault.ts";
import type { Cli } from "./cli.ts";
import { readSource } from "./read-source.ts";
import { UsageError } from "./usage-error.ts";

type Monitors = MonitorTrial["monitors"];

/**
 * Monitors to try, from a file with `monitors`, a list of monitors or one monitor alone. What they say is the server's to
 * check. @throws UsageError where the file holds none, or nobody names the system.
 */
export async function readTrial(
  cli: Cli,
  file: string,
  named: string | undefined,
): Promise<{ readonly system: string; readonly monitors: Monitors }> {
  const text = await readSource(cli, file);
  const documents = parseAllDocuments(text, { version: "1.2", schema: "core" });
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken !== undefined) throw new UsageError(`${file} is not YAML: ${reasonOf(broken)}`);
  const [holder] = documents
    .map((document): unknown => document.toJS())
    .filter((value) => monitorsIn(value) !== undefined);
  const monitors = monitorsIn(holder);
  if (monitors === undefined || monitors.length === 0)
    throw new UsageError(`${file} holds no monitors`, "Write a list under `monitors`, as in system.yaml.");
  const system = named ?? nameIn(holder);
  if (system === undefined) throw new UsageError(`${file} does not name a system`, "Say which one with --system NAME.");
  return { system, monitors };
}

function monitorsIn(value: unknown): Monitors | undefined {
  if (Array.isArray(value)) return value as Monitors;
  if (typeof value !== "object" || value === null) return undefined;
  if ("monitors" in value && Array.isArray(value.monitors)) return value.monitors as Monitors;
  // one monitor alone: a system has a kind and a name too, and an apiVersion beside them
  return "name" in value && !("apiVersion" in value) ? ([value] as Monitors) : undefined;
}

function nameIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value) || value.kind !== "System") return undefined;
  return "name" in value && typeof value.name === "string" ? value.name : undefined;
}
