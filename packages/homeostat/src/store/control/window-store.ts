import type { Insertable, Selectable } from "kysely";
import type { WindowRecord, WindowStore } from "../../domain/window/window.ts";
import { type ControlDatabase, inTransaction } from "./control-database.ts";
import type { WindowsTable } from "./schema/windows.ts";

/** A statement takes 65,535 parameters; a window has 12. */
const rowsPerStatement = 1_000;

/**
 * What is known about every window. Each arrival raises the window's touch counter; an evaluation hands back the
 * counter it read *before* reading rows, and the window stays dirty while the two differ. An evaluation that saw
 * fewer arrivals than the stored one is older and changes nothing. Ranges are by start: `from` inclusive, `to` exclusive.
 */
export function createWindowStore(database: ControlDatabase): WindowStore {
  return {
    touch: async (system, starts, lengthMs) => {
      // Sorted, so that two writers lock rows in the same order and never wait for each other in a circle.
      const rows = [...new Set(starts)].sort((a, b) => a - b).map((start) => untouched(system, start, lengthMs));
      await inTransaction(database, async (inside) => {
        for (let first = 0; first < rows.length; first += rowsPerStatement) {
          await touch(inside, rows.slice(first, first + rowsPerStatement));
        }
      });
    },
    dirty: async (system) => {
      const query = database.selectFrom("windows").selectAll().where("system", "=", system);
      const open = query.whereRef("touches", "<>", "settled_touches").where("retired_at", "is", null);
      return (await open.orderBy("start_ms").execute()).map(fromRow);
    },
    settle: (record, touches) => settle(database, record, touches),
    retire: async (system, starts, at) => {
      for (let first = 0; first < starts.length; first += rowsPerStatement) {
        const some = starts.slice(first, first + rowsPerStatement);
        const query = database.updateTable("windows").set({ retired_at: at }).where("system", "=", system);
        await query.where("start_ms", "in", some).where("retired_at", "is", null).execute();
      }
    },
    touches: async (system, start) => {
      const query = database.selectFrom("windows").select("touches").where("system", "=", system);
      return (await query.where("start_ms", "=", start).executeTakeFirst())?.touches ?? 0;
    },
    dirtyTouches: async (system) => {
      const query = database.selectFrom("windows").select(["start_ms", "touches"]).where("system", "=", system);
      const rows = await query.whereRef("touches", "<>", "settled_touches").execute();
      return new Map(rows.map((row) => [row.start_ms, row.touches]));
    },
    list: async (system, { from, to }) => {
      let query = database.selectFrom("windows").selectAll().where("system", "=", system);
      if (from !== undefined) query = query.where("start_ms", ">=", from);
      if (to !== undefined) query = query.where("start_ms", "<", to);
      return (await query.orderBy("start_ms").execute()).map(fromRow);
    },
  };
}

async function touch(database: ControlDatabase, rows: readonly Insertable<WindowsTable>[]): Promise<void> {
  await database
    .insertInto("windows")
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(["system", "start_ms"]).doUpdateSet((is) => ({ touches: is("windows.touches", "+", 1) })),
    )
    .execute();
}

async function settle(database: ControlDatabase, record: WindowRecord, touches: number): Promise<void> {
  const evaluation = {
    rows: record.rows,
    labelled_rows: record.labelledRows,
    evaluated_at: record.evaluatedAt ?? null,
    verdict: record.verdict,
    findings: record.findings,
    restatements: record.restatements,
    profile_version: record.profileVersion,
    settled_touches: touches,
  };
  await database
    .insertInto("windows")
    .values({
      system: record.system,
      start_ms: record.start,
      end_ms: record.end,
      touches,
      retired_at: null,
      ...evaluation,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["system", "start_ms"])
        .doUpdateSet(evaluation)
        .where("windows.settled_touches", "<=", touches)
        .where("windows.retired_at", "is", null),
    )
    .execute();
}

function untouched(system: string, start: number, lengthMs: number): Insertable<WindowsTable> {
  return {
    system,
    start_ms: start,
    end_ms: start + lengthMs,
    rows: 0,
    labelled_rows: 0,
    evaluated_at: null,
    verdict: "not-checked",
    findings: 0,
    restatements: 0,
    profile_version: 0,
    touches: 1,
    settled_touches: 0,
    retired_at: null,
  };
}

function fromRow(row: Selectable<WindowsTable>): WindowRecord {
  return {
    system: row.system,
    start: row.start_ms,
    end: row.end_ms,
    rows: row.rows,
    labelledRows: row.labelled_rows,
    evaluatedAt: row.evaluated_at ?? undefined,
    verdict: row.verdict,
    findings: row.findings,
    restatements: row.restatements,
    profileVersion: row.profile_version,
    dirty: row.retired_at === null && row.touches !== row.settled_touches,
    ...(row.retired_at === null ? {} : { retiredAt: row.retired_at }),
  };
}
