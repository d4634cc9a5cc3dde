import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../packages/homeostat/src/cli/program.ts";
import { flightDelay } from "./house/declarations.ts";
import { emptyDirectory } from "./house/prepared.ts";
import { type House, startHouse } from "./house/start.ts";
import { until } from "./house/until.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./house/webhook-receiver.ts";

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
let house: House;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await startWebhookReceiver(secret);
  house = await startHouse({ data: await emptyDirectory(), environment: { HOMEOSTAT_WEBHOOK_ALLOW_PRIVATE: "1" } });
});
afterAll(async () => {
  await house?.killGroup();
  await receiver?.[Symbol.asyncDispose]();
});

async function homeostat(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await runProgram(
    {
      version: "0",
      up: async () => 1,
      env: { HOMEOSTAT_URL: house.url, HOMEOSTAT_KEY: house.key, NO_COLOR: "1" },
      stdout: { write: (text) => (out += text), columns: 200 },
      stderr: { write: (text) => (err += text) },
      now: Date.now,
    },
    args,
  );
  return { code, out, err };
}

const people = () => `people:
  - { name: anna, contact: anna@example.com, notify: [{ channel: webhook, url: "${receiver.url}", secret: "${secret}" }] }
  - { name: ben, notify: [{ channel: console }] }
`;
const schedule = `apiVersion: homeostat/v1
kind: Schedule
name: data-weekly
title: Flight data, around the clock
zone: America/Chicago
layers:
  - name: weekly
    starts: 2001-01-02T09:00
    turn: weekly
    people: [anna, ben]
`;
const policy = `apiVersion: homeostat/v1
kind: EscalationPolicy
name: data-pages
steps:
  - targets: [{ schedule: data-weekly }, { person: anna }]
    acknowledgeWithin: PT30M
lastResort: [{ channel: { channel: console } }]
`;

const declared = (edit: (text: string) => string = (text) => text) => [
  ...flightDelay({
    "system.yaml": (text) =>
      `${text.replace("serving: gateway", "serving: monitor-only").replace(/\nfallback:\n(?: .*\n)+/, "\n")}oncall:\n  wait: PT0S\n`,
    "owners.yaml": (text) =>
      `${text.replace("{ name: flight-data,", "{ name: flight-data, escalation: data-pages,")}${people()}`,
  }),
  { path: "oncall/schedule.yaml", text: edit(schedule) },
  { path: "oncall/policy.yaml", text: edit(policy) },
];

const problemOf = (files: ReturnType<typeof declared>) =>
  house.client.call("plan", { body: { files } }).then(
    () => [],
    (thrown: {
      readonly problem: { readonly issues?: readonly { readonly path: string; readonly found: string }[] };
    }) => (thrown.problem.issues ?? []).map(({ path, found }) => `${path.split(":")[0]} ${found}`),
  );

describe("applying who is on call", () => {
  it("is refused with what is missing: a person, a schedule, a policy, a zone", async () => {
    expect(await problemOf(declared((text) => text.replace("[anna, ben]", "[anna, zoe]")))).toEqual([
      "oncall/schedule.yaml layer weekly: the person zoe is not declared",
    ]);
    expect(await problemOf(declared((text) => text.replace("schedule: data-weekly", "schedule: none")))).toEqual([
      "oncall/policy.yaml step 1: the schedule none is not declared",
    ]);
    expect(await problemOf(declared((text) => text.replace("name: data-pages", "name: others")))).toEqual([
      "flight-delay/system.yaml owners.upstream-data: the escalation policy data-pages of flight-data is not declared",
    ]);
    expect(await problemOf(declared((text) => text.replace("America/Chicago", "Mars/Olympus")))).toEqual([
      "oncall/schedule.yaml Mars/Olympus",
    ]);
  });

  it("creates people, schedules and policies, and changes nothing the second time", async () => {
    const plan = await house.client.call("apply", { body: { files: declared() } });
    expect(plan.steps.map(({ action, what }) => `${action} ${what}`)).toEqual(
      expect.arrayContaining([
        "create person anna",
        "create schedule data-weekly",
        "create escalation policy data-pages",
        "create system flight-delay",
      ]),
    );
    const again = await house.client.call("plan", { body: { files: declared() } });
    expect(again.steps.filter(({ action }) => action !== "keep")).toEqual([]);
  });
});

