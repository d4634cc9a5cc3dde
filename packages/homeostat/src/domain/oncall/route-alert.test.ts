import { describe, expect, it } from "vitest";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import { hourMs, minuteMs } from "../instant.ts";
import type { System } from "../system/system.ts";
import type { Alert } from "./alert.ts";
import { missingInPolicy, missingInSchedule, missingPaths } from "./check-paths.ts";
import type { EscalationPolicy } from "./escalation-policy.ts";
import { matchesAll, parseMatcher } from "./matcher.ts";
import { brokenFeedRule, inhibitorOf, muteOf, type Silence, silenceStateAt } from "./mute.ts";
import { plainOncall, type Route, usualTiming } from "./oncall-rule.ts";
import { reachTarget } from "./reach-target.ts";
import { routeAlert } from "./route-alert.ts";
import { simulatePaging } from "./simulate-paging.ts";

const at = (text: string): number => Date.parse(text);
const matchers = (...texts: readonly string[]) => texts.map((text) => parseMatcher(text)!);

const policy = (name: string, parts: Partial<EscalationPolicy> = {}): EscalationPolicy => ({
  name,
  title: "",
  steps: [{ targets: [{ kind: "person", person: "anna" }], acknowledgeWithinMs: 10 * minuteMs }],
  repeats: 0,
  lastResort: [{ kind: "channel", declaration: { channel: "console" } }],
  acknowledgementMs: undefined,
  ...parts,
});

const route = (to: string, when: readonly string[], parts: Partial<Route> = {}): Route => ({
  matchers: matchers(...when),
  during: undefined,
  policy: to,
  continues: false,
  ...parts,
});

const owner = (name: string, escalation?: string) => ({ name, title: "", contact: "", escalation });
const system = (routes: readonly Route[] = []): System => ({
  ...sampleSystem("flights"),
  oncall: { ...plainOncall, timing: usualTiming, routes },
});
const facts = {
  owners: [owner("cid", "data"), owner("dot")],
  policies: ["data", "night", "jfk", "all"].map((name) => policy(name)),
};
const labels = {
  system: "flights",
  area: "upstream-data",
  owner: "cid",
  severity: "critical",
  "segment.origin": "JFK",
};

describe("matchers", () => {
  it("are read as they are written, quotes or not, and refuse what is none", () => {
    expect(parseMatcher('segment.origin=~"JFK|LGA"')).toEqual({
      label: "segment.origin",
      operator: "=~",
      value: "JFK|LGA",
    });
    expect(parseMatcher("severity != critical")).toEqual({ label: "severity", operator: "!=", value: "critical" });
    expect(["severity", "=x", "Severity=x", "a b=c"].map(parseMatcher)).toEqual(Array(4).fill(undefined));
  });

  it("take an absent label as empty, and several as all", () => {
    expect(matchesAll(matchers("feature="), labels)).toBe(true);
    expect(matchesAll(matchers("feature!=x", "severity=critical"), labels)).toBe(true);
    expect(matchesAll(matchers("severity=critical", "system=other"), labels)).toBe(false);
    expect(matchesAll([], labels)).toBe(true);
    expect(matchesAll(matchers("constructor="), labels)).toBe(true);
  });

  it.each([
    ["JFK|LGA", "LGA", true],
    ["JFK|LGA", "JFKX", false],
    ["fl*", "flights", true],
    ["*gh*s", "flights", true],
    [".*ts", "flights", true],
    ["a*a", "a", false],
    ["a*b*c", "a-c-b-c", true],
    ["*", "", true],
    ["(", "(", true],
  ])("of the pattern %s and %s answer %s, however long they are", (pattern, text, answer) => {
    expect(matchesAll([{ label: "x", operator: "=~", value: pattern }], { x: text })).toBe(answer);
    expect(matchesAll([{ label: "x", operator: "!~", value: pattern }], { x: text })).toBe(!answer);
    expect(matchesAll([{ label: "x", operator: "=~", value: "*a".repeat(200) }], { x: "a".repeat(150) })).toBe(false);
  });
});

