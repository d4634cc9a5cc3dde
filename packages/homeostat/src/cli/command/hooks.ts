import { type Hook, type HookKind, type HookRule, hookKind, hookRule } from "@homeostat/protocol";
import type { Command } from "commander";
import { type Cli, connect, type RemoteOptions, remote } from "../cli.ts";
import { instantText } from "../format-value.ts";
import { oneOf } from "../parse-argument.ts";
import { renderTable } from "../table.ts";
import { UsageError } from "../usage-error.ts";

interface CreateOptions extends RemoteOptions {
  readonly kind: HookKind;
  readonly rule?: readonly HookRule[];
  readonly onlyMapped?: boolean;
}

/** `homeostat hooks`: addresses by which the deploys of others become changes. */
export function addHooks(program: Command, cli: Cli): void {
  const hooks = program
    .command("hooks")
    .summary("take in deploy events of GitHub, GitLab, senders to PagerDuty, Standard Webhooks")
    .description(
      "Addresses with a secret of their own, to which other tools post what they deployed. Each verified delivery is one change, however often it is sent.",
    )
    .addHelpText(
      "after",
      '\nExamples:\n  homeostat hooks create deploys --kind github \\\n    --rule "repository=acme/delay-api environment=production component=service:delay-api"\n  homeostat hooks\n  homeostat hooks revoke hook-0123456789abcdef\n',
    );
  remote(hooks.command("list", { isDefault: true }))
    .description("lists hooks; secrets are never shown again")
    .action(async (options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const { items } = await client.call("hooks");
      cli.print(options, items, () => hooksText(cli, items));
    });
  remote(hooks.command("create"))
    .description("makes a hook and prints its address and its secret, once")
    .argument("<name>", "who will send to it")
    .requiredOption("--kind <kind>", hookKind.options.join(", "), oneOf(hookKind.options))
    .option(
      "--rule <rule>",
      'which deliveries concern which component, the first that matches counts: "repository=acme/* environment=production service=api component=service:api kind=deploy system=flight-delay"',
      (text: string, before: readonly HookRule[] | undefined) => [...(before ?? []), parseRule(text)],
    )
    .option("--only-mapped", "ignore deliveries that no rule matches")
    .action((name: string, options: CreateOptions) => createHook(cli, name, options));
  remote(hooks.command("revoke"))
    .description("revokes a hook at once")
    .argument("<id>", "id of the hook, see `homeostat hooks`")
    .action(async (id: string, options: RemoteOptions) => {
      const { client } = await connect(cli, options);
      const hook = await client.call("revokeHook", { path: { hook: id } });
      cli.print(options, hook, () => `Hook ${hook.id} (${hook.name}) is revoked.\n`);
    });
}

function parseRule(text: string): HookRule {
  const pairs = text.split(/[\s,]+/).filter((part) => part !== "");
  const parts = pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)] as const);
  const read = hookRule.safeParse(Object.fromEntries(parts));
  if (read.success && parts.every(([name]) => name !== "")) return read.data;
  const reason = read.success ? "every part must be name=value" : (read.error.issues[0]?.message ?? "it is not a rule");
  const where = read.success ? "" : (read.error.issues[0]?.path.join(".") ?? "");
  throw new UsageError(
    `--rule ${JSON.stringify(text)} cannot be used: ${where === "" ? "" : `${where}: `}${reason}`,
    "Write name=value pairs: repository, environment, service, component (needed), kind, system.",
  );
}

async function createHook(cli: Cli, name: string, options: CreateOptions): Promise<void> {
  const { client, url } = await connect(cli, options);
  const body = { name, kind: options.kind, rules: [...(options.rule ?? [])], onlyMapped: options.onlyMapped ?? false };
  const hook = await client.call("createHook", { body });
  const address = `${url}${hook.path}`;
  cli.print(options, { ...hook, url: address }, () => `${createdText(hook, address, hook.secret)}\n`);
}

const secretWords: Readonly<Record<HookKind, string>> = {
  github: "Secret (content type application/json; events Deployment statuses, Releases)",
  gitlab: "Secret token (triggers Deployment events, Releases events)",
  pagerduty: "Routing key (use the address in place of events.pagerduty.com)",
  standard: "Signing secret",
};

function createdText(hook: Hook, address: string, secret: string): string {
  return `Address  ${address}\n${secretWords[hook.kind]}:\n${secret}\nHook ${hook.id} for ${hook.name}. The secret is shown this once; keep it where others cannot read it.`;
}

function hooksText(cli: Cli, hooks: readonly Hook[]): string {
  if (hooks.length === 0)
    return "No hooks. Make one with `homeostat hooks create NAME --kind github`, then give its address and secret to the sender.\n";
  return renderTable(
    [
      { head: "Hook" },
      { head: "Name", wraps: true },
      { head: "Kind" },
      { head: "Rules", wraps: true },
      { head: "Last delivery" },
    ],
    hooks.map((hook) => [
      hook.id,
      hook.name,
      hook.kind,
      rulesText(hook),
      hook.revokedAt === null
        ? hook.lastUsedAt === null
          ? "none yet"
          : instantText(hook.lastUsedAt)
        : `revoked ${instantText(hook.revokedAt)}`,
    ]),
    cli.terminal,
  );
}

function rulesText({ rules, onlyMapped }: Hook): string {
  const written = rules.map(({ repository, environment, service, component }) =>
    [...[repository, environment, service].filter((part) => part !== undefined), `-> ${component}`].join(" "),
  );
  return [...written, onlyMapped ? "others ignored" : "others -> service:…"].join("; ");
}
