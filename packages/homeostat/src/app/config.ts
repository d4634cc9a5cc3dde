import { resolve } from "node:path";
import type { UpFlags } from "../cli/cli.ts";
import { durationMsOf } from "../http/declaration/duration.ts";
import type { S3Place } from "../store/blob/s3-blobs.ts";
import { readDatasetsPlace } from "./datasets-place.ts";

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
  /** Where datasets lie; undefined: below the data directory. */
  readonly datasets: S3Place | undefined;
  readonly environment: string;
  readonly spoolLimitBytes: number;
  /** With rows waiting in the spool longer than this, nothing more is taken. */
  readonly spoolLimitAgeMs: number;
  readonly engineMemoryBytes: number;
  readonly webhookAllowPrivate: boolean;
  /** Mail servers that may have an address of this machine or its network. */
  readonly smtpHosts: readonly string[];
  /** Every variable that begins with `HOMEOSTAT_SECRET_`: what declared channels may name. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
  /** A collector of OpenLineage events that is told of our own runs. */
  readonly openLineage: { readonly url: string; readonly key: string | undefined } | undefined;
}

export type ConfigReading =
  | { readonly kind: "config"; readonly config: Config }
  | { readonly kind: "refused"; readonly message: string };

type Environment = Readonly<Record<string, string | undefined>>;

const defaultPort = 7300;
const gibibyte = 1024 ** 3;

/**
 * Flags win over `HOMEOSTAT_*` variables, which win over defaults that run on a laptop. A variable set to nothing counts
 * as not set. Refuses, naming flag or variable, what cannot be meant.
 */
export function readConfig(flags: UpFlags, variables: Environment): ConfigReading {
  const environment: Environment = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const portText = flags.port ?? environment.HOMEOSTAT_PORT ?? String(defaultPort);
  const port = wholeNumberOf(portText);
  if (port === undefined || port > 65_535)
    return refused(`the port must be a whole number from 0 to 65535, not ${JSON.stringify(portText)}`);
  const spool = bytesOf(environment.HOMEOSTAT_SPOOL_LIMIT_BYTES, 2 * gibibyte);
  if (spool === undefined)
    return refused(
      `HOMEOSTAT_SPOOL_LIMIT_BYTES must be a number of bytes, not ${JSON.stringify(environment.HOMEOSTAT_SPOOL_LIMIT_BYTES)}`,
    );
  const spoolAge = durationMsOf(environment.HOMEOSTAT_SPOOL_MAX_AGE ?? "P7D");
  if (!(spoolAge > 0))
    return refused(
      `HOMEOSTAT_SPOOL_MAX_AGE must be an ISO 8601 duration such as P7D or PT12H, not ${JSON.stringify(environment.HOMEOSTAT_SPOOL_MAX_AGE)}`,
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
  const postgresUrl = environment.HOMEOSTAT_POSTGRES_URL;
  if (postgresUrl !== undefined && !/^postgres(ql)?:\/\//.test(postgresUrl))
    return refused(
      "HOMEOSTAT_POSTGRES_URL must be a postgres address, e.g. postgres://user:password@host:5432/database",
    );
  const datasets = readDatasetsPlace(environment);
  if (datasets.kind === "refused") return datasets;
  const openLineage = openLineageOf(environment);
  if (openLineage === "refused")
    return refused("HOMEOSTAT_OPENLINEAGE_URL must be an http or https address, e.g. https://lineage.example.com");
  if (flags.data === "" || flags.host === "") return refused("--data and --host need a value");
  return {
    kind: "config",
    config: {
      dataDirectory: resolve(flags.data ?? environment.HOMEOSTAT_DATA ?? ".homeostat"),
      host: flags.host ?? environment.HOMEOSTAT_HOST ?? "127.0.0.1",
      port,
      quiet: flags.quiet ?? false,
      clickhouse,
      postgresUrl,
      datasets: datasets.place,
      environment: environment.HOMEOSTAT_ENVIRONMENT ?? "production",
      spoolLimitBytes: spool,
      spoolLimitAgeMs: spoolAge,
      engineMemoryBytes: memory,
      openLineage,
      webhookAllowPrivate: environment.HOMEOSTAT_WEBHOOK_ALLOW_PRIVATE === "1",
      smtpHosts: namesIn(environment.HOMEOSTAT_SMTP_HOSTS),
      secrets: Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith("HOMEOSTAT_SECRET_"))),
    },
  };
}

/** Names between commas. */
function namesIn(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

const refused = (message: string): ConfigReading => ({ kind: "refused", message });

function bytesOf(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  const bytes = wholeNumberOf(text);
  return bytes === 0 ? undefined : bytes;
}

/** Digits only: `Number` would also take "", " 80", "0x50" and "8e1". */
function wholeNumberOf(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

function clickhouseOf(text: string | undefined): Config["clickhouse"] | "refused" {
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) return "refused";
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return "refused";
  try {
    return {
      url: url.origin,
      username: decodeURIComponent(url.username) || "default",
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.replace(/^\//, "")) || "default",
    };
  } catch {
    // A per cent sign that escapes nothing.
    return "refused";
  }
}

function openLineageOf(environment: Environment): Config["openLineage"] | "refused" {
  const { HOMEOSTAT_OPENLINEAGE_URL: url, HOMEOSTAT_OPENLINEAGE_KEY: key } = environment;
  if (url === undefined) return undefined;
  return URL.canParse(url) && /^https?:/.test(url) ? { url, key } : "refused";
}
