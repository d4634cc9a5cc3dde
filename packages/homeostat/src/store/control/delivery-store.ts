import { type Selectable, sql } from "kysely";
import type { ChannelHealth, ClaimedDelivery, Delivery, DeliveryStore } from "../../domain/notification/delivery.ts";
import { type NotificationKind, notificationKinds } from "../../domain/notification/notification.ts";
import { toBody } from "./body.ts";
import type { ControlDatabase } from "./control-database.ts";
import type { OutboxTable } from "./schema/outbox.ts";

const mostListed = 1_000;

const endings = (Object.keys(notificationKinds) as NotificationKind[]).filter(
  (kind) => notificationKinds[kind].act === "resolve",
);

/** The outbox. A claim is one statement, so that of two processes one has it; `attempts` tells a claim from later ones. */
export function createDeliveryStore(database: ControlDatabase): DeliveryStore {
  return {
    queue: async ({ notification, target, channel }, now) => {
      const { id, kind, about, system, incident } = notification;
      const inserted = await database
        .insertInto("outbox")
        .values({
          notification_id: id,
          channel,
          kind,
          about,
          system: system ?? null,
          incident: incident ?? null,
          state: "waiting",
          attempts: 0,
          queued_at: now,
          next_at: now,
          detail: "",
          body: toBody({ notification, target }),
        })
        .onConflict((conflict) => conflict.columns(["notification_id", "channel"]).doNothing())
        .returning("position")
        .executeTakeFirst();
      return inserted === undefined ? "known" : "queued";
    },
    claim: (channel, now, leaseMs) => claimWhere(database, dueOf(channel, now), now + leaseMs, now),
    claimOne: (notificationId, channel, now, leaseMs) =>
      claimWhere(
        database,
        sql`o.notification_id = ${notificationId} and o.channel = ${channel} and o.state = 'waiting' and ${isFree(now)}`,
        now + leaseMs,
        now,
      ),
    settle: async ({ position, attempts }, outcome, now) => {
      const waits = outcome.state === "waiting";
      const updated = await database
        .updateTable("outbox")
        .set({
          state: outcome.state,
          detail: outcome.detail,
          at: now,
          next_at: waits ? outcome.nextAt : null,
          claimed_until: null,
          reference: outcome.state === "sent" ? (outcome.reference ?? null) : null,
        })
        .where("position", "=", position)
        .where("attempts", "=", attempts)
        .where("state", "=", "waiting")
        .executeTakeFirst();
      return updated.numUpdatedRows === 0n ? "lost" : "settled";
    },
    due: async (now) => {
      const { rows } = await sql<{ channel: string }>`
        select distinct o.channel as channel from homeostat.outbox o where ${isDue(now)} order by o.channel
      `.execute(database);
      return rows.map(({ channel }) => channel);
    },
    list: async ({ incident, system, state, channel, limit = mostListed }) => {
      let query = database.selectFrom("outbox").selectAll();
      if (incident !== undefined) query = query.where("incident", "=", incident);
      if (system !== undefined) query = query.where("system", "=", system);
      if (state !== undefined) query = query.where("state", "=", state);
      if (channel !== undefined) query = query.where("channel", "=", channel);
      return (await query.orderBy("position", "desc").limit(limit).execute()).map(deliveryOf);
    },
    pause: (channel, until) => setHealth(database, channel, { paused_until: until }),
    switchOff: (channel, at, reason) => setHealth(database, channel, { off_at: at, off_reason: reason }),
    switchOn: async (channel) => {
      await database.deleteFrom("channel_health").where("channel", "=", channel).execute();
    },
    health: async () => {
      const rows = await database.selectFrom("channel_health").selectAll().execute();
      return new Map(
        rows.map(({ channel, paused_until, off_at, off_reason }): [string, ChannelHealth] => [
          channel,
          {
            pausedUntil: paused_until ?? undefined,
            off: off_at === null ? undefined : { at: off_at, reason: off_reason ?? "" },
          },
        ]),
      );
    },
  };
}

type Condition = ReturnType<typeof sql>;

const isFree = (now: number): Condition => sql`coalesce(o.claimed_until, 0) <= ${now}`;

/** Not behind an unsettled message about the same thing, and its channel does not pause. */
const isDue = (now: number): Condition => sql`
  o.state = 'waiting' and o.next_at <= ${now} and ${isFree(now)}
  and not exists (
    select 1 from homeostat.outbox e
    where e.channel = o.channel and e.about = o.about and e.state = 'waiting' and e.position < o.position
  )
  and not exists (select 1 from homeostat.channel_health h where h.channel = o.channel and h.paused_until > ${now})`;

const dueOf = (channel: string, now: number): Condition => sql`o.channel = ${channel} and ${isDue(now)}`;

async function claimWhere(
  database: ControlDatabase,
  condition: Condition,
  until: number,
  now: number,
): Promise<ClaimedDelivery | undefined> {
  const { rows } = await sql<Selectable<OutboxTable>>`
    update homeostat.outbox set claimed_until = ${until}, attempts = attempts + 1, at = ${now}
    where position = (
      select o.position from homeostat.outbox o where ${condition} order by o.position limit 1 for update skip locked
    )
    returning *
  `.execute(database);
  const [row] = rows;
  if (row === undefined || row.body === null) return undefined;
  const before = database
    .selectFrom("outbox")
    .select(["kind", "reference"])
    .where("about", "=", row.about)
    .where("channel", "=", row.channel)
    .where("state", "=", "sent")
    .where("position", "<", row.position)
    .orderBy("position");
  const told = await before.execute();
  return {
    notification: row.body.notification,
    target: row.body.target,
    channel: row.channel,
    position: row.position,
    attempts: row.attempts,
    queuedAt: row.queued_at,
    thread: told.find(({ reference }) => reference !== null)?.reference ?? undefined,
    isOver: told.some(({ kind }) => endings.includes(kind)),
  };
}

async function setHealth(
  database: ControlDatabase,
  channel: string,
  values: { readonly paused_until: number } | { readonly off_at: number; readonly off_reason: string },
): Promise<void> {
  await database
    .insertInto("channel_health")
    .values({ channel, ...values })
    .onConflict((conflict) => conflict.column("channel").doUpdateSet(values))
    .execute();
}

function deliveryOf(row: Selectable<OutboxTable>): Delivery {
  return {
    notificationId: row.notification_id,
    kind: row.kind,
    channel: row.channel,
    about: row.about,
    system: row.system ?? undefined,
    incident: row.incident ?? undefined,
    state: row.state,
    attempts: row.attempts,
    queuedAt: row.queued_at,
    at: row.at ?? undefined,
    nextAt: row.next_at ?? undefined,
    detail: row.detail,
  };
}