describe("an alert goes", () => {
  const paths = (one: System, now = 0, alerts: Parameters<typeof routeAlert>[1] = [labels]) =>
    routeAlert(one, alerts, facts, now).map((path) => path.policy.name);

  it("to the first route that matches, and further only where it says so", () => {
    const routes = [route("jfk", ["segment.origin=JFK"]), route("all", [])];
    expect(paths(system(routes))).toEqual(["jfk"]);
    expect(paths(system([{ ...routes[0]!, continues: true }, routes[1]!]))).toEqual(["jfk", "all"]);
    expect(paths(system(routes), 0, [{ ...labels, "segment.origin": "LGA" }, labels])).toEqual(["jfk"]);
    expect(paths(system(routes), 0, [{ ...labels, "segment.origin": "LGA" }])).toEqual(["all"]);
  });

  it("by the time of day on the wall clock", () => {
    const during = {
      zone: "Europe/Berlin",
      hours: [{ weekdays: [1, 2, 3, 4, 5], fromMinute: 8 * 60, toMinute: 18 * 60 }],
    };
    const routes = [route("data", [], { during }), route("night", [])];
    expect(paths(system(routes), at("2024-07-01T06:00Z"))).toEqual(["data"]);
    expect(paths(system(routes), at("2024-12-02T06:59Z"))).toEqual(["night"]);
    expect(paths(system(routes), at("2024-12-02T07:00Z"))).toEqual(["data"]);
  });

  it("else to its owner's policy, else to the system's channels: an accuracy alert may page others than a data alert", () => {
    expect(paths(system())).toEqual(["data"]);
    expect(paths(system(), 0, [{ ...labels, area: "production-performance", owner: "dot" }])).toEqual([
      "notify-flights",
    ]);
    const [plain] = routeAlert(sampleSystem("flights"), [{ ...labels, owner: "dot" }], facts, 0);
    expect(plain).toMatchObject({
      timing: { waitMs: 0 },
      policy: { steps: [{ targets: [{ kind: "channel" }] }], lastResort: [] },
    });
  });
});

describe("what is missing for a page to arrive", () => {
  const declared = {
    ...facts,
    people: [{ name: "anna", title: "", contact: "", notify: [] }],
    schedules: [],
    channels: [],
  };
  it("is named: an owner, a policy, a person without a channel, a schedule", () => {
    expect(missingPaths(system([route("nope", [])]), declared)).toEqual([
      "oncall.routes: the escalation policy nope is not declared",
      "owners.training-pipeline: ann is not declared",
      "owners.serving: bob is not declared",
      "owners.business: eve is not declared",
    ]);
    expect(missingInPolicy(policy("p", { lastResort: [{ kind: "schedule", schedule: "x" }] }), declared)).toEqual([
      "step 1: anna has no channel under notify and cannot be reached",
      "lastResort: the schedule x is not declared",
    ]);
    const layer = {
      name: "week",
      starts: 0,
      ends: undefined,
      turn: { unit: "week", count: 1 } as const,
      groups: [["zoe"]],
      hours: [],
    };
    expect(
      missingInSchedule({ name: "s", title: "", zone: "Etc/UTC", layers: [layer], overrides: [] }, declared),
    ).toEqual(["layer week: the person zoe is not declared"]);
  });

  it("is a channel where a system has none and its owner no policy", () => {
    const everybody = { ...declared, owners: ["ann", "bob", "cid", "dot", "eve"].map((name) => owner(name)) };
    expect(missingPaths(sampleSystem("s"), everybody)).toEqual([]);
    expect(missingPaths({ ...sampleSystem("s"), notify: [] }, everybody)).toHaveLength(5);
  });
});

