import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { NotifyTarget } from "../../domain/notification/channel-declaration.ts";
import { incidentNotification } from "../../domain/notification/incident-notification.ts";
import type { Channel, ChannelFactory, NotificationKind, SendResult } from "../../domain/notification/notification.ts";
import { sampleIncident } from "../../store/conformance/control-sample.ts";
import { type ControlStore, openControlStore } from "../../store/control/open-control-store.ts";
import { deliverDue } from "./deliver.ts";
import { incidentScene } from "./incident-scene.ts";
import { queueNotification } from "./queue-notification.ts";
import { settleIncident } from "./settle-incident.ts";
import { testChannel } from "./test-channel.ts";

const minute = 60_000;
let root: string;
let store: ControlStore;
let now = 1_700_100_000_000;
const clock = { now: () => now };

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "homeostat-deliver-"));
  store = await openControlStore({ directory: join(root, "control"), onEvent: () => undefined });
});
afterAll(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

/** What the receivers of this test saw, and what they answer. */
interface Seen {
  readonly id: string;
  readonly thread: string | undefined;
}
const seen: Seen[] = [];
let answers: SendResult[] = [];
let inTheMiddle: () => Promise<void> = async () => undefined;
beforeEach(() => {
  seen.length = 0;
  answers = [];
  inTheMiddle = async () => undefined;
});

/** Receivers written by hand, because they must refuse at will. */
const channels: ChannelFactory = {
  keyOf: (target) => (target.channel === "named" ? target.name : target.channel),
  create: async (target): Promise<Channel> => ({
    key: target.channel,
    where: "a test",
    pausesMs: [minute, 5 * minute],
    keepsAlerts: target.channel === "named" && target.name.startsWith("pager"),
    send: async ({ id }, { thread }) => {
      seen.push({ id, thread });
      await inTheMiddle();
      return answers.shift() ?? { kind: "sent", detail: "taken", reference: `ref-${id}` };
    },
  }),
};
const ports = () => ({ ...store, channels, clock, chance: () => 0, pageUrl: "http://page" });
const named = (name: string): NotifyTarget => ({ channel: "named", name });

async function incident(target: string): Promise<(kind: NotificationKind) => Promise<void>> {
  const { number } = await store.incidents.open(sampleIncident("told"), {
    at: now,
    kind: "opened",
    text: "it began",
    actor: undefined,
  });
  return async (kind) => {
    const found = await store.incidents.get(number);
    const occasion = { id: `${kind}-${number}`, kind, at: now, pageUrl: "http://page" };
    const notification = incidentNotification(await incidentScene(store, found!), occasion);
    await queueNotification(ports(), named(target), notification);
  };
}
const deliver = (channel: string, signal = new AbortController().signal) => deliverDue(ports(), channel, signal);
const states = async (channel: string) =>
  (await store.deliveries.list({ channel })).map(({ kind, state }) => `${kind.split(".")[1]} ${state}`).reverse();

describe("delivering", () => {
  it("sends a message once, however often it is told, and writes into the timeline who was told", async () => {
    const tell = await incident("once");
    await tell("incident.opened");
    await tell("incident.opened");
    await Promise.all([deliver("once"), deliver("once"), deliver("once")]);
    expect(seen).toHaveLength(1);
    const [delivery] = await store.deliveries.list({ channel: "once" });
    expect(delivery).toMatchObject({ state: "sent", attempts: 1, detail: "taken", nextAt: undefined });
    const timeline = await store.incidents.timeline(delivery!.incident!);
    expect(timeline.map(({ text }) => text)).toContain("once was told: opened");
  });

  it("keeps the order about one thing: nothing overtakes a message that waits, other incidents go on", async () => {
    const [tell, tellOther] = [await incident("order"), await incident("order")];
    await tell("incident.opened");
    await tell("incident.acknowledged");
    await tell("incident.resolved");
    answers = [{ kind: "again", reason: "it answered 503" }];
    await deliver("order");
    await deliver("order");
    expect(await states("order")).toEqual(["opened waiting", "acknowledged waiting", "resolved waiting"]);
    await tellOther("incident.opened");
    await deliver("order");
    expect((await states("order")).at(-1)).toBe("opened sent");
    now += minute;
    expect(await store.deliveries.due(now)).toContain("order");
    await deliver("order");
    expect((await states("order")).slice(0, 3)).toEqual(["opened sent", "acknowledged sent", "resolved sent"]);
    expect(seen.map(({ id }) => id.replace(/-\d+$/, ""))).toEqual([
      "incident.opened",
      "incident.opened",
      "incident.opened",
      "incident.acknowledged",
      "incident.resolved",
    ]);
  });

  it("hands later messages the reference that the receiver gave for the first one", async () => {
    const tell = await incident("thread");
    await tell("incident.opened");
    await deliver("thread");
    await tell("incident.diagnosed");
    await tell("incident.resolved");
    await deliver("thread");
    expect(seen.map(({ thread }) => thread)).toEqual([undefined, `ref-${seen[0]!.id}`, `ref-${seen[0]!.id}`]);
  });

  it("says nothing more to a channel that was told that it is over", async () => {
    const tell = await incident("over");
    await tell("incident.opened");
    await tell("incident.resolved");
    await tell("incident.diagnosed");
    await deliver("over");
    expect(await states("over")).toEqual(["opened sent", "resolved sent", "diagnosed dropped"]);
    expect(seen).toHaveLength(2);
  });

  it("pauses a channel as long as its receiver asks, for all its messages, and not for ever", async () => {
    const [tell, tellOther] = [await incident("limited"), await incident("limited")];
    answers = [{ kind: "again", reason: "it answered 429", afterMs: 3 * minute }];
    await tell("incident.opened");
    await tellOther("incident.opened");
    await deliver("limited");
    now += 2 * minute;
    expect((await deliver("limited")).attempts).toBe(0);
    expect(await store.deliveries.due(now)).not.toContain("limited");
    now += minute;
    answers = [{ kind: "again", reason: "it answered 429", afterMs: 10_000 * minute }];
    expect((await deliver("limited")).attempts).toBe(1);
    now += 60 * minute;
    await deliver("limited");
    expect(await states("limited")).toEqual(["opened sent", "opened sent"]);
  });

  it("gives up after the last pause, and at once where the receiver says no, and tells the timeline", async () => {
    const tell = await incident("hopeless");
    await tell("incident.opened");
    for (let attempt = 0; attempt < 3; attempt += 1) {
      answers = [{ kind: "again", reason: "no answer" }];
      await deliver("hopeless");
      now += 10 * minute;
    }
    answers = [{ kind: "never", reason: "it answered 401" }];
    await tell("incident.acknowledged");
    await deliver("hopeless");
    expect(await store.deliveries.list({ channel: "hopeless" })).toMatchObject([
      { state: "failed", attempts: 1, detail: "it answered 401" },
      { state: "failed", attempts: 3, detail: "no answer; given up after 3 attempts" },
    ]);
    expect(seen).toHaveLength(4);
  });

  it("switches a channel off whose receiver is gone, says so, and on again when a test gets through", async () => {
    const tell = await incident("gone");
    answers = [{ kind: "gone", reason: "it answered 410" }];
    await tell("incident.opened");
    await tell("incident.acknowledged");
    await deliver("gone");
    const [later, first] = await store.deliveries.list({ channel: "gone" });
    expect(first).toMatchObject({ state: "failed", detail: "it answered 410; the channel is switched off" });
    expect(later).toMatchObject({ state: "failed", detail: expect.stringContaining("homeostat channel test") });
    expect(seen).toHaveLength(1);
    expect((await store.deliveries.health()).get("gone")?.off?.reason).toBe("it answered 410");
    await store.declaredChannels.save([{ name: "gone", declaration: { channel: "console" } }]);
    const test = () => testChannel({ ...ports(), newId: () => `t-${now++}` }, "gone", "ann");
    answers = [{ kind: "gone", reason: "it answered 410" }];
    expect(await test()).toMatchObject({ kind: "tested", deliveries: [{ state: "failed" }] });
    expect((await store.deliveries.health()).get("gone")?.off).toBeDefined();
    expect(await test()).toMatchObject({ kind: "tested", deliveries: [{ state: "sent", attempts: 1 }] });
    expect((await store.deliveries.health()).get("gone")).toBeUndefined();
  });

  it("sends again with the same id what a dead process had sent and not recorded, and only when its claim is over", async () => {
    const tell = await incident("crash");
    await tell("incident.opened");
    inTheMiddle = () => Promise.reject(new Error("the process ends here"));
    const dying = { ...ports(), deliveries: { ...store.deliveries, settle: () => Promise.reject(new Error("gone")) } };
    await expect(deliverDue(dying, "crash", new AbortController().signal)).rejects.toThrow("gone");
    inTheMiddle = async () => undefined;
    expect((await deliver("crash")).attempts).toBe(0);
    now += 2 * minute;
    expect(await store.deliveries.due(now)).toContain("crash");
    await deliver("crash");
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
    expect(seen).toHaveLength(2);
    expect(await store.deliveries.list({ channel: "crash" })).toMatchObject([{ state: "sent", attempts: 2 }]);
  });

  it("lets a process that was too slow change nothing that another has taken over", async () => {
    const tell = await incident("slow");
    await tell("incident.opened");
    inTheMiddle = async () => {
      inTheMiddle = async () => undefined;
      now += 2 * minute;
      await deliver("slow");
    };
    answers = [
      { kind: "sent", detail: "by the second" },
      { kind: "never", reason: "by the first" },
    ];
    await deliver("slow");
    expect(await store.deliveries.list({ channel: "slow" })).toMatchObject([
      { state: "sent", detail: "by the second" },
    ]);
  });

  it("tests a channel that keeps alerts with a message that ends the alert, tries once, and knows what there is", async () => {
    await store.declaredChannels.save([{ name: "pager", declaration: { channel: "console" } }]);
    const test = (name: string) => testChannel({ ...ports(), newId: () => `t-${now++}` }, name, "ann");
    expect(await test("pager")).toMatchObject({
      deliveries: [
        { kind: "channel.test", state: "sent" },
        { kind: "channel.test-over", state: "sent" },
      ],
    });
    answers = [{ kind: "again", reason: "it answered 500" }];
    expect(await test("pager")).toMatchObject({
      deliveries: [{ state: "failed", detail: "it answered 500; a test is tried once" }],
    });
    expect(await test("nobody")).toMatchObject({ kind: "refused", known: expect.arrayContaining(["pager"]) });
  });

  it("does not ask for an answer when somebody answered while it waited; those who come next are told of a failure", async () => {
    const tell = await incident("late");
    await tell("incident.opened");
    const [{ incident: number } = {}] = await store.deliveries.list({ channel: "late" });
    await settleIncident({ ...store, clock }, number!, { kind: "acknowledge", by: "ann" }, undefined);
    await tell("incident.acknowledged");
    await deliver("late");
    expect(await states("late")).toEqual(["opened dropped", "acknowledged sent"]);
    answers = [{ kind: "never", reason: "it answered 401" }];
    await tell("incident.updated");
    const escalated: object[] = [];
    const jobs = { send: async (kind: string, payload: object) => void escalated.push({ kind, ...payload }) };
    await deliverDue({ ...ports(), jobs: { ...store.jobs, ...jobs } as never }, "late", new AbortController().signal);
    expect(escalated).toEqual([{ kind: "escalate", incident: number }]);
  });
});