describe("homeostat oncall", () => {
  it("shows schedules, who is on call at any time and why, and the shifts across a change of the clock", async () => {
    expect((await homeostat("oncall")).out).toMatch(/data-weekly\s+America\/Chicago\s+(anna|ben)\s+none/);
    const who = await homeostat("oncall", "who", "--at", "2001-01-05T00:00:00Z");
    expect(who.out).toMatch(/data-weekly\s+anna\s+turn 1 of layer weekly/);
    const args = ["oncall", "show", "data-weekly", "--from", "2001-03-27T15:00:00Z", "--to", "2001-04-10T14:00:00Z"];
    const shown = await homeostat(...args, "--json", "--exit-code");
    expect(shown.code).toBe(0);
    // Chicago went to summer time on 1 April 2001.
    expect(JSON.parse(shown.out).shifts.map(({ to }: { to: string }) => to)).toEqual([
      "2001-04-03T14:00:00.000Z",
      "2001-04-10T14:00:00.000Z",
    ]);
  });

  it("lets somebody stand in and two people swap, refuses who cannot be reached, and takes it back", async () => {
    const week = ["--from", "2001-01-02T15:00:00Z", "--to", "2001-01-09T15:00:00Z"];
    const made = await homeostat(
      "oncall",
      "override",
      "data-weekly",
      "ben",
      ...week,
      "--reason",
      "anna is ill",
      "--json",
    );
    expect(made.code, made.err).toBe(0);
    const whoIs = async (at: string) =>
      (await house.client.call("whoIsOnCall", { query: { at } })).items.map(({ people: all }) => all.join()).join();
    expect(await whoIs("2001-01-05T00:00:00Z")).toBe("ben");
    await homeostat("oncall", "override", "remove", JSON.parse(made.out).id);
    expect(await whoIs("2001-01-05T00:00:00Z")).toBe("anna");
    const swap = await homeostat(
      "oncall",
      "swap",
      "data-weekly",
      "--first",
      "anna@2001-01-02T15:00:00Z/2001-01-09T15:00:00Z",
      "--second",
      "ben@2001-01-09T15:00:00Z/2001-01-16T15:00:00Z",
    );
    expect(swap.out).toContain("anna stands in for ben");
    expect([await whoIs("2001-01-05T00:00:00Z"), await whoIs("2001-01-12T00:00:00Z")]).toEqual(["ben", "anna"]);
    const refused = await homeostat("oncall", "override", "data-weekly", "zoe", ...week);
    expect([refused.code === 0, refused.err]).toEqual([false, expect.stringContaining('nobody called "zoe"')]);
  });

  it("simulates who would be told, and sends nothing", async () => {
    const data = await homeostat("oncall", "simulate", "flight-delay", "--at", "2001-02-01T00:00:00Z");
    expect(data.out).toContain("By data-pages: owner flight-data of upstream-data");
    expect(data.out).toMatch(/30 min\s+the channel\s+console\s+incident.escalated/);
    const serving = await homeostat("oncall", "simulate", "flight-delay", "--area", "serving");
    expect(serving.out).toContain("the channels of flight-delay");
    expect(receiver.received).toEqual([]);
  });
});

describe("homeostat silence", () => {
  it("adds, lists and ends silences, and refuses conditions that no alert can meet", async () => {
    const wrong = await homeostat("silence", "add", "colour=red", "--for", "2h", "--reason", "x");
    expect([wrong.code === 0, wrong.err]).toEqual([false, expect.stringContaining("colour=red")]);
    const made = await homeostat(
      "silence",
      "add",
      "system=flight-delay",
      "--for",
      "2h",
      "--reason",
      "a test",
      "--json",
    );
    const { id } = JSON.parse(made.out) as { readonly id: string };
    expect((await homeostat("oncall", "simulate", "flight-delay")).out).toContain(`Nobody would be told`);
    expect((await homeostat("silence", "list", "--state", "active")).out).toContain(id);
    expect((await homeostat("silence", "expire", id)).out).toContain("is over");
    expect((await homeostat("silence", "list", "--state", "active")).out).toContain("No silences");
  });
});

/** Flights of a day; from the 8th on the feed has lost a quarter of its origins. */
const flightsOf = (day: string): readonly object[] =>
  Array.from({ length: 40 }, (_, index) => {
    const time = `2001-02-${day}T${String(6 + (index % 16)).padStart(2, "0")}:00:00Z`;
    const origin = day >= "08" && index % 4 === 0 ? null : ["LAX", "SFO", "JFK"][index % 3];
    const inputs = { departure: time, origin, destination: "BOS", distance: 300 + index };
    return { id: `f-${day}-${index}`, time, release: "theirs-1", probability: (index % 10) / 10, inputs };
  });

describe("an incident", () => {
  it("pages who is on call; the link in the message acknowledges once, without signing in; the end is told", async () => {
    for (const day of ["05", "06", "07", "08", "09", "12"])
      await house.client.call("sendPredictions", {
        path: { system: "flight-delay" },
        body: { rows: flightsOf(day) } as never,
      });
    const page = await until("anna is paged", () =>
      Promise.resolve(receiver.received.find(({ body }) => body.type === "incident.opened")),
    );
    expect(page.signed).toBe(true);
    const token = /\/act#token=([\w.-]+)/.exec(JSON.stringify(page.body))?.[1] ?? "";
    const post = async (path: string, given: string) => {
      const answer = await fetch(`${house.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token: given }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    expect(await post("/v1/links/read", token)).toMatchObject({
      status: 200,
      body: { state: "open", recipient: "anna" },
    });
    expect(await post("/v1/links", `${token}x`)).toMatchObject({ status: 401, body: { code: "bad-signature" } });
    const used = await post("/v1/links", token);
    expect(used).toMatchObject({ status: 200, body: { state: "acknowledged" } });
    expect(await post("/v1/links", token)).toMatchObject({ status: 409 });
    const number = Number(used.body.incident);
    const incident = await house.client.call("incident", { path: { number } });
    expect(incident.acknowledgedBy).toBe("anna, by the link in a message");
    await until("anna hears that she has it", () =>
      Promise.resolve(receiver.received.find(({ body }) => body.type === "incident.acknowledged")),
    );
    const { items } = await house.client.call("escalations", { path: { number } });
    expect(items).toMatchObject([
      {
        policy: "data-pages",
        phase: "acknowledged",
        told: expect.arrayContaining([expect.objectContaining({ person: "anna" })]),
      },
    ]);
    await house.client.call("resolve", { path: { number }, body: {} });
    await until("anna hears that it is over", () =>
      Promise.resolve(receiver.received.find(({ body }) => body.type === "incident.resolved")),
    );
    expect(receiver.received.filter(({ body }) => body.type === "incident.opened")).toHaveLength(1);
  });
});
