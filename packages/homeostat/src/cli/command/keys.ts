import { type ApiKey, type Scope, scope } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { instantText } from "../format-value.ts";
import { oneOf } from "../parse-argument.ts";
import { renderTable } from "../table.ts";

interface CreateOptions extends RemoteOptions {
  readonly scope: readonly Scope[];
  readonly system?: readonly string[];
}

/** `homeostat keys`: who may speak to the server. */
export function addKeys(program: Command, cli: Cli): void {
  const keys = program
    .command("keys")
    .summary("list, make and revoke API keys; sign in to the page")
    .description(
      "API keys with their scopes: ingest (send only), read, operate, admin. Each includes those before it, except ingest.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  homeostat keys\n  homeostat keys create booking-service --scope ingest --system flight-delay\n  homeostat keys revoke key-1a2b3c\n  homeostat keys sign-in-link\n",
    );
  remote(keys.command("list", { isDefault: true }))
    .description("lists keys; secrets are never shown again")
    .action(async (options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const { items } = await client.call("keys");
      cli.print(options, items, () => keysText(cli, items));
    });
  remote(keys.command("create"))
    .description("makes a key and prints its secret, once")
    .argument("<name>", "who will use it")
    .requiredOption(
      "--scope <scope...>",
      scope.options.join(", "),
      (text: string, before: readonly Scope[] | undefined) => [...(before ?? []), oneOf(scope.options)(text)],
    )
    .option("--system <name...>", "bind the key to these systems")
    .action((name: string, options: CreateOptions) => createKey(cli, name, options));
  remote(keys.command("revoke"))
    .description("revokes a key at once")
    .argument("<id>", "id of the key, see `homeostat keys`")
    .action(async (id: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const key = await client.call("revokeKey", { path: { key: id } });
      cli.print(options, key, () => `Key ${key.id} (${key.name}) is revoked.\n`);
    });
  remote(keys.command("sign-in-link"))
    .description("makes a link that opens the page, once")
    .action(async (options: RemoteOptions) => {
      const { client, url } = await connect(cli, options);
      const link = await client.call("signInLink");
      const address = `${url}${link.path}`;
      cli.print(
        options,
        { url: address, expiresAt: link.expiresAt },
        () => `${address}\nIt works once, until ${instantText(link.expiresAt)}.\n`,
      );
    });
}

async function createKey(cli: Cli, name: string, options: CreateOptions): Promise<void> {
  const { client } = await connect(cli, options);
  const systems = options.system === undefined ? {} : { systems: [...options.system] };
  const key = await client.call("createKey", { body: { name, scopes: [...options.scope], ...systems } });
  cli.print(
    options,
    key,
    () =>
      `${key.secret}\nKey ${key.id} for ${key.name}. The secret is shown this once; keep it where others cannot read it.\n`,
  );
}

function keysText(cli: Cli, keys: readonly ApiKey[]): string {
  if (keys.length === 0) return "No keys.\n";
  return renderTable(
    [
      { head: "Key" },
      { head: "Name", wraps: true },
      { head: "Scopes", wraps: true },
      { head: "Systems", wraps: true },
      { head: "Last used" },
    ],
    keys.map((key) => [
      key.id,
      key.name,
      key.scopes.join(", "),
      key.systems === null ? "all" : key.systems.join(", "),
      key.revokedAt === null
        ? key.lastUsedAt === null
          ? "never"
          : instantText(key.lastUsedAt)
        : `revoked ${instantText(key.revokedAt)}`,
    ]),
    cli.terminal,
  );
}