describe("muting", () => {
  const alert = (incident: number, parts: Record<string, string>): Alert => ({
    id: `${incident}-${JSON.stringify(parts)}`,
    incident,
    labels: { ...labels, ...parts },
  });
  const around = (others: readonly Alert[], upstream: readonly string[] = []) => ({
    others,
    upstream: new Set(upstream),
  });
  const drift = alert(1, { monitor: "input-drift", source: "source:flights" });
  const broken = alert(2, { monitor: "contract", source: "source:airline-feed" });

  it("of drift by a broken feed goes by lineage: only what lies upstream mutes", () => {
    expect(inhibitorOf([brokenFeedRule], drift, around([broken], ["source:flights", "source:airline-feed"]))).toBe(
      broken,
    );
    expect(inhibitorOf([brokenFeedRule], drift, around([broken], ["source:flights"]))).toBeUndefined();
    expect(
      inhibitorOf([brokenFeedRule], broken, around([alert(3, { monitor: "contract" })], ["source:airline-feed"])),
    ).toBeUndefined();
  });

  it("goes by equal labels, absent ones being empty, and never between two that match both sides", () => {
    const rule = {
      source: matchers("severity=critical"),
      target: matchers("severity=~critical|warning"),
      equal: ["region"],
      lineage: false,
    };
    const warning = alert(4, { severity: "warning" });
    expect(inhibitorOf([rule], warning, around([drift]))).toBe(drift);
    expect(inhibitorOf([rule], alert(5, { severity: "warning", region: "eu" }), around([drift]))).toBeUndefined();
    expect(inhibitorOf([rule], drift, around([alert(6, {})]))).toBeUndefined();
  });

  const silence: Silence = {
    id: "s-1",
    matchers: matchers("system=flights"),
    from: 10,
    to: 100,
    by: "me",
    reason: "known",
    createdAt: 0,
    expiredAt: undefined,
  };

  it("by a silence lasts from its start to before its end, or until it is ended", () => {
    expect([9, 10, 99, 100].map((now) => silenceStateAt(silence, now))).toEqual([
      "pending",
      "active",
      "active",
      "expired",
    ]);
    expect(silenceStateAt({ ...silence, expiredAt: 50 }, 50)).toBe("expired");
    const rules = { silences: [silence], maintenance: [], inhibit: [] };
    expect(muteOf(drift, rules, around([]), 10)).toMatchObject({ kind: "silence", until: 100 });
    expect(muteOf(drift, rules, around([]), 100)).toBeUndefined();
  });

  it("by maintenance goes by the wall clock, or once from an instant to another", () => {
    const hours = { weekdays: [7], fromMinute: 2 * 60, toMinute: 4 * 60 };
    const weekly = { title: "Sunday", zone: "America/New_York", hours, from: undefined, to: undefined };
    const rules = { silences: [], maintenance: [weekly], inhibit: [] };
    expect(muteOf(drift, rules, around([]), at("2024-07-07T06:30Z"))?.kind).toBe("maintenance");
    expect(muteOf(drift, rules, around([]), at("2024-12-01T06:30Z"))).toBeUndefined();
    const once = { title: "Move", zone: "Etc/UTC", hours: undefined, from: 5, to: 9 };
    expect([4, 5, 8, 9].map((now) => muteOf(drift, { ...rules, maintenance: [once] }, around([]), now)?.until)).toEqual(
      [undefined, 9, 9, undefined],
    );
  });
});

describe("simulating", () => {
  const anna = { name: "anna", title: "", contact: "", notify: [{ channel: "console" } as const] };
  const schedule = {
    name: "data",
    title: "",
    zone: "Etc/UTC",
    layers: [
      {
        name: "week",
        starts: at("2024-01-01T00:00Z"),
        ends: undefined,
        turn: { unit: "week", count: 1 } as const,
        groups: [["anna"], []],
        hours: [],
      },
    ],
    overrides: [],
  };
  const onCall = policy("data", {
    steps: [{ targets: [{ kind: "schedule", schedule: "data" }], acknowledgeWithinMs: hourMs }],
  });
  const all = { ...facts, policies: [onCall], people: [anna], schedules: [schedule], overrides: [], silences: [] };

  it("says who would be told, when and why, by the code that pages", () => {
    const { paths } = simulatePaging(system(), labels, all, at("2024-01-02T00:00Z"));
    expect(paths.map(({ policy: name, why }) => `${name}: ${why}`)).toEqual(["data: owner cid of upstream-data"]);
    expect(
      paths[0]?.pages.map(({ at: when, page }) => [
        when - at("2024-01-02T00:00Z"),
        page.kind,
        page.person ?? page.declaration.channel,
        page.reason,
      ]),
    ).toEqual([
      [30_000, "incident.opened", "anna", "on call in data (layer week), step 1 of 1"],
      [30_000 + hourMs, "incident.escalated", "console", "named by the policy, last resort"],
    ]);
  });

  it("says that nobody is on call, and what mutes", () => {
    const [path] = simulatePaging(system(), labels, all, at("2024-01-09T00:00Z")).paths;
    expect(path?.pages.map(({ page }) => page.kind)).toEqual(["oncall.nobody", "incident.escalated"]);
    const silences: Silence[] = [
      {
        id: "s",
        matchers: [],
        from: 0,
        to: at("2025-01-01T00:00Z"),
        by: "me",
        reason: "x",
        createdAt: 0,
        expiredAt: undefined,
      },
    ];
    expect(simulatePaging(system(), labels, { ...all, silences }, at("2024-01-09T00:00Z"))).toMatchObject({
      mute: { kind: "silence" },
      paths: [],
    });
  });

  it("tells people who are named and cannot be reached as nobody", () => {
    const reach = (person: string) =>
      reachTarget(
        { people: [{ ...anna, notify: [] }], schedules: [], overrides: [] },
        { kind: "person", person },
        0,
        0,
      );
    expect([reach("anna"), reach("zoe")]).toEqual([
      { kind: "nobody", why: "anna has no channel" },
      { kind: "nobody", why: "zoe is not declared" },
    ]);
  });
});
