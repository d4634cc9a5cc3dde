import type { RowKeeper } from "../../domain/keeping/row-keeper.ts";
import { subjectFieldOf, subjectTextOf } from "../../domain/keeping/subject-text.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataClient } from "./data-client.ts";
import { eventTablesOf, windowStartOf } from "./event-table.ts";
import type { SubjectHash } from "./subject-hash.ts";

/** Deletions that rewrite the parts on disk and answer when that is done. */
const atOnce = "SETTINGS mutations_sync = 2";
const idsAtOnce = 50_000;

export function createRowKeeper(client: DataClient, hash: SubjectHash): RowKeeper {
  return {
    hashOf: (entity) => hashOf(client, hash, entity),
    eraseSubject: (system, entity, at) => eraseSubject(client, hash, system, entity, at),
    kept: async (system) => {
      const { predictions } = eventTablesOf(system.name);
      const [row] = await client.rows<{ n: string; oldest: string; bytes: string }>(
        `SELECT count() AS n, toUnixTimestamp64Milli(min(received)) AS oldest,
           (SELECT sum(bytes_on_disk) FROM system.parts WHERE database = currentDatabase() AND table = {table:String} AND active) AS bytes
         FROM ${predictions}`,
        { table: predictions },
      );
      const count = Number(row?.n ?? 0);
      return {
        predictions: count,
        bytes: Number(row?.bytes ?? 0),
        oldestReceivedAt: count === 0 ? undefined : Number(row?.oldest),
      };
    },
    receivedAtShare: async (system, share) => {
      const [row] = await client.rows<{ at: string }>(
        `SELECT quantileExact(${Math.min(1, Math.max(0, share)).toFixed(6)})(toUnixTimestamp64Milli(received)) AS at FROM ${eventTablesOf(system.name).predictions}`,
      );
      return Number(row?.at ?? 0);
    },
    windowsBefore: async (system, receivedBefore) => {
      const rows = await client.rows<{ start: string }>(
        `SELECT DISTINCT ${windowStartOf("toUnixTimestamp64Milli(time)", system.windows.lengthMs)} AS start
         FROM ${eventTablesOf(system.name).predictions} WHERE ${tooOld} ORDER BY start`,
        { before: receivedBefore },
      );
      return rows.map(({ start }) => Number(start));
    },
    dropBefore: (system, receivedBefore) => dropBefore(client, system, receivedBefore),
  };
}

const tooOld = "received < fromUnixTimestamp64Milli({before:Int64}, 'UTC')";

async function hashOf(client: DataClient, hash: SubjectHash, entity: string): Promise<string> {
  const parameters = { ...hash.parameters, entity };
  const [row] = await client.rows<{ h: string }>(`SELECT ${hash.sql("{entity:String}")} AS h`, parameters);
  return row?.h ?? "";
}

