import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ActionRule } from "../../domain/action/action-rule.ts";
import type { AuditEntry } from "../../domain/audit.ts";
import type { Incident } from "../../domain/incident/incident.ts";
import type { System } from "../../domain/system/system.ts";
import {
  dayWindow,
  sampleBaseline,
  sampleFinding,
  sampleIncident,
  sampleSystem,
} from "../../store/conformance/control-sample.ts";
import { type ControlStore, openControlStore } from "../../store/control/open-control-store.ts";
import { liftHolds } from "./lift-holds.ts";
import { type ActionPorts, decideAction, takeActions } from "./take-actions.ts";

let root: string;
let store: ControlStore;
let now = 1_700_100_000_000;
const clock = { now: () => now };
const changed: string[] = [];
const audited: AuditEntry[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "homeostat-actions-"));
  store = await openControlStore({ directory: join(root, "control"), onEvent: () => undefined });
});
afterAll(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

const ports = (parts: Partial<ActionPorts> = {}): ActionPorts => ({
  ...store,
  audit: { append: async (entry) => void audited.push(entry) },
  clock,
  releaseChanged: (system) => void changed.push(system),
  ...parts,
});

const back: ActionRule = {
  name: "back",
  when: { event: "incident.diagnosed", monitor: "input-drift" },
  act: { kind: "rollback" },
  mode: "automatic",
  coolDownMs: 3_600_000,
};

async function goLive(system: string): Promise<string> {
  now += 1_000;
  const draft = await store.releases.createDraft({ system, model: "m", pipeline: "pl", note: "", createdAt: now });
  return (await store.releases.goLive(system, draft.id, now)).id;
}

async function declare(name: string, actions: readonly ActionRule[], parts: Partial<System> = {}): Promise<void> {
  await store.systems.save({ ...sampleSystem(name), actions, ...parts }, `digest ${now}`, now);
}

/** An incident on a finding of the release that is live. */
async function trouble(system: string, release: string): Promise<Incident> {
  const id = `${system}-${release}-${now}`;
  const finding = { ...sampleFinding(system, id, dayWindow), release };
  await store.findings.replace(system, { ...dayWindow, start: now, end: now + 1 }, [finding], now, "monitors");
  const draft = { ...sampleIncident(system), findingIds: [id] };
  return store.incidents.open(draft, { at: now, kind: "opened", text: "opened", actor: undefined });
}

const lastEntry = async (number: number) => (await store.incidents.timeline(number)).at(-1);

describe("an automatic rollback", () => {
  it("is done once for an incident, with before and after in timeline and audit log", async () => {
    await goLive("auto");
    const wanting = await goLive("auto");
    await declare("auto", [back]);
    const { number } = await trouble("auto", wanting);
    expect(await takeActions(ports(), number, "incident.opened")).toEqual([]);
    const [run] = await takeActions(ports(), number, "incident.diagnosed");
    expect(run).toMatchObject({
      state: "done",
      before: "auto-2",
      after: "auto-1",
      text: "rolled back from auto-2 to auto-1",
    });
    expect((await store.releases.live("auto"))?.id).toBe("auto-1");
    expect(changed).toContain("auto");
    expect(await lastEntry(number)).toMatchObject({ kind: "action", actor: "action back" });
    expect(audited.at(-1)).toMatchObject({
      act: "action.rollback",
      actor: "action back",
      subject: `incident:${number} system:auto`,
      detail: { state: "done", before: "auto-2", after: "auto-1" },
    });
    const entries = (await store.incidents.timeline(number)).length;
    await Promise.all([1, 2, 3].map(() => takeActions(ports(), number, "incident.diagnosed")));
    expect((await store.releases.live("auto"))?.id).toBe("auto-1");
    expect((await store.incidents.timeline(number)).length).toBe(entries);
  });

  it("does not go back again within the cool-down, whichever incident asks, and does after it", async () => {
    await goLive("cool");
    await goLive("cool");
    const wanting = await goLive("cool");
    await declare("cool", [back]);
    const first = await trouble("cool", wanting);
    await takeActions(ports(), first.number, "incident.diagnosed");
    const second = await trouble("cool", "cool-2");
    const [cooling] = await takeActions(ports(), second.number, "incident.diagnosed");
    expect(cooling).toMatchObject({ state: "cooling", text: expect.stringContaining(`incident ${first.number}`) });
    expect((await store.releases.live("cool"))?.id).toBe("cool-2");
    now += back.coolDownMs + 1;
    const third = await trouble("cool", "cool-2");
    expect(await takeActions(ports(), third.number, "incident.diagnosed")).toMatchObject([
      { state: "done", after: "cool-1" },
    ]);
  });

  it("never goes back from a release that went live since, nor from one that people just went back to", async () => {
    await goLive("since");
    const wanting = await goLive("since");
    await declare("since", [back]);
    const { number } = await trouble("since", wanting);
    await goLive("since");
    const [run] = await takeActions(ports(), number, "incident.diagnosed");
    expect(run).toMatchObject({ state: "refused", text: expect.stringContaining("since-3 is live now") });
    await store.releases.goLive("since", "since-2", now);
    const again = await trouble("since", "since-2");
    const [flapping] = await takeActions(ports(), again.number, "incident.diagnosed");
    expect(flapping).toMatchObject({
      state: "refused",
      text: expect.stringContaining("was gone back to from since-3"),
    });
    expect((await store.releases.live("since"))?.id).toBe("since-2");
  });

  it("is refused, and says so, where there is no earlier release", async () => {
    const only = await goLive("only");
    await declare("only", [back]);
    const { number } = await trouble("only", only);
    const [run] = await takeActions(ports(), number, "incident.diagnosed");
    expect(run).toMatchObject({ state: "refused", text: "cannot be done: no release before only-1 was ever live" });
    expect((await lastEntry(number))?.text).toContain("no release before only-1");
  });

  it("is taken up again after a crash between deciding and doing, and not done twice after one behind it", async () => {
    await goLive("crash");
    const wanting = await goLive("crash");
    await declare("crash", [back]);
    const { number } = await trouble("crash", wanting);
    const dies = ports({ transaction: () => Promise.reject(new Error("killed")) });
    await expect(takeActions(dies, number, "incident.diagnosed")).rejects.toThrow("killed");
    expect((await store.actions.get(number, "back"))?.state).toBe("running");
    const [run] = await takeActions(ports(), number, "incident.diagnosed");
    expect(run).toMatchObject({ state: "done", after: "crash-1" });
    await store.actions.change({ incident: number, action: "back" }, "done", { state: "running", after: undefined });
    const [seen] = await takeActions(ports(), number, "incident.diagnosed");
    expect(seen).toMatchObject({ state: "done", text: "rolled back from crash-2 to crash-1" });
    expect((await store.releases.live("crash"))?.id).toBe("crash-1");
  });
});

describe("an action that asks first", () => {
  const asked = { ...back, mode: "approval" as const };

  it("waits for somebody's word, and is then done in their name", async () => {
    await goLive("ask");
    const wanting = await goLive("ask");
    await declare("ask", [asked]);
    const { number } = await trouble("ask", wanting);
    expect(await takeActions(ports(), number, "incident.diagnosed")).toMatchObject([{ state: "waiting" }]);
    expect((await store.releases.live("ask"))?.id).toBe("ask-2");
    const key = { incident: number, action: "back" };
    expect(await decideAction(ports(), key, "approve", "ann")).toMatchObject({
      run: { state: "done", decidedBy: "ann", before: "ask-2", after: "ask-1" },
    });
    expect(audited.at(-1)).toMatchObject({ actor: "ann" });
    expect(await decideAction(ports(), key, "approve", "ann")).toMatchObject({ reason: "not-waiting" });
  });

  it("is not done when somebody says no, when the incident is over, or when another release is live by then", async () => {
    await goLive("no");
    const wanting = await goLive("no");
    await declare("no", [asked, { ...asked, name: "other" }, { ...asked, name: "late" }]);
    const { number } = await trouble("no", wanting);
    await takeActions(ports(), number, "incident.diagnosed");
    expect(await decideAction(ports(), { incident: number, action: "back" }, "reject", "ben")).toMatchObject({
      run: { state: "rejected", decidedBy: "ben" },
    });
    await goLive("no");
    expect(await decideAction(ports(), { incident: number, action: "other" }, "approve", "ben")).toMatchObject({
      run: { state: "refused", text: expect.stringContaining("no-3 is live now") },
    });
    await store.incidents.change(
      number,
      { state: "resolved" },
      { at: now, kind: "resolved", text: "over", actor: "ben" },
    );
    expect(await decideAction(ports(), { incident: number, action: "late" }, "approve", "ben")).toMatchObject({
      reason: "incident-over",
    });
    expect(await decideAction(ports(), { incident: number, action: "none" }, "approve", "ben")).toMatchObject({
      reason: "unknown-run",
    });
  });

  it("is only written down in a dry run, with what it would change", async () => {
    await goLive("dry");
    const wanting = await goLive("dry");
    await declare("dry", [{ ...back, mode: "dry-run" }]);
    const { number } = await trouble("dry", wanting);
    expect(await takeActions(ports(), number, "incident.diagnosed")).toMatchObject([
      { state: "dry-run", before: "dry-2", after: "dry-1" },
    ]);
    expect((await store.releases.live("dry"))?.id).toBe("dry-2");
  });
});

describe("an action that holds the live release back", () => {
  it("stands until the incident is resolved", async () => {
    const live = await goLive("held");
    await declare("held", [{ ...back, name: "calm", act: { kind: "fallback" } }]);
    const { number } = await trouble("held", live);
    expect(await takeActions(ports(), number, "incident.diagnosed")).toMatchObject([
      { state: "done", before: "held-1", after: "the constant 0.19" },
    ]);
    expect(await store.holds.of("held")).toMatchObject([
      { incident: number, action: "calm", what: { kind: "fallback" } },
    ]);
    expect(await liftHolds(ports(), "held", number + 1, undefined)).toEqual([]);
    expect(await liftHolds(ports(), "held", number, undefined)).toHaveLength(1);
    expect(await store.holds.of("held")).toEqual([]);
    expect((await lastEntry(number))?.text).toBe("calm was lifted: the live release answers again");
  });

  it("freezes a feature at the baseline's middle value, and is refused where there is none", async () => {
    const live = await goLive("frozen");
    const sample = sampleBaseline("frozen", "b-1");
    const features = sample.features.map((one) => ({ ...one, percentiles: [1, 5, 25, 50, 75, 95, 99] }));
    await store.baselines.save({ ...sample, features });
    await store.releases.attachBaseline("frozen", live, "b-1");
    const still = (feature: string): ActionRule => ({
      ...back,
      name: feature,
      act: { kind: "freeze-feature", feature },
    });
    await declare("frozen", [still("distance"), { ...still("gone"), coolDownMs: 0 }]);
    const { number } = await trouble("frozen", live);
    const runs = await takeActions(ports(), number, "incident.diagnosed");
    expect(await store.holds.of("frozen")).toMatchObject([
      { what: { kind: "feature", feature: "distance", value: 50 } },
    ]);
    expect(runs.map(({ state }) => state)).toEqual(["done", "refused"]);
  });
});

it("nothing is done about an incident that is over, nor where the system is served elsewhere", async () => {
  const live = await goLive("over");
  await declare("over", [back]);
  const { number } = await trouble("over", live);
  await store.incidents.change(
    number,
    { state: "resolved" },
    { at: now, kind: "resolved", text: "over", actor: "ann" },
  );
  expect(await takeActions(ports(), number, "incident.diagnosed")).toEqual([]);
  await declare("elsewhere", [back], { serving: "monitor-only" });
  const other = await trouble("elsewhere", "theirs");
  expect(await takeActions(ports(), other.number, "incident.diagnosed")).toMatchObject([{ state: "refused" }]);
  expect(await takeActions(ports(), 99_999, "incident.diagnosed")).toEqual([]);
});
