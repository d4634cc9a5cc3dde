import { resolve } from "node:path";
import type { UpFlags } from "../cli/cli.ts";

/** Validated settings of one server. */
export interface Config {
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  readonly quiet: boolean;
  /** A ClickHouse server instead of the embedded engine. */
  readonly clickhouse:
    | { readonly url: string; readonly username: string; readonly password: string; readonly database: string }
    | undefined;
  readonly postgresUrl: string | undefined;
  readonly environment: string;
  readonly spoolLimitBytes: number;
  readonly engineMemoryBytes: number;
  readonly webhookAllowPrivate: boolean;
}

export type ConfigReading =
  | { readonly kind: "config"; readonly config: Config }
  | { readonly kind: "refused"; readonly message: string };

type Environment = Readonly<Record<string, string | undefined>>;

const defaultPort = 7300;
const gibibyte = 1024 ** 3;

/** Flags win over `HOMEOSTAT_*` variables, which win over defaults that run on a laptop. */
export function readConfig(flags: UpFlags, environment: Environment): ConfigReading {
  const portText = flags.port ?? environment.HOMEOSTAT_PORT ?? String(defaultPort);
  const port = Number(portText);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return refused(`the port must be a whole number from 0 to 65535, not ${JSON.stringify(portText)}`);
  const spool = bytesOf(environment.HOMEOSTAT_SPOOL_LIMIT_BYTES, 2 * gibibyte);
  if (spool === undefined)
    return refused(
      `HOMEOSTAT_SPOOL_LIMIT_BYTES must be a number of bytes, not ${JSON.stringify(environment.HOMEOSTAT_SPOOL_LIMIT_BYTES)}`,
    );
  const memory = bytesOf(environment.HOMEOSTAT_ENGINE_MEMORY_BYTES, 2 * gibibyte);
  if (memory === undefined)
    return refused(
      `HOMEOSTAT_ENGINE_MEMORY_BYTES must be a number of bytes, not ${JSON.stringify(environment.HOMEOSTAT_ENGINE_MEMORY_BYTES)}`,
    );
  const clickhouse = clickhouseOf(environment.HOMEOSTAT_CLICKHOUSE_URL);
  if (clickhouse === "refused")
    return refused(
      "HOMEOSTAT_CLICKHOUSE_URL must be an http or https address, e.g. http://user:password@host:8123/database",
    );
  return {
    kind: "config",
    config: {
      dataDirectory: resolve(flags.data ?? environment.HOMEOSTAT_DATA ?? ".homeostat"),
      host: flags.host ?? environment.HOMEOSTAT_HOST ?? "127.0.0.1",
      port,
      quiet: flags.quiet ?? false,
      clickhouse,
      postgresUrl: environment.HOMEOSTAT_POSTGRES_URL,
      environment: environment.HOMEOSTAT_ENVIRONMENT ?? "production",
      spoolLimitBytes: spool,
      engineMemoryBytes: memory,
      webhookAllowPrivate: environment.HOMEOSTAT_WEBHOOK_ALLOW_PRIVATE === "1",
    },
  };
}

const refused = (message: string): ConfigReading => ({ kind: "refused", message });

function bytesOf(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  const bytes = Number(text);
  return Number.isInteger(bytes) && bytes > 0 ? bytes : undefined;
}

function clickhouseOf(text: string | undefined): Config["clickhouse"] | "refused" {
  if (text === undefined || text === "") return undefined;
  if (!URL.canParse(text)) return "refused";
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return "refused";
  const database = url.pathname.replace(/^\//, "") || "default";
  return {
    url: url.origin,
    username: decodeURIComponent(url.username) || "default",
    password: decodeURIComponent(url.password),
    database,
  };
}
