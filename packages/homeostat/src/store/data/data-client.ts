import { Readable } from "node:stream";
import {
  type ClickHouseClient,
  ClickHouseError,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from "@clickhouse/client";
import type { EngineAddress } from "../../domain/engine/data-engine.ts";
import { Fault, reasonOf } from "../../domain/fault.ts";

type StreamFormat = "CSVWithNames" | "JSONCompactEachRow" | "JSONEachRow" | "Parquet" | "Arrow";

export type QueryParameters = Readonly<Record<string, unknown>>;

/** The one door to the data engine: statements are ours, values are always parameters. */
export interface DataClient {
  rows<T>(statement: string, parameters?: QueryParameters): Promise<readonly T[]>;
  /** The answer's bytes in the given format, as they come; for large results that are written or digested. */
  stream(
    statement: string,
    format: StreamFormat,
    parameters?: QueryParameters,
    settings?: ClickHouseSettings,
  ): Promise<Readable>;
  command(statement: string, parameters?: QueryParameters): Promise<void>;
  /** Sends newline-delimited JSON rows as bytes, never as row objects. */
  insertLines(table: string, blocks: readonly Uint8Array[] | AsyncIterable<Uint8Array>): Promise<void>;
  /** Sends blocks in Native format that all have the same columns; those not named are passed over. */
  insertNative(table: string, columns: readonly string[], blocks: readonly Uint8Array[]): Promise<void>;
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

const statementLimitMs = 120_000;

function faultOf(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  if (thrown instanceof ClickHouseError) {
    if (thrown.code === "159") return new Fault("engine-timeout", { limitMs: statementLimitMs }, thrown);
    return new Fault(
      "engine-query-failed",
      { reason: thrown.message.slice(0, 1_000), code: Number(thrown.code) },
      thrown,
    );
  }
  return new Fault("engine-unavailable", { reason: reasonOf(thrown) }, thrown);
}

async function guarded<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw faultOf(thrown);
  }
}

/** Opens a client; the connection is made by the first statement. */
export function openDataClient(address: EngineAddress): DataClient {
  const client: ClickHouseClient = createClient({
    url: address.url,
    username: address.username,
    password: address.password,
    database: address.database,
    request_timeout: statementLimitMs + 5_000,
    max_open_connections: 8,
    // What goes wrong is thrown as a fault; the client's own advice does not belong in the log.
    log: { level: ClickHouseLogLevel.OFF },
    // Frozen bins can be thousands of names: more than an address line holds.
    use_multipart_params_auto: true,
    // The same for every statement: a lane of the embedded engine keeps them until a request asks for others.
    clickhouse_settings: {
      max_execution_time: statementLimitMs / 1_000,
      date_time_input_format: "best_effort",
      input_format_skip_unknown_fields: 1,
      // A backfill may hold rows of many years at once, and each month is a partition.
      max_partitions_per_insert_block: "0",
      // A contract may have a thousand fields with several rules each: that is one statement.
      max_query_size: "16777216",
      max_ast_elements: "2000000",
      max_expanded_ast_elements: "5000000",
    },
  });
  const parametersOf = (parameters: QueryParameters | undefined): { query_params?: Record<string, unknown> } =>
    parameters === undefined ? {} : { query_params: { ...parameters } };
  const insert = (target: string, format: string, bytes: readonly Uint8Array[] | AsyncIterable<Uint8Array>) =>
    guarded(async () => {
      const result = await client.exec({
        query: `INSERT INTO ${target} FORMAT ${format}`,
        values: Readable.from(bytes, { objectMode: false }),
      });
      for await (const _ of result.stream) {
        // The answer has no body; it is read to the end so that the connection can be used again.
      }
    });
  return {
    rows: (statement, parameters) =>
      guarded(async () => {
        const result = await client.query({ query: statement, format: "JSONEachRow", ...parametersOf(parameters) });
        return await result.json();
      }),
    stream: (statement, format, parameters, settings = {}) =>
      guarded(async () => {
        const result = await client.exec({
          query: `${statement} FORMAT ${format}`,
          clickhouse_settings: settings,
          ...parametersOf(parameters),
        });
        return result.stream;
      }),
    command: (statement, parameters) =>
      guarded(async () => {
        // Only queries may bring parameters longer than an address line, and an INSERT … SELECT passes for one.
        if (parameters !== undefined && statement.startsWith("INSERT"))
          await (await client.query({ query: statement, format: "JSONEachRow", ...parametersOf(parameters) })).text();
        else await client.command({ query: statement, ...parametersOf(parameters) });
      }),
    insertLines: (table, blocks) => insert(table, "JSONEachRow", blocks),
    insertNative: (table, columns, blocks) => insert(`${table} (${columns.join(", ")})`, "Native", blocks),
    ping: async () => (await client.ping()).success,
    close: () => client.close(),
  };
}
