import type { System } from "../../domain/system/system.ts";
import type { DataClient, QueryParameters } from "./data-client.ts";
import { eventTablesOf } from "./event-table.ts";
import type { SubjectHash } from "./subject-hash.ts";

/** Conditions for staged rows that were erased and must not come back. */
interface ErasedAmong {
  readonly prediction: string;
  readonly outcome: string;
  readonly parameters: QueryParameters;
}

/**
 * Looks which staged predictions belong to erased subjects, and remembers their ids too, so that their outcomes are not
 * kept. One short statement where nothing of the system was ever erased.
 */
export async function erasedAmong(client: DataClient, hash: SubjectHash, system: System): Promise<ErasedAmong> {
  const parameters = { ...hash.parameters, system: system.name };
  const [known] = await client.rows<{ n: string }>("SELECT count() AS n FROM erased WHERE system = {system:String}", {
    system: system.name,
  });
  if (Number(known?.n ?? 0) === 0) return { prediction: "0", outcome: "0", parameters: {} };
  await rememberLate(client, hash, system, parameters);
  return {
    prediction: `${hash.sql("id")} IN (${remembered("prediction")})`,
    outcome: `${hash.sql("prediction_id")} IN (${remembered("prediction")})`,
    parameters,
  };
}

const remembered = (kind: "subject" | "prediction"): string =>
  `SELECT toString(hash) FROM erased WHERE system = {system:String} AND kind = '${kind}'`;

/** Rows that waited in the spool while their subject was erased, or are sent anew: of the time before the erasure. */
async function rememberLate(
  client: DataClient,
  hash: SubjectHash,
  system: System,
  parameters: QueryParameters,
): Promise<void> {
  if (system.entity === undefined) return;
  const { staging } = eventTablesOf(system.name);
  const subject = hash.sql(`ifNull(toString(i_${system.entity}), '')`);
  const late = `SELECT s.id AS id, e.at AS at FROM (SELECT id, time, received, ${subject} AS h FROM ${staging}) AS s
    INNER JOIN (SELECT toString(hash) AS h, max(at) AS at FROM erased WHERE system = {system:String} AND kind = 'subject' GROUP BY h) AS e
    ON s.h = e.h WHERE least(s.time, s.received) <= toUnixTimestamp64Milli(e.at)`;
  const ids = (await client.rows<{ id: string }>(`SELECT DISTINCT id FROM (${late})`, parameters)).map((row) => row.id);
  if (ids.length === 0) return;
  await client.command(
    `INSERT INTO erased SELECT {system:String}, 'prediction', ${hash.sql("id")}, max(at) FROM (${late})
     WHERE ${hash.sql("id")} NOT IN (${remembered("prediction")}) GROUP BY id`,
    parameters,
  );
  await client.command(
    "ALTER TABLE outcomes DELETE WHERE system = {system:String} AND prediction_id IN {ids:Array(String)} SETTINGS mutations_sync = 2",
    { system: system.name, ids },
  );
}
