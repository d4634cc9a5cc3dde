import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Incident } from "../../domain/incident/incident.ts";
import { hourMs, minuteMs } from "../../domain/instant.ts";
import type { NotifyTarget } from "../../domain/notification/channel-declaration.ts";
import type { Channel, ChannelFactory, Notification } from "../../domain/notification/notification.ts";
import type { Page } from "../../domain/oncall/escalation.ts";
import type { EscalationPolicy, Person } from "../../domain/oncall/escalation-policy.ts";
import { plainOncall, usualTiming } from "../../domain/oncall/oncall-rule.ts";
import type { Schedule } from "../../domain/oncall/schedule.ts";
import type { System } from "../../domain/system/system.ts";
import { dayWindow, sampleFinding, sampleIncident, sampleSystem } from "../../store/conformance/control-sample.ts";
import { type ControlStore, openControlStore } from "../../store/control/open-control-store.ts";
import { createLinkSigner } from "./act-link-signer.ts";
import { deliverDue } from "./deliver.ts";
import { escalateIncident } from "./escalate-incident.ts";
import { hearWithdrawn } from "./hear-withdrawn.ts";
import { sendPage } from "./send-page.ts";
import { settleIncident } from "./settle-incident.ts";
import { readActLink, useActLink } from "./use-act-link.ts";

const monday = Date.parse("2024-01-01T09:00Z");
let root: string;
let store: ControlStore;
let now = monday;
const clock = { now: () => now };
const links = createLinkSigner("a secret");
const sent: Notification[] = [];
const refusing = new Set<string>();
const nameOf = (target: NotifyTarget): string =>
  target.channel === "webhook" ? new URL(target.url).host : target.channel;
/** Channels written by hand, because they must refuse. */
const channels: ChannelFactory = {
  keyOf: nameOf,
  create: async (target): Promise<Channel> => ({
    key: nameOf(target),
    where: "a test",
    pausesMs: [],
    keepsAlerts: false,
    send: async (notification) => {
      if (refusing.has(nameOf(target))) return { kind: "never", reason: "it answered 401" };
      sent.push(notification);
      return { kind: "sent", detail: "taken" };
    },
  }),
};

const web = (name: string): NotifyTarget => ({ channel: "webhook", url: `https://${name}.example`, secret: "s" });
const person = (name: string): Person => ({ name, title: "", contact: "", notify: [web(name)] });
const policy: EscalationPolicy = {
  name: "pages",
  title: "",
  steps: [
    { targets: [{ kind: "schedule", schedule: "data" }], acknowledgeWithinMs: 10 * minuteMs },
    { targets: [{ kind: "person", person: "carl" }], acknowledgeWithinMs: 10 * minuteMs },
  ],
  repeats: 0,
  lastResort: [{ kind: "channel", declaration: { channel: "console" } }],
  acknowledgementMs: undefined,
};
const schedule: Schedule = {
  name: "data",
  title: "",
  zone: "Etc/UTC",
  layers: [
    {
      name: "week",
      starts: monday,
      ends: undefined,
      turn: { unit: "week", count: 1 },
      groups: [["anna"], ["ben"]],
      hours: [],
    },
  ],
  overrides: [],
};

