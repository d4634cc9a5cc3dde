import { expect, it } from "vitest";
import { invariant } from "../../domain/invariant.ts";
import type { ClaimedDelivery, DeliveryOrder } from "../../domain/notification/delivery.ts";
import type { NotificationKind } from "../../domain/notification/notification.ts";
import { migrate } from "../control/migrate.ts";
import { migrations } from "../control/migrations/migrations.ts";
import { openControlStore } from "../control/open-control-store.ts";
import { openPgliteEngine } from "../control/pglite-engine.ts";
import { openPostgresEngine } from "../control/postgres-engine.ts";
import { withSession } from "../control/sql-engine.ts";
import type { ControlBench } from "./control-bench.ts";

const leaseMs = 1_000;
const sent = { state: "sent", detail: "200", reference: undefined } as const;

function held(claim: ClaimedDelivery | undefined): ClaimedDelivery {
  invariant(claim !== undefined, "nothing was claimed");
  return claim;
}

const order = (
  id: string,
  channel: string,
  about: string,
  kind: NotificationKind = "incident.opened",
): DeliveryOrder => ({
  channel,
  target: { channel: "named", name: channel },
  notification: {
    id,
    kind,
    about,
    incident: 7,
    system: "s",
    severity: "critical",
    owner: "ann",
    at: 1,
    message: {
      title: "`'; drop",
      headline: "h",
      sentence: "nul \0 and lone \ud800",
      facts: [{ label: "a", text: "b" }],
      next: "n",
      links: [],
    },
  },
});

