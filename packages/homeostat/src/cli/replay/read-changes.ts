import { type ChangeEvent, changeEvent } from "@homeostat/protocol";
import { parseDocument } from "yaml";
import type { Cli } from "../cli.ts";
import { readSource } from "../read-source.ts";
import { UsageError } from "../usage-error.ts";

/**
 * Reads change events from a YAML or JSON file: a list of them, or the list under `changes`.
 * @throws UsageError naming what is wrong and where.
 */
export async function readChanges(cli: Cli, path: string): Promise<readonly ChangeEvent[]> {
  const document = parseDocument(await readSource(cli, path), { version: "1.2", schema: "core" });
  const [broken] = document.errors;
  if (broken !== undefined) throw new UsageError(`${path} is not YAML: ${broken.message}`);
  const list = listIn(document.toJS());
  if (list === undefined) {
    throw new UsageError(
      `${path} holds no list of changes`,
      "Write a list of changes, each with component, kind, title and time, alone or under `changes:`.",
    );
  }
  return list.map((item, index) => {
    const parsed = changeEvent.safeParse(item);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new UsageError(
      `${path}: changes[${index}].${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not a change"}`,
    );
  });
}

function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  const inside = typeof value === "object" && value !== null && "changes" in value ? value.changes : undefined;
  return Array.isArray(inside) ? inside : undefined;
}