function paged(name: string, parts: Partial<NonNullable<System["oncall"]>> = {}): System {
  const route = { matchers: [], during: undefined, policy: "pages", continues: false };
  return { ...sampleSystem(name), oncall: { ...plainOncall, timing: usualTiming, routes: [route], ...parts } };
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "homeostat-oncall-"));
  store = await openControlStore({ directory: join(root, "control"), onEvent: () => undefined });
  await store.schedules.save(schedule, 0);
  await store.policies.savePolicies([policy]);
  await store.policies.savePeople(["anna", "ben", "carl"].map(person));
  const ports = { ...store, clock, links, channels, pageUrl: "http://127.0.0.1:7300" };
  await store.jobs.work<{ incident: number; page: Page }>("notify", ({ payload }) =>
    sendPage(ports, payload.incident, payload.page),
  );
  await store.jobs.work<{ channel: string }>("deliver", ({ payload, signal }) =>
    deliverDue({ ...ports, chance: () => 0 }, payload.channel, signal),
  );
});
afterAll(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

async function opened(system: System): Promise<Incident> {
  await store.systems.save(system, `digest-${system.name}`, now);
  const id = `f-${system.name}`;
  await store.findings.replace(system.name, dayWindow, [sampleFinding(system.name, id, dayWindow)], now, "monitors");
  const entry = { at: now, kind: "opened", text: "opened", actor: undefined } as const;
  return store.incidents.open({ ...sampleIncident(system.name), findingIds: [id] }, entry);
}

const escalate = (number: number): Promise<void> => escalateIncident({ ...store, clock }, number);
const heard = (number: number): string[] =>
  sent.flatMap(({ incident, kind, recipient }) => (incident === number ? [`${kind} ${recipient}`] : []));
/** Messages go by jobs of their own; a busy machine may need long. */
const hears = (number: number, ...wanted: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(heard(number).sort()).toEqual([...wanted].sort()), { timeout: 20_000 });

describe("escalating an incident", () => {
  it("tells who is on call at the time of the step, then the next, until somebody answers; all of them hear of it", async () => {
    now = monday + 7 * 24 * hourMs - 20 * minuteMs;
    const { number } = await opened(paged("told"));
    await escalate(number);
    now += usualTiming.waitMs;
    await escalate(number);
    await hears(number, "incident.opened anna");
    now += 10 * minuteMs;
    await escalate(number);
    await hears(number, "incident.opened anna", "incident.escalated carl");
    await settleIncident({ ...store, clock }, number, { kind: "acknowledge", by: "carl" }, undefined);
    await escalate(number);
    const told = [
      "incident.opened anna",
      "incident.escalated carl",
      "incident.acknowledged anna",
      "incident.acknowledged carl",
    ];
    await hears(number, ...told);
    now += hourMs;
    await escalate(number);
    await settleIncident({ ...store, clock }, number, { kind: "resolve", by: "carl" }, undefined);
    await escalate(number);
    await hears(number, ...told, "incident.resolved anna", "incident.resolved carl");
    expect((await store.incidents.timeline(number)).map(({ text }) => text)).toEqual(
      expect.arrayContaining(["Told anna: on call in data (layer week), step 1 of 2"]),
    );
  });

  it("pages once when two replicas look at the same time and when a process dies in the middle and another takes over", async () => {
    const { number } = await opened(paged("twice"));
    await escalate(number);
    now += usualTiming.waitMs;
    await Promise.all([escalate(number), escalate(number), escalate(number)]);
    await escalate(number);
    await hears(number, "incident.opened ben");
    // Its state as it was before: what a crash between sending and storing leaves behind.
    const [escalation] = await store.escalations.ofIncident(number);
    await store.escalations.save({ ...escalation!, phase: "waiting", attempt: 0, told: [], nextAt: now, stepAt: now });
    await escalate(number);
    await escalate(number);
    now += 10 * minuteMs;
    await escalate(number);
    await hears(number, "incident.opened ben", "incident.escalated carl");
  });

  it("goes on from where a stopped server left it: what is due stands in the store", async () => {
    const { number } = await opened(paged("restarted"));
    await escalate(number);
    expect(await store.escalations.due(now)).not.toContain(number);
    now += usualTiming.waitMs;
    expect(await store.escalations.due(now)).toContain(number);
  });

  it("goes to the next step at once when a message will never get through", async () => {
    refusing.add("ben.example");
    const { number } = await opened(paged("gone", { timing: { ...usualTiming, waitMs: 0 } }));
    await escalate(number);
    await vi.waitFor(
      async () => expect(await store.deliveries.list({ incident: number })).toMatchObject([{ state: "failed" }]),
      {
        timeout: 20_000,
      },
    );
    await escalate(number);
    await hears(number, "incident.escalated carl");
    refusing.clear();
  });

  it("tells the channels of a system that declares nothing, once and at once, under one key each", async () => {
    const system = { ...sampleSystem("plain"), notify: [{ channel: "console" } as const, web("x")] };
    const { number } = await opened(system);
    await escalate(number);
    await escalate(number);
    await hears(number, "incident.opened undefined", "incident.opened undefined");
    expect(new Set(sent.filter(({ incident }) => incident === number).map(({ id }) => id)).size).toBe(2);
    expect(await store.escalations.ofIncident(number)).toMatchObject([{ phase: "told" }]);
  });

  it("is muted by a broken feed upstream, found by lineage, and told when that is resolved", async () => {
    await store.lineage.record({
      at: now,
      by: "test",
      nodes: [{ name: "source:raw" }, { name: "source:feed" }],
      edges: [{ from: "source:raw", to: "source:feed" }],
    });
    const feed = { ...sampleSystem("raw"), source: { ...sampleSystem("raw").source, component: "source:raw" } };
    await store.systems.save(feed, "raw", now);
    const broken = { ...sampleFinding("raw", "f-raw", dayWindow), monitor: "contract" as const };
    await store.findings.replace("raw", dayWindow, [broken], now, "contract");
    const entry = { at: now, kind: "opened", text: "opened", actor: undefined } as const;
    const cause = await store.incidents.open({ ...sampleIncident("raw"), findingIds: ["f-raw"] }, entry);
    const { number } = await opened(paged("behind", { timing: { ...usualTiming, waitMs: 0 } }));
    await escalate(number);
    expect(heard(number)).toEqual([]);
    expect((await store.incidents.timeline(number)).at(-1)?.text).toBe(
      `Nobody is told: incident ${cause.number} (contract on source:raw) explains it.`,
    );
    await settleIncident({ ...store, clock }, cause.number, { kind: "resolve", by: "me" }, undefined);
    await escalate(number);
    await hears(number, "incident.opened ben");
  });
});

describe("the link in a message", () => {
  async function linkOf(name: string): Promise<{ readonly number: number; readonly token: string }> {
    const { number } = await opened(paged(name, { timing: { ...usualTiming, waitMs: 0 } }));
    await escalate(number);
    await hears(number, "incident.opened ben");
    const address = sent
      .find(({ incident }) => incident === number)
      ?.message.links.find(({ label }) => label === "Acknowledge")?.href;
    return { number, token: new URL(address ?? "").hash.replace("#token=", "") };
  }
  const ports = () => ({ ...store, clock, links });

  it("acknowledges once, in the name of who got it; looking at it changes nothing", async () => {
    const { number, token } = await linkOf("linked");
    for (let looks = 0; looks < 3; looks += 1)
      expect(await readActLink(ports(), token)).toMatchObject({ kind: "usable", incident: { state: "open" } });
    const used = await useActLink(ports(), token);
    expect(used).toMatchObject({
      kind: "usable",
      incident: { number, acknowledgedBy: "ben, by the link in a message" },
    });
    await store.incidents.change(number, { state: "open" }, { at: now, kind: "note", text: "", actor: undefined });
    expect(await useActLink(ports(), token)).toEqual({ kind: "refused", reason: "used" });
  });

  it("is refused when it was changed, signed by another, is too old or comes too late", async () => {
    const { number, token } = await linkOf("refused");
    const [text = "", signature = ""] = token.split(".");
    for (const wrong of ["", "x.y", `${text}.`, `${text}A.${signature}`, `${text}.${signature}.z`])
      expect(await useActLink(ports(), wrong)).toEqual({ kind: "refused", reason: "forged" });
    const other = createLinkSigner("another").sign({ id: "i", incident: number, recipient: "me", expiresAt: now + 1 });
    expect(await useActLink(ports(), other)).toEqual({ kind: "refused", reason: "forged" });
    await settleIncident({ ...store, clock }, number, { kind: "acknowledge", by: "ann" }, undefined);
    expect(await useActLink(ports(), token)).toEqual({ kind: "refused", reason: "already-acknowledged" });
    now += 24 * hourMs;
    expect(await useActLink(ports(), token)).toEqual({ kind: "refused", reason: "expired" });
  });
});

describe("an incident hears of withdrawn findings", () => {
  it("in its timeline, once; it stays for a person to resolve and says how", async () => {
    const system = paged("withdrawn");
    const { number } = await opened(system);
    await store.findings.replace(system.name, dayWindow, [], now, "monitors");
    await hearWithdrawn({ ...store, clock }, system);
    await hearWithdrawn({ ...store, clock }, system);
    const timeline = await store.incidents.timeline(number);
    expect(timeline.filter(({ kind }) => kind === "withdrawn").map(({ text }) => text)).toEqual([
      `1 finding no longer stands after a window was evaluated again; none is left. If you agree that it is over: homeostat resolve ${number}`,
    ]);
    expect((await store.incidents.get(number))?.state).toBe("open");
    await store.findings.replace(
      system.name,
      dayWindow,
      [sampleFinding(system.name, `f-${system.name}`, dayWindow)],
      now,
      "monitors",
    );
    await hearWithdrawn({ ...store, clock }, system);
    expect((await store.incidents.timeline(number)).at(-1)?.text).toBe("1 finding stands again; 1 still stands.");
  });

  it("and is resolved by itself only where the system declares so", async () => {
    const system = paged("resolving", { resolve: "when-withdrawn" });
    const { number } = await opened(system);
    await store.findings.replace(system.name, dayWindow, [], now, "monitors");
    await hearWithdrawn({ ...store, clock }, system);
    expect(await store.incidents.get(number)).toMatchObject({ state: "resolved" });
    expect((await store.incidents.timeline(number)).at(-1)?.text).toBe(
      "resolved by Homeostat: no finding stands any more",
    );
  });
});
