import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "@homeostat/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askingActions, flightDelay } from "./house/declarations.ts";
import { liveDirectory, preparedFlights, trainAndRelease } from "./house/prepared.ts";
import { refusalOf } from "./house/refusal.ts";
import { evaluated, predict, settled, tellOutcomes } from "./house/replay.ts";
import { type House, startHouse } from "./house/start.ts";
import { broken, brokenOrigins, diagnosed, faultBegins } from "./house/trouble.ts";
import { until } from "./house/until.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./house/webhook-receiver.ts";

const path = { system: "flight-delay" };
const secret = `whsec_${Buffer.from("only these tests know this secret").toString("base64")}`;
/** Four days are over when the fifth is under way. */
const daysOver = 4;

describe("a vendor shifts the departure hour of three airports", () => {
  let house: House;
  let receiver: WebhookReceiver;
  let sent = 0;
  let incident: Answer<"incident">;

  beforeAll(async () => {
    receiver = await startWebhookReceiver(secret);
    house = await startHouse({ data: await liveDirectory(), environment: { HOMEOSTAT_WEBHOOK_ALLOW_PRIVATE: "1" } });
    const { client } = house;
    const webhook = `  - { channel: webhook, url: "${receiver.url}", secret: "${secret}" }\n`;
    await client.call("apply", {
      body: { files: flightDelay({ "system.yaml": (text) => text + webhook + askingActions }) },
    });
    for (const change of [
      {
        component: "library:numeric-runtime",
        kind: "library",
        title: "numeric runtime 4.2.2",
        time: "2001-02-09T20:00:00Z",
      },
      { component: "service:delay-api", kind: "deploy", title: "delay-api 118", time: "2001-02-10T09:00:00Z" },
      { component: "source:airline-feed", kind: "data-source", title: "time zone fix", time: faultBegins },
      { component: "source:weather-feed", kind: "data-source", title: "new bucket", time: "2001-02-10T01:00:00Z" },
      { component: "source:airline-feed", kind: "schema", title: "comments added", time: "2001-02-05T04:00:00Z" },
    ] as const)
      await client.call("recordChange", { body: change });
    const flights = broken(preparedFlights().flights);
    sent = flights.length;
    await predict(client, flights);
    await tellOutcomes(client, flights);
    incident = await diagnosed(client, 2);
  });

  afterAll(async () => {
    await house?.killGroup();
    await receiver?.[Symbol.asyncDispose]();
  });

  it("stores and joins every flight that was sent", async () => {
    const counts = await settled(house.client);
    expect(counts.predictions).toMatchObject({ acknowledged: sent, stored: sent, duplicates: 0 });
    expect(counts.outcomes).toMatchObject({ acknowledged: sent, stored: sent, duplicates: 0 });
    expect(counts).toMatchObject({ joined: sent, outcomesWaiting: 0 });
  });

  it("evaluates each day that is over, with all its rows and outcomes", async () => {
    const { flights } = preparedFlights();
    const rows = flights.filter((flight) => flight.time < "2001-02-13").length;
    const windows = await evaluated(house.client, { windows: daysOver, rows });
    expect(windows.reduce((sum, window) => sum + window.rows, 0)).toBeGreaterThanOrEqual(rows);
    expect(windows.slice(0, daysOver).map((window) => window.start.slice(0, 10))).toEqual([
      "2001-02-09",
      "2001-02-10",
      "2001-02-11",
      "2001-02-12",
    ]);
    // A storm over St. Louis: four of five flights from there were late that day. One window is a warning, no finding.
    expect(windows[0]).toMatchObject({ verdict: "warning", findings: 0 });
    expect(windows[3]?.verdict).toBe("critical");
  });

  it("opens one incident that names the slice, the feature and the true change among innocent ones", async () => {
    expect((await house.client.call("incidents")).items).toHaveLength(1);
    const { diagnosis } = incident;
    expect(diagnosis?.slice?.segment?.name).toBe("origin");
    expect([...(diagnosis?.slice?.values ?? [])].sort()).toEqual(brokenOrigins);
    const [first, second] = diagnosis?.features ?? [];
    expect(first?.feature).toBe("departure_hour");
    expect(first?.psiDebiased).toBeGreaterThan(1);
    expect(second?.psiDebiased).toBeLessThan(0.25);
    expect(diagnosis?.namedCause?.change?.title).toBe("time zone fix");
    expect(diagnosis?.suspects.length).toBeGreaterThan(2);
    expect(diagnosis?.suspects.reduce((sum, suspect) => sum + suspect.posterior, 0)).toBeCloseTo(1, 6);
    expect(incident).toMatchObject({ state: "open", severity: "critical", owner: "flight-data" });
    expect(incident.since).toBe("2001-02-10T00:00:00.000Z");
  });

  it("shows that the global number had stayed calm", () => {
    const slice = incident.diagnosis?.slice;
    expect(slice?.globalPsi).toBeLessThan(0.25);
    expect(slice?.slicePsi).toBeGreaterThan(1);
  });

  it("takes all seven steps of the diagnosis and says of each what it found or why it was not done", () => {
    const steps = incident.diagnosis?.steps ?? [];
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(steps.every((step) => step.verdict.length > 10)).toBe(true);
  });

  it("says who watches it, what each monitor heard, what a stricter one would have said, and what nobody watches", async () => {
    const { client } = house;
    const list = await client.call("monitors", { path });
    const drift = list.items.find(({ name }) => name === "input-drift")!;
    expect(drift).toMatchObject({ verdict: "critical", owner: "flight-data", origin: "default", enabled: true });
    expect(list.budget).toMatchObject({ pagesPerMonth: 1, level: 0.05 });
    expect(list.budget.mostPages).toBeLessThanOrEqual(1);
    expect(list.budget.families.reduce((sum, { pages }) => sum + pages, 0)).toBe(1);
    const { items } = await client.call("monitor", { path: { ...path, monitor: "input-drift" } });
    expect(items[0]).toMatchObject({ state: "critical", fired: true, feature: "departure_hour" });
    const quiet = items.find(({ state }) => state === "healthy");
    expect(quiet?.says).toMatch(/would have been seen$/);
    expect(quiet?.smallestSeen).toBeGreaterThanOrEqual(0.25);
    const trial = await client.call("tryMonitors", {
      path,
      body: {
        monitors: [
          { name: "hours", kind: "input-drift", features: ["departure_hour"], segments: ["origin"], persistence: 1 },
          { name: "far", kind: "input-drift", features: ["departure_hour"], threshold: 50 },
        ],
        from: "2001-02-09T00:00:00Z",
      },
    });
    const [hours, far] = trial.items;
    expect(hours).toMatchObject({ monitor: "hours", pages: 1 });
    expect(hours?.fired[0]?.from.slice(0, 10)).toBe("2001-02-10");
    expect(brokenOrigins).toContain(hours?.fired[0]?.worst.segment?.value);
    expect(far).toMatchObject({ pages: 0, firing: 0 });
    const baseline = await client.call("baseline", { path: { ...path, baseline: "live" } });
    expect(baseline).toMatchObject({ live: true, release: "flight-delay-1", predictions: { kind: "probability" } });
    const hour = baseline.features.find(({ name }) => name === "departure_hour")!;
    expect(hour.histogram.reduce((sum, { rows }) => sum + rows, 0)).toBe(baseline.rows);
    expect(hour.percentiles!.p5).toBeLessThan(hour.percentiles!.p95);
    expect(baseline.segments[0]).toMatchObject({ segment: null, rows: baseline.rows, metric: "auc" });
    expect(baseline.segments[0]!.value!.value).toBeGreaterThan(0.5);
    const map = await client.call("coverage", { path });
    const watch = (mode: string) => map.items.find((entry) => entry.mode === mode)?.watch;
    expect(watch("input-drift")).toBe("watched");
    expect(watch("broken-contract")).toBe("watched");
    expect(map.watched).toBeLessThan(map.applies);
  });

  it("sends a webhook that its receiver can verify", async () => {
    const opened = await until("the webhook arrives", () =>
      receiver.received.find(({ body }) => body.type === "incident.opened"),
    );
    expect(opened.signed).toBe(true);
    expect(opened.body.data).toMatchObject({
      incident: incident.number,
      system: "flight-delay",
      severity: "critical",
      owner: "flight-data",
      link: `${house.url}/incidents/${incident.number}`,
    });
    expect(`${opened.body.data.title} ${opened.body.data.text}`).toMatch(/departure_hour.*slice/);
    const told = await until("both channels have taken it", async () => {
      const { notifications } = await house.client.call("incident", { path: { number: incident.number } });
      return notifications.some(({ state }) => state === "waiting") ? undefined : notifications;
    });
    expect(told.map(({ state }) => state)).toEqual(["sent", "sent"]);
  });

  it("proposes what the system declares, does it when somebody approves, and lifts it when the incident is over", async () => {
    const { client } = house;
    const waiting = await until("the actions are proposed", async () => {
      const { items } = await client.call("actions", { query: { system: "flight-delay" } });
      return items.length === 3 ? items : undefined;
    });
    const stateOf = Object.fromEntries(waiting.map(({ action, state }) => [action, state]));
    expect(stateOf).toEqual({ calm: "waiting", still: "waiting", back: "refused" });
    expect(waiting.find(({ action }) => action === "back")?.text).toMatch(/no release before .* was ever live/);
    const number = { number: incident.number };
    const done = await client.call("approveAction", { path: { ...number, action: "calm" } });
    expect(done).toMatchObject({ state: "done", decidedBy: "command line of this machine" });
    const rejected = await client.call("rejectAction", { path: { ...number, action: "still" } });
    expect(rejected.state).toBe("rejected");
    const again = await refusalOf(client.call("approveAction", { path: { ...number, action: "still" } }));
    expect(again.code).toBe("not-possible-now");
    expect((await client.call("holds", { path })).items).toMatchObject([{ incident: incident.number, action: "calm" }]);
    const [flight] = preparedFlights().flights;
    const { time, inputs } = flight as NonNullable<typeof flight>;
    const ask = () => client.call("predict", { path, body: { rows: [{ time, inputs }] } });
    expect(await ask()).toMatchObject({
      servedBy: "constant",
      degraded: true,
      reason: expect.stringContaining(`held back because of incident ${incident.number}`),
    });
    await client.call("liftHolds", { path, body: {} });
    expect(await ask()).toMatchObject({ servedBy: "release", degraded: false, reason: null });
    const told = (await client.call("incident", { path: number })).timeline.filter(({ kind }) => kind === "action");
    expect(told.map(({ text }) => text.split(":")[0]).sort()).toEqual([
      "back (rollback)",
      "calm (fallback)",
      "calm (fallback)",
      "calm was lifted",
      "still (freeze-feature)",
      "still (freeze-feature)",
    ]);
  });

  it("is acknowledged once, resolved once, with who and why in the timeline, and tells both", async () => {
    const { client } = house;
    const number = { number: incident.number };
    await client.call("acknowledge", { path: number, body: { note: "calling the vendor" } });
    expect((await refusalOf(client.call("acknowledge", { path: number, body: {} }))).code).toBe("not-possible-now");
    const resolved = await client.call("resolve", { path: number, body: { note: "vendor rolled back" } });
    expect(resolved).toMatchObject({ state: "resolved", acknowledgedBy: "command line of this machine" });
    expect(resolved.timeline.map(({ text }) => text).join("\n")).toMatch(/calling the vendor[\s\S]*vendor rolled back/);
    expect((await refusalOf(client.call("resolve", { path: number, body: {} }))).code).toBe("not-possible-now");
    await until("both acts are told", () => {
      const kinds = receiver.received.map(({ body }) => body.type);
      return kinds.includes("incident.acknowledged") && kinds.includes("incident.resolved") ? true : undefined;
    });
    expect(receiver.received.every(({ signed }) => signed)).toBe(true);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(receiver.received.length);
  });

  it("takes notes, another owner, the cause that people found and a false alarm, and says who in the timeline", async () => {
    const { client } = house;
    const number = { number: incident.number };
    await client.call("noteIncident", { path: number, body: { text: "ticket 4711" } });
    const assigned = await client.call("assignIncident", { path: number, body: { owner: "delay-model" } });
    expect(assigned.owner).toBe("delay-model");
    expect(
      (await refusalOf(client.call("assignIncident", { path: number, body: { owner: "nobody" } }))).detail,
    ).toMatch(/There is no owner nobody; declared are/);
    const change = incident.diagnosis?.namedCause?.change?.id ?? "";
    const linked = await client.call("linkCause", { path: number, body: { change } });
    expect(linked.linkedCause).toMatchObject({ component: "source:airline-feed", change, title: "time zone fix" });
    const both = { change, component: "source:airline-feed" };
    expect((await refusalOf(client.call("linkCause", { path: number, body: both }))).code).toBe("not-possible-now");
    const marked = await client.call("markFalseAlarm", { path: number, body: { reason: "a rehearsal" } });
    expect(marked).toMatchObject({ state: "resolved", falseAlarm: "a rehearsal" });
    expect(marked.timeline.slice(-4).map(({ kind }) => kind)).toEqual([
      "note",
      "assigned",
      "cause-linked",
      "false-alarm",
    ]);
    expect((await refusalOf(client.call("markFalseAlarm", { path: number, body: { reason: "again" } }))).code).toBe(
      "not-possible-now",
    );
  });

  it("drafts a postmortem from what happened, keeps its versions, and ticks an action when its rule is applied", async () => {
    const { client } = house;
    const path = { number: incident.number };
    expect((await refusalOf(client.call("postmortem", { path }))).code).toBe("not-found");
    const draft = await client.call("draftPostmortem", { path, body: {} });
    expect(draft).toMatchObject({ incident: incident.number, version: 1, state: "draft" });
    expect(draft.markdown).toMatch(/time to detect [\d.]+ days? of event time/);
    expect(draft.markdown).toMatch(/\d[\d,]* of them were of origin [A-Z, ]+ and were hit/);
    expect(draft.markdown).toContain("time zone fix (source:airline-feed");
    expect(draft.markdown).toContain("It was a false alarm: a rehearsal");
    expect(draft.html).toContain("<h2>Impact</h2>");
    expect((await refusalOf(client.call("draftPostmortem", { path, body: {} }))).code).toBe("not-possible-now");

    const markdown = `${draft.markdown}\n<script>alert(1)</script>\n\n- [ ] @flight-data Promise that the delay is told (rule)\n`;
    const edited = await client.call("editPostmortem", { path, body: { markdown, basedOn: 1 } });
    const action = edited.actions.at(-1);
    expect(action).toMatchObject({ owner: "flight-data", make: "rule", done: false, made: null });
    expect(edited.html).not.toContain("<script");
    const late = await refusalOf(client.call("editPostmortem", { path, body: { markdown: "# mine", basedOn: 1 } }));
    expect(late.detail).toMatch(/Version 2 was written by .* after version 1/);
    expect((await client.call("postmortem", { path, query: { version: 1 } })).markdown).toBe(draft.markdown);

    const actionPath = { ...path, action: action?.id ?? "" };
    const gate = await refusalOf(client.call("makeOfAction", { path: actionPath, body: { make: "gate" } }));
    expect(gate.code).toBe("not-possible-now");
    const known = await refusalOf(
      client.call("makeOfAction", { path: actionPath, body: { make: "rule", field: "origin" } }),
    );
    expect(known.detail).toContain("promises already");
    const made = await client.call("makeOfAction", { path: actionPath, body: { make: "rule", field: "delay" } });
    expect(made.yaml).toContain("metric: nullValues");
    const withRule = (text: string): string =>
      text
        .replace("version: 1.0.0", "version: 1.1.0")
        .replace("tags: [outcome]", `tags: [outcome]\n        quality: ${JSON.stringify([made.value])}`);
    const files = flightDelay({ "contract.odcs.yaml": withRule });
    await client.call("apply", { body: { files, allowBreaking: true } });
    const ticked = (await client.call("postmortem", { path })).actions.at(-1);
    expect(ticked).toMatchObject({ done: true });
    expect(ticked?.made?.appliedAt).not.toBeNull();
    expect(await client.call("publishPostmortem", { path })).toMatchObject({ state: "published" });
  });

  it("reviews the month, with what was watched, the incident and what to do next, and keeps the review", async () => {
    const { client } = house;
    const written = await client.call("writeReview", { path, body: { month: "2001-02" } });
    expect(written.headline).toMatch(
      /flight-delay in 2001-02: \d+ of \d+ judged windows healthy, \d incidents? \(1 false\)/,
    );
    expect(written.markdown).toContain("## What was watched");
    expect(written.markdown).toMatch(/\| departure\\_hour \| origin=[A-Z]{3} \|/);
    expect(written.markdown).toMatch(/\| all rows \| auc \| 0\.\d+ \(0\.\d+ to 0\.\d+\)/);
    expect(written.markdown).toContain("false alarm: a rehearsal");
    expect(written.markdown).toContain("1 marked as false");
    expect(written.html).toContain("<h1>Health review of flight-delay, 2001-02</h1>");
    expect((await client.call("reviews")).items.map(({ month }) => month)).toEqual(["2001-02"]);
    expect((await client.call("review", { path: { ...path, month: "2001-02" } })).markdown).toBe(written.markdown);
    const empty = await client.call("writeReview", { path, body: { month: "1999-01" } });
    expect(empty.headline).toContain("nothing can be said");
    expect((await refusalOf(client.call("review", { path: { ...path, month: "1998-01" } }))).code).toBe("not-found");
  });

  it("finds past incidents by what they share and by a text", async () => {
    const { client } = house;
    const path = { number: incident.number };
    const alike = (await client.call("similarIncidents", { path })).items;
    expect(alike.map((one) => one.incident)).not.toContain(incident.number);
    const [found] = (await client.call("searchPostmortems", { query: { text: "rehearsals of the departures" } })).items;
    expect(found).toMatchObject({
      incident: incident.number,
      postmortem: "published",
      cause: "false alarm: a rehearsal",
    });
    expect((await client.call("searchPostmortems", { query: { text: "firmware" } })).items).toEqual([]);
  });
});