/** Messages on their way, and the channels they go through. */
export function outboxConformance(bench: () => ControlBench): void {
  it("keeps one message per id and channel, and gives it back as it was", async () => {
    const { deliveries } = bench().store;
    const one = order("n-1", "alpha", "incident-1");
    expect(await deliveries.queue(one, 5)).toBe("queued");
    expect(await deliveries.queue(one, 6)).toBe("known");
    expect(await deliveries.queue({ ...one, channel: "beta" }, 6)).toBe("queued");
    expect(await deliveries.list({ channel: "alpha" })).toMatchObject([
      { notificationId: "n-1", state: "waiting", attempts: 0, queuedAt: 5, at: undefined, nextAt: 5, incident: 7 },
    ]);
    expect(await deliveries.claim("alpha", 10, leaseMs)).toMatchObject({ ...one, attempts: 1, queuedAt: 5 });
  });

  it("lets exactly one of many claim a message, until its claim is over", async () => {
    const { deliveries } = bench().store;
    await deliveries.queue(order("n-2", "gamma", "incident-1"), 5);
    const claim = () => deliveries.claim("gamma", 10, leaseMs);
    const claims = await Promise.all(Array.from({ length: 8 }, claim));
    const [only, ...others] = claims.filter((one): one is ClaimedDelivery => one !== undefined);
    expect(others).toEqual([]);
    expect(await deliveries.due(1_009)).not.toContain("gamma");
    expect(await deliveries.due(1_010)).toContain("gamma");
    const next = await deliveries.claim("gamma", 1_010, leaseMs);
    expect(next?.attempts).toBe(2);
    expect(await deliveries.settle(held(only), sent, 1_011)).toBe("lost");
    expect(await deliveries.settle(held(next), sent, 1_012)).toBe("settled");
    expect(await deliveries.settle(held(next), sent, 1_013)).toBe("lost");
    expect(await deliveries.list({ channel: "gamma" })).toMatchObject([
      { state: "sent", at: 1_012, nextAt: undefined },
    ]);
  });

  it("holds messages back behind an unsettled one about the same thing, and no other", async () => {
    const { deliveries } = bench().store;
    for (const [id, about] of [
      ["n-3", "a"],
      ["n-4", "a"],
      ["n-5", "b"],
    ] as const)
      await deliveries.queue(order(id, "delta", about), 5);
    const first = await deliveries.claim("delta", 10, leaseMs);
    const second = await deliveries.claim("delta", 10, leaseMs);
    expect([first, second].map((claim) => claim?.notification.id)).toEqual(["n-3", "n-5"]);
    expect(await deliveries.claim("delta", 10, leaseMs)).toBeUndefined();
    await deliveries.settle(held(first), { state: "waiting", detail: "503", nextAt: 500 }, 11);
    expect(await deliveries.claim("delta", 499, leaseMs)).toBeUndefined();
    const again = await deliveries.claim("delta", 500, leaseMs);
    expect(again?.notification.id).toBe("n-3");
    await deliveries.settle(held(again), { ...sent, reference: "ts-1" }, 501);
    expect(await deliveries.claim("delta", 502, leaseMs)).toMatchObject({
      notification: { id: "n-4" },
      thread: "ts-1",
      isOver: false,
    });
  });

  it("knows that a channel was told that it is over", async () => {
    const { deliveries } = bench().store;
    await deliveries.queue(order("n-6", "epsilon", "a", "incident.resolved"), 5);
    await deliveries.settle(held(await deliveries.claim("epsilon", 5, leaseMs)), sent, 6);
    await deliveries.queue(order("n-7", "epsilon", "a", "incident.diagnosed"), 7);
    expect(await deliveries.claim("epsilon", 8, leaseMs)).toMatchObject({ isOver: true });
  });

  it("claims nothing while a channel pauses, one message by its id all the same, and remembers why one is off", async () => {
    const { deliveries } = bench().store;
    await deliveries.queue(order("n-8", "zeta", "a"), 5);
    await deliveries.pause("zeta", 100);
    await deliveries.switchOff("zeta", 50, "410");
    expect(await deliveries.due(99)).not.toContain("zeta");
    expect(await deliveries.claim("zeta", 99, leaseMs)).toBeUndefined();
    expect((await deliveries.health()).get("zeta")).toEqual({ pausedUntil: 100, off: { at: 50, reason: "410" } });
    expect(await deliveries.claimOne("n-8", "zeta", 99, leaseMs)).toMatchObject({ attempts: 1 });
    expect(await deliveries.claimOne("n-8", "zeta", 99, leaseMs)).toBeUndefined();
    await deliveries.switchOn("zeta");
    expect((await deliveries.health()).has("zeta")).toBe(false);
  });

  it("lists the newest first, by incident, system, state and channel", async () => {
    const { deliveries } = bench().store;
    await deliveries.queue(order("n-9", "eta", "a"), 5);
    await deliveries.queue(order("n-10", "eta", "b"), 6);
    const ids = (found: readonly { readonly notificationId: string }[]) => found.map((one) => one.notificationId);
    expect(ids(await deliveries.list({ channel: "eta", incident: 7, system: "s", state: "waiting" }))).toEqual([
      "n-10",
      "n-9",
    ]);
    expect(ids(await deliveries.list({ channel: "eta", limit: 1 }))).toEqual(["n-10"]);
    expect(await deliveries.list({ incident: 8 })).toEqual([]);
  });

  it("takes over what an older version told and to whom, with its last state", async () => {
    const place = await bench().createPlace();
    const before = migrations.slice(
      0,
      migrations.findIndex(({ name }) => name === "outbox"),
    );
    const engine =
      place.url === undefined
        ? await openPgliteEngine(place.directory ?? "")
        : openPostgresEngine(place.url, () => undefined);
    await migrate(engine, before);
    await withSession(engine, (session) =>
      session.run(
        `insert into homeostat.deliveries (notification_id, incident, channel, state, at, detail) values
          ('incident.opened-3', 3, 'console', 'sent', 5, 'written'),
          ('incident.opened-3', 3, 'hook', 'retrying', 5, '503'), ('incident.opened-3', 3, 'hook', 'failed', 9, '404'),
          ('incident.resolved-3', 3, 'hook', 'retrying', 10, '503')`,
        [],
      ),
    );
    await engine.close();
    const store = await openControlStore({ ...place, onEvent: () => undefined });
    expect(await store.deliveries.list({ incident: 3 })).toMatchObject([
      { channel: "hook", kind: "incident.opened", state: "failed", attempts: 2, queuedAt: 5, at: 9, detail: "404" },
      { channel: "console", state: "sent", attempts: 1, about: "incident-3" },
    ]);
    expect(await store.deliveries.due(1_000)).toEqual([]);
    await store.close();
  });

  it("keeps declared channels by name; the last declaration counts", async () => {
    const { declaredChannels } = bench().store;
    await declaredChannels.save([]);
    await declaredChannels.save([
      { name: "pager", declaration: { channel: "console" } },
      { name: "hook", declaration: { channel: "webhook", url: "https://x.example", secret: "old" } },
    ]);
    await declaredChannels.save([
      { name: "hook", declaration: { channel: "webhook", url: "https://y.example", secret: "new" } },
    ]);
    expect((await declaredChannels.list()).map(({ name }) => name)).toEqual(["hook", "pager"]);
    expect((await declaredChannels.get("hook"))?.declaration).toMatchObject({
      url: "https://y.example",
      secret: "new",
    });
    expect(await declaredChannels.get("nobody")).toBeUndefined();
  });
}
