import type { Model } from "@homeostat/protocol";
import type { Client } from "@homeostat/sdk";
import { CommandFailure } from "./usage-error.ts";

/** The model a training job names in its result; the newest one where it names none. @throws CommandFailure when there is none. */
export async function latestModel(client: Client, system: string, result?: unknown): Promise<Model> {
  const { items } = await client.call("models", { path: { system } });
  const version = versionIn(result);
  const named = items.find((model) => model.version === version);
  const [newest] = [...items].sort((left, right) => (left.createdAt < right.createdAt ? 1 : -1));
  const model = named ?? newest;
  if (model === undefined)
    throw new CommandFailure(`${system} has no model yet`, `Train one: homeostat train ${system} --help`);
  return model;
}

function versionIn(result: unknown): string | undefined {
  if (typeof result !== "object" || result === null) return undefined;
  const version = "version" in result ? result.version : "model" in result ? result.model : undefined;
  return typeof version === "string" ? version : undefined;
}
