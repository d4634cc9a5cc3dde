import { sql } from "kysely";
import type { Finding, FindingSource, FindingStore } from "../../domain/finding/finding.ts";
import type { Window } from "../../domain/window/window.ts";
import { toBody } from "./body.ts";
import { type ControlDatabase, inTransaction } from "./control-database.ts";

/** Findings by window. Ranges are by the window's start: `from` inclusive, `to` exclusive; withdrawn ones are included. */
export function createFindingStore(database: ControlDatabase): FindingStore {
  return {
    replace: (system, window, findings, at, source) =>
      inTransaction(database, (inside) => replace(inside, system, window, findings, at, source)),
    list: async (system, { from, to }) => {
      let query = database.selectFrom("findings").select(["body", "withdrawn_at"]).where("system", "=", system);
      if (from !== undefined) query = query.where("window_start", ">=", from);
      if (to !== undefined) query = query.where("window_start", "<", to);
      return (await query.orderBy("window_start").orderBy("id").execute()).map(fromRow);
    },
    byIds: async (ids) => {
      if (ids.length === 0) return [];
      const query = database
        .selectFrom("findings")
        .select(["body", "withdrawn_at"])
        .where("id", "in", [...ids]);
      return (await query.orderBy("window_start").orderBy("id").execute()).map(fromRow);
    },
  };
}

/** Which findings are a source's own, by their monitor. */
const ownMonitors = {
  contract: sql`body ->> 'monitor' = 'contract'`,
  slos: sql`body ->> 'monitor' = 'slo-burn'`,
  monitors: sql`body ->> 'monitor' not in ('contract', 'slo-burn')`,
} as const satisfies Record<FindingSource, unknown>;

async function replace(
  inside: ControlDatabase,
  system: string,
  window: Window,
  findings: readonly Finding[],
  at: number,
  source: FindingSource,
): Promise<void> {
  const gone = inside
    .updateTable("findings")
    .set({ withdrawn_at: at })
    .where("system", "=", system)
    .where("window_start", "=", window.start)
    .where("window_end", "=", window.end)
    .where("withdrawn_at", "is", null)
    .where(sql<boolean>`${ownMonitors[source]}`);
  const ids = findings.map((finding) => finding.id);
  await (ids.length === 0 ? gone : gone.where("id", "not in", ids)).execute();
  // One statement each: a window holds few findings, and sorted ids keep two writers from waiting in a circle.
  for (const finding of [...findings].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const row = { id: finding.id, system, window_start: window.start, window_end: window.end, body: toBody(finding) };
    await inside
      .insertInto("findings")
      .values({ ...row, withdrawn_at: null })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ body: row.body, withdrawn_at: null }))
      .execute();
  }
}

function fromRow(row: { readonly body: Finding; readonly withdrawn_at: number | null }): Finding {
  // findings of earlier versions do not name their monitor: there was one of each kind
  const { monitorName = row.body.monitor, ...body } = row.body as Omit<Finding, "monitorName"> & Partial<Finding>;
  return {
    ...body,
    monitorName,
    owner: body.owner,
    runbook: body.runbook,
    withdrawnAt: row.withdrawn_at ?? undefined,
  };
}
