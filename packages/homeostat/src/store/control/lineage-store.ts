import type { Selectable } from "kysely";
import type {
  ComponentName,
  LineageEdge,
  LineageNode,
  LineageRecord,
  LineageStore,
} from "../../domain/lineage/lineage.ts";
import type { LineageRun } from "../../domain/lineage/lineage-run.ts";
import { fromBody, toBody } from "./body.ts";
import { type ControlDatabase, inTransaction } from "./control-database.ts";
import type { LineageEdgesTable, LineageNodesTable } from "./schema/lineage.ts";

/**
 * Components and edges. A record is written whole: nodes in the order of their names, so that two writers lock rows in
 * the same order; an edge that holds already stays as it is, one whose columns changed ends and begins anew.
 */
export function createLineageStore(database: ControlDatabase): LineageStore {
  return {
    record: (told) => inTransaction(database, (inside) => record(inside, told)),
    end: async (from, to, at) => {
      const query = database.updateTable("lineage_edges").set({ until: at }).where("until", "is", null);
      const result = await query.where("from_name", "=", from).where("to_name", "=", to).executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },
    node: async (name) => {
      const query = database.selectFrom("lineage_nodes").selectAll().where("name", "=", name);
      const row = await query.executeTakeFirst();
      return row && nodeOf(row);
    },
    nodes: async (names) => {
      if (names.length === 0) return [];
      const query = database
        .selectFrom("lineage_nodes")
        .selectAll()
        .where("name", "in", [...names]);
      return (await query.orderBy("name").execute()).map(nodeOf);
    },
    edges: async (side, names, at, limit) => {
      if (names.length === 0) return [];
      const column = side === "from" ? "from_name" : "to_name";
      let query = database
        .selectFrom("lineage_edges")
        .selectAll()
        .where(column, "in", [...names]);
      query =
        at === undefined
          ? query.where("until", "is", null)
          : query.where("since", "<=", at).where((is) => is.or([is("until", "is", null), is("until", ">", at)]));
      if (limit !== undefined) query = query.limit(limit);
      return (await query.orderBy("position").execute()).map(edgeOf);
    },
    history: async (to) => {
      const query = database.selectFrom("lineage_edges").selectAll().where("to_name", "=", to);
      return (await query.orderBy("since").orderBy("position").execute()).map(edgeOf);
    },
    run: (id) => findRun(database, id),
    changeRun: (id, change) =>
      inTransaction(database, async (inside) => {
        // The row lock holds others that tell of the same run until commit.
        await inside
          .insertInto("lineage_runs")
          .values({ id, job: "", body: "{}" })
          .onConflict((conflict) => conflict.column("id").doUpdateSet((row) => ({ id: row.ref("excluded.id") })))
          .execute();
        const run = change(await findRun(inside, id));
        const update = inside.updateTable("lineage_runs").set({ job: run.job, body: toBody(run) });
        await update.where("id", "=", id).execute();
      }),
    search: async (text, limit) => {
      const query = database.selectFrom("lineage_nodes").select("name");
      const pattern = `%${text.replaceAll(/[\\%_]/g, (found) => `\\${found}`)}%`;
      const rows = await query.where("name", "like", pattern).orderBy("name").limit(limit).execute();
      return rows.map((row) => row.name);
    },
  };
}

async function findRun(database: ControlDatabase, id: string): Promise<LineageRun | undefined> {
  const query = database.selectFrom("lineage_runs").select("body").where("id", "=", id).where("job", "<>", "");
  return (await query.executeTakeFirst())?.body;
}

async function record(inside: ControlDatabase, told: LineageRecord): Promise<void> {
  await saveNodes(inside, told);
  for (const { to, kind } of told.replaces ?? []) {
    const kept = told.edges.filter((edge) => edge.to === to).map((edge) => edge.from);
    let query = inside.updateTable("lineage_edges").set({ until: told.at }).where("until", "is", null);
    query = query.where("to_name", "=", to).where("from_name", "like", `${kind}:%`);
    if (kept.length > 0) query = query.where("from_name", "not in", kept);
    await query.execute();
  }
  for (const edge of told.edges) await saveEdge(inside, told, edge);
}