describe("the same days without a fault, then two releases", () => {
  let house: House;
  let data: string;

  beforeAll(async () => {
    data = await liveDirectory();
    house = await startHouse({ data });
  });

  afterAll(() => house?.killGroup());

  const restart = async (): Promise<void> => {
    await house.stop();
    house = await startHouse({ data });
  };
  /** Two flights that differ in the hour alone. */
  const ask = async (): Promise<Answer<"predict">> => {
    const inputs = { origin: "LAX", destination: "SFO", distance: 337 };
    const rows = ["2001-03-01T06:10:00Z", "2001-03-01T21:10:00Z"].map((departure) => ({
      time: departure,
      inputs: { ...inputs, departure },
    }));
    return house.client.call("predict", { path, body: { rows } });
  };
  const probabilities = (answer: Answer<"predict">): number[] => answer.predictions.map((one) => one.probability);
  const artifactOf = async (release: string): Promise<string> => {
    const { items } = await house.client.call("releases", { path });
    const model = items.find(({ id }) => id === release)?.model ?? "";
    const models = join(data, "artifacts", "models");
    const name = readdirSync(models).find((file) => file.startsWith(model)) ?? "";
    return join(models, name);
  };

  it("opens no incident on healthy days", async () => {
    const { flights } = preparedFlights();
    await predict(house.client, flights);
    await tellOutcomes(house.client, flights);
    const rows = flights.filter((flight) => flight.time < "2001-02-13").length;
    const windows = await evaluated(house.client, { windows: daysOver, rows, labelled: rows });
    expect(windows.map(({ verdict }) => verdict)).not.toContain("critical");
    expect((await house.client.call("findings", { path })).items).toEqual([]);
    expect((await house.client.call("incidents")).items).toEqual([]);
    expect((await house.client.call("system", { path })).health).toBe("healthy");
  });

  it("serves a second release by its own pipeline, and after a rollback the first by its own", async () => {
    const before = await ask();
    expect(before).toMatchObject({ release: "flight-delay-1", degraded: false, servedBy: "release", reason: null });
    expect(probabilities(before)[0]).not.toBe(probabilities(before)[1]);

    const hourless = (text: string): string => text.replace("toHour(departure)", "toDayOfMonth(departure)");
    await house.client.call("apply", { body: { files: flightDelay({ "pipeline.yaml": hourless }) } });
    expect(await ask()).toMatchObject({
      release: "flight-delay-1",
      predictions: before.predictions.map(({ probability }) => ({ probability })),
    });
    await trainAndRelease(house.client, preparedFlights().training);
    const second = await ask();
    expect(second).toMatchObject({ release: "flight-delay-2", degraded: false });
    expect(probabilities(second)[0]).toBe(probabilities(second)[1]);
  });

  it("answers by the previous release, and says so, when the model of the live one is broken", async () => {
    const artifact = await artifactOf("flight-delay-2");
    renameSync(artifact, `${artifact}.aside`);
    writeFileSync(artifact, "not a model");
    await restart();
    const answer = await ask();
    expect(answer).toMatchObject({ release: "flight-delay-1", degraded: true, servedBy: "previous-release" });
    expect(answer.reason).toContain("flight-delay-2");
    expect(probabilities(answer)[0]).not.toBe(probabilities(answer)[1]);
  });

  it("answers by the declared constant, and says so, when no model can be loaded", async () => {
    const first = await artifactOf("flight-delay-1");
    renameSync(first, `${first}.aside`);
    await restart();
    const answer = await ask();
    expect(answer).toMatchObject({ release: null, degraded: true, servedBy: "constant" });
    expect(probabilities(answer)).toEqual([0.2, 0.2]);
    expect(answer.reason).toMatch(/flight-delay-2[\s\S]*flight-delay-1/);
    renameSync(`${first}.aside`, first);
  });

  it("rolls model and pipeline back together, and stays there after a restart", async () => {
    const second = await artifactOf("flight-delay-2");
    rmSync(second);
    renameSync(`${second}.aside`, second);
    await restart();
    expect((await ask()).release).toBe("flight-delay-2");
    const live = await house.client.call("rollback", { path });
    expect(live).toMatchObject({ id: "flight-delay-1", stage: "live" });
    const { items } = await house.client.call("releases", { path });
    expect(items.filter(({ stage }) => stage === "live")).toHaveLength(1);
    for (const look of ["at once", "after a restart"]) {
      const answer = await ask();
      expect(answer, look).toMatchObject({ release: "flight-delay-1", degraded: false });
      expect(probabilities(answer)[0], look).not.toBe(probabilities(answer)[1]);
      if (look === "at once") await restart();
    }
    const { items: changes } = await house.client.call("changes", { query: { system: "flight-delay" } });
    expect(changes.some(({ title }) => title.includes("rolled back from flight-delay-2 to flight-delay-1"))).toBe(true);
  });
});