async function countOf(
  client: DataClient,
  from: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<number> {
  const [row] = await client.rows<{ n: string }>(`SELECT count() AS n FROM ${from}`, parameters);
  return Number(row?.n ?? 0);
}

async function eraseSubject(
  client: DataClient,
  hash: SubjectHash,
  system: System,
  entity: string,
  at: number,
): Promise<Awaited<ReturnType<RowKeeper["eraseSubject"]>>> {
  const { predictions, reference, staging, outcomeStaging } = eventTablesOf(system.name);
  const column = `i_${system.entity}`;
  const parameters = { ...hash.parameters, system: system.name, entity, at };
  const when = "fromUnixTimestamp64Milli({at:Int64}, 'UTC')";
  const subject = await hashOf(client, hash, entity);
  // Remembered first: cut off after any step, a second call finds what is left, and nothing comes back meanwhile.
  await client.command(
    `INSERT INTO erased SELECT {system:String}, 'subject', ${hash.sql("{entity:String}")}, ${when}`,
    parameters,
  );
  const theirs = `toString(${column}) = {entity:String}`;
  await client.command(
    `INSERT INTO erased SELECT {system:String}, 'prediction', ${hash.sql("id")}, ${when} FROM ${predictions} WHERE ${theirs}`,
    parameters,
  );
  const counted = {
    predictions: await countOf(client, `${predictions} WHERE ${theirs}`, parameters),
    references: await countOf(client, `${reference} WHERE ${theirs}`, parameters),
    outcomes: await eraseOutcomes(client, hash, system),
    quarantined: await eraseQuarantined(client, system, entity),
  };
  await client.command(`ALTER TABLE ${predictions} DELETE WHERE ${theirs} ${atOnce}`, parameters);
  await client.command(`ALTER TABLE ${reference} DELETE WHERE ${theirs} ${atOnce}`, parameters);
  // The workbenches hold the last block that was stored.
  await client.command(`TRUNCATE TABLE ${staging}`);
  await client.command(`TRUNCATE TABLE ${outcomeStaging}`);
  return { subject, ...counted };
}

/** Outcomes of every prediction that was ever erased, also what an earlier try left. */
async function eraseOutcomes(client: DataClient, hash: SubjectHash, system: System): Promise<number> {
  const parameters = { ...hash.parameters, system: system.name };
  const theirs = `system = {system:String} AND ${hash.sql("prediction_id")} IN (SELECT toString(hash) FROM erased WHERE system = {system:String} AND kind = 'prediction')`;
  const count = await countOf(client, `outcomes WHERE ${theirs}`, parameters);
  if (count > 0) await client.command(`ALTER TABLE outcomes DELETE WHERE ${theirs} ${atOnce}`, parameters);
  return count;
}

/** Rows nobody could read as rows: those whose text, or what was found wrong in it, holds the id. */
async function eraseQuarantined(client: DataClient, system: System, entity: string): Promise<number> {
  const subject = subjectTextOf(entity, subjectFieldOf(system));
  if (subject === undefined) return 0;
  const parameters = { system: system.name, needles: subject.needles, pattern: subject.pattern ?? "" };
  const holds = (column: string): string =>
    subject.pattern === undefined
      ? `arrayExists(needle -> position(${column}, needle) > 0, {needles:Array(String)})`
      : `match(${column}, {pattern:String})`;
  const theirs = `system = {system:String} AND (${holds("payload")} OR ${holds("found")})`;
  const count = await countOf(client, `quarantine WHERE ${theirs}`, parameters);
  if (count > 0) await client.command(`ALTER TABLE quarantine DELETE WHERE ${theirs} ${atOnce}`, parameters);
  return count;
}

async function dropBefore(
  client: DataClient,
  system: System,
  receivedBefore: number,
): Promise<{ readonly predictions: number; readonly outcomes: number }> {
  const { predictions } = eventTablesOf(system.name);
  const parameters = { before: receivedBefore, system: system.name };
  const dropped = await countOf(client, `${predictions} WHERE ${tooOld}`, parameters);
  let outcomes = 0;
  // Their outcomes go first, block by block: cut off in between, the predictions still say which are theirs.
  for (let last = ""; ; ) {
    const rows = await client.rows<{ id: string }>(
      `SELECT id FROM ${predictions} WHERE ${tooOld} AND id > {last:String} ORDER BY id LIMIT ${idsAtOnce}`,
      { ...parameters, last },
    );
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) break;
    const theirs = "system = {system:String} AND prediction_id IN {ids:Array(String)}";
    const count = await countOf(client, `outcomes WHERE ${theirs}`, { system: system.name, ids });
    if (count > 0)
      await client.command(`ALTER TABLE outcomes DELETE WHERE ${theirs} ${atOnce}`, { system: system.name, ids });
    outcomes += count;
    last = ids.at(-1) ?? "";
  }
  if (dropped > 0) await client.command(`ALTER TABLE ${predictions} DELETE WHERE ${tooOld} ${atOnce}`, parameters);
  return { predictions: dropped, outcomes };
}