/** Of our own components we know best: others may add to what is known of them, and change none of it. */
const isOurs = (by: string, name: ComponentName): boolean =>
  by === "openlineage" && !/^(dataset:.*\/|job:)/s.test(name);

async function saveNodes(inside: ControlDatabase, { at, by, nodes, edges }: LineageRecord): Promise<void> {
  const mentioned = new Map<ComponentName, LineageRecord["nodes"][number]>();
  for (const { from, to } of edges) for (const name of [from, to]) mentioned.set(name, { name });
  for (const node of nodes) mentioned.set(node.name, node);
  for (const name of [...mentioned.keys()].sort()) {
    const node = mentioned.get(name) ?? { name };
    const facts = toBody(node.facts ?? {});
    const values = { name, title: node.title ?? null, version: node.version ?? null, facts };
    const [known, told] = isOurs(by, name)
      ? (["excluded", "lineage_nodes"] as const)
      : (["lineage_nodes", "excluded"] as const);
    await inside
      .insertInto("lineage_nodes")
      .values({ ...values, first_seen: at, last_seen: at })
      .onConflict((conflict) =>
        conflict.column("name").doUpdateSet((is) => ({
          title: is.fn.coalesce(`${told}.title`, `${known}.title`),
          version: is.fn.coalesce(`${told}.version`, `${known}.version`),
          // What is told anew counts; what was told before and not now stays.
          facts: is(`${known}.facts`, "||", is.ref(`${told}.facts`)),
          first_seen: is.fn<number>("least", ["lineage_nodes.first_seen", "excluded.first_seen"]),
          last_seen: is.fn<number>("greatest", ["lineage_nodes.last_seen", "excluded.last_seen"]),
        })),
      )
      .execute();
  }
}

async function saveEdge(
  inside: ControlDatabase,
  { at, by, run }: LineageRecord,
  { from, to, columns }: LineageRecord["edges"][number],
): Promise<void> {
  const same = inside.selectFrom("lineage_edges").selectAll().where("from_name", "=", from).where("to_name", "=", to);
  const present = await same.where("until", "is", null).executeTakeFirst();
  const text = toBody(columns ?? present?.columns ?? []);
  const isAsBefore = present !== undefined && canonical(present.columns) === canonical(fromBody(text));
  const row = { from_name: from, to_name: to, columns: text, told_by: by, run: run ?? null, since: at };
  if (by === "openlineage") {
    // Others tell in any order: what ended after the time that is told of is not begun again.
    if ((await same.where("until", ">", at).executeTakeFirst()) !== undefined) return;
    if (present !== undefined && at < present.since) {
      const earlier = inside.updateTable("lineage_edges").set({ since: at }).where("position", "=", present.position);
      const another = inside.insertInto("lineage_edges").values({ ...row, until: present.since });
      await (isAsBefore ? earlier.execute() : another.execute());
      return;
    }
  }
  if (isAsBefore) return;
  if (present !== undefined)
    await inside.updateTable("lineage_edges").set({ until: at }).where("position", "=", present.position).execute();
  // Two writers that meet here tell the same: one of them counts.
  await inside
    .insertInto("lineage_edges")
    .values({ ...row, until: null })
    .onConflict((conflict) => conflict.columns(["from_name", "to_name"]).where("until", "is", null).doNothing())
    .execute();
}

/** `jsonb` gives the keys of an object back in an order of its own. */
function canonical(columns: unknown): string {
  const steps = columns as LineageEdge["columns"];
  return JSON.stringify(steps.map(({ of, from, to }) => [of, from, to]).sort());
}

function nodeOf(row: Selectable<LineageNodesTable>): LineageNode {
  return { name: row.name, title: row.title ?? undefined, version: row.version ?? undefined, facts: row.facts };
}

function edgeOf(row: Selectable<LineageEdgesTable>): LineageEdge {
  return {
    from: row.from_name,
    to: row.to_name,
    columns: row.columns,
    by: row.told_by,
    run: row.run ?? undefined,
    since: row.since,
    until: row.until ?? undefined,
  };
}
