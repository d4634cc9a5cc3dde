import { z } from "zod";

type KeyList = string;

/** Keys of each type of server in ODCS v3.1, required ones first, then after `|` the optional ones. */
const serverKeys: Readonly<Record<string, KeyList>> = {
  api: "location",
  athena: "stagingDir schema | catalog regionName",
  azure: "location format | delimiter",
  bigquery: "project dataset",
  clickhouse: "host port database",
  cloudsql: "host port database schema",
  custom:
    "| account catalog database dataset delimiter endpointUrl format host location path port project region regionName schema serviceName stagingDir warehouse",
  databricks: "catalog schema | host",
  db2: "host port database | schema",
  denodo: "host port | database",
  dremio: "host port | schema",
  duckdb: "database | schema",
  glue: "account database | location format",
  hive: "host database | port",
  informix: "host database | port",
  kafka: "host | format",
  kinesis: "| region format",
  local: "path format",
  mysql: "host port database",
  oracle: "host port serviceName",
  postgres: "host port database schema",
  postgresql: "host port database schema",
  presto: "host | catalog schema",
  pubsub: "project",
  redshift: "database schema | host region account",
  s3: "location | endpointUrl format delimiter",
  sftp: "location | format delimiter",
  snowflake: "account database schema | host port warehouse",
  sqlserver: "host database schema | port",
  synapse: "host port database",
  trino: "host port catalog schema",
  vertica: "host port database schema",
};

const serverKinds = Object.keys(serverKeys) as [string, ...string[]];
const words = (text: string | undefined): readonly string[] => (text ?? "").split(" ").filter((word) => word !== "");

/** Keys that every server has, whatever its type. `id` came with corrections of v3.1. */
const everyServer = new Set(["id", "server", "type", "description", "environment", "roles", "customProperties"]);

interface OpenServer {
  readonly [key: string]: unknown;
  readonly type: string;
}

/** Adds the keys of the server's own type: those that must be there, and none that its type does not have. */
function checkKeys(server: OpenServer, context: z.RefinementCtx): void {
  const [required, optional] = (serverKeys[server.type] ?? "").split("|");
  const known = new Set([...everyServer, ...words(required), ...words(optional)]);
  for (const key of words(required))
    if (server[key] === undefined)
      context.addIssue({ code: "custom", path: [key], message: `a value: servers of type ${server.type} have one` });
  for (const [key, value] of Object.entries(server)) {
    if (!known.has(key)) context.addIssue({ code: "unrecognized_keys", keys: [key], input: server });
    else if (!everyServer.has(key)) checkValue(key, value, context);
  }
}

function checkValue(key: string, value: unknown, context: z.RefinementCtx): void {
  const isRight = key === "port" ? Number.isInteger(value) : typeof value === "string" || typeof value === "number";
  if (!isRight) context.addIssue({ code: "custom", path: [key], message: key === "port" ? "a whole number" : "text" });
}

/** Where the data lie. Homeostat reads files of type `local` and nothing else; the rest is documentation to it. */
export function serverSchema(shape: z.ZodRawShape, isStrict: boolean): z.ZodType {
  const base = z.looseObject({ server: z.string(), type: z.enum(serverKinds), ...shape });
  return isStrict ? base.superRefine((server, context) => checkKeys(server as OpenServer, context)) : base;
}
