import type { Dataset } from "@homeostat/protocol";
import type { Client } from "@homeostat/sdk";
import { CommandFailure } from "./usage-error.ts";

/** The dataset of that name, which may be cut short where only one begins so. @throws CommandFailure. */
export async function findDataset(client: Client, system: string, name: string): Promise<Dataset> {
  const { items } = await client.call("datasets", { path: { system } });
  const fitting = items.filter(({ digest }) => digest.startsWith(name));
  const [only] = fitting;
  if (only === undefined)
    throw new CommandFailure(`${system} has no dataset ${name}`, `List them: homeostat dataset list ${system}`);
  if (fitting.length > 1)
    throw new CommandFailure(`${fitting.length} datasets begin with ${name}`, "Write more of the name.");
  return only;
}
