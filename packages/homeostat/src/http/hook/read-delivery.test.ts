import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Announced, type HookKind, type HookRule, mapAnnounced } from "../../domain/hook/hook.ts";
import { readDelivery } from "./read-delivery.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const github = (event: string, body: unknown) => readDelivery("github", { "x-github-event": event }, body, now);
const statusEvent = (state: string, more: object = {}) => ({
  action: "created",
  deployment_status: {
    id: 71,
    state,
    environment: "production",
    updated_at: "2026-03-01T11:58:00Z",
    creator: { login: "ann" },
  },
  deployment: {
    id: 8,
    ref: "main",
    sha: "c0ffee0123456789",
    environment: "production",
    payload: { service: "delay-api" },
  },
  repository: { full_name: "acme/delay-api" },
  ...more,
});

describe("a delivery of GitHub", () => {
  it("is a change when a deployment's status says success, under the status's own id", () => {
    expect(github("deployment_status", statusEvent("success"))).toEqual({
      kind: "announced",
      announced: {
        identity: "github-status-acme/delay-api-71",
        title: "acme/delay-api main at c0ffee0 was deployed to production",
        time: Date.parse("2026-03-01T11:58:00Z"),
        actor: "ann",
        repository: "acme/delay-api",
        environment: "production",
        service: "delay-api",
        component: undefined,
        kind: undefined,
        system: undefined,
      },
    });
  });

  it.each(["pending", "queued", "in_progress", "failure", "error", "inactive"])("is none when it says %s", (state) => {
    expect(github("deployment_status", statusEvent(state)).kind).toBe("ignored");
  });

  it("is a change when a release is published, and none for pings, pushes and deployments asked for", () => {
    const release = { id: 5, tag_name: "v2", published_at: "2026-03-01T10:00:00Z", author: { login: "bob" } };
    expect(github("release", { action: "published", release, repository: { full_name: "a/b" } })).toMatchObject({
      announced: { title: "a/b released v2", actor: "bob", identity: "github-release-a/b-5" },
    });
    for (const [event, body] of [
      ["release", { action: "edited", release }],
      ["deployment", statusEvent("success")],
      ["ping", { zen: "x" }],
      ["push", {}],
    ] as const)
      expect(github(event, body).kind).toBe("ignored");
  });

  it("is named where it cannot be understood", () => {
    expect(github("deployment_status", statusEvent("success", { deployment_status: { state: "success" } }))).toEqual({
      kind: "malformed",
      path: "deployment_status.id",
      expected: "the status's id",
      found: "nothing",
    });
  });
});

describe("a delivery of GitLab", () => {
  const deployment = {
    object_kind: "deployment",
    status: "success",
    status_changed_at: "2026-03-01 12:30:00 +0100",
    deployment_id: 15,
    environment: "production",
    project: { id: 3, path_with_namespace: "acme/delay" },
    short_sha: "279484c0",
    user: { username: "ann" },
    ref: "main",
  };
  const read = (body: unknown) => readDelivery("gitlab", {}, body, now);

  it("is a change when a deployment succeeded, at the time that GitLab writes in its own way", () => {
    expect(read(deployment)).toMatchObject({
      announced: {
        identity: "gitlab-deployment-3-15",
        time: Date.parse("2026-03-01T11:30:00Z"),
        actor: "ann",
        environment: "production",
        title: "acme/delay main at 279484c0 was deployed to production",
      },
    });
    expect(read({ ...deployment, status: "running" }).kind).toBe("ignored");
    expect(read({ object_kind: "push" }).kind).toBe("ignored");
  });

  it("is a change when a release is created", () => {
    const release = { object_kind: "release", action: "create", id: 9, tag: "v3", project: { id: 3 } };
    expect(read({ ...release, released_at: "2026-03-01 11:00:00 UTC" })).toMatchObject({
      announced: { identity: "gitlab-release-3-9", time: Date.parse("2026-03-01T11:00:00Z") },
    });
    expect(read({ ...release, action: "update" }).kind).toBe("ignored");
  });
});

describe("a change event as for PagerDuty", () => {
  const event = {
    routing_key: "k",
    payload: {
      summary: "Build 12 deployed",
      timestamp: "2026-03-01T11:00:00.000+0000",
      source: "ci",
      custom_details: { service: "api" },
    },
  };
  const read = (body: unknown, at = now) => readDelivery("pagerduty", {}, body, at);
  const identityOf = (body: unknown, at = now) => {
    const reading = read(body, at);
    return reading.kind === "announced" ? reading.announced.identity : reading.kind;
  };

  it("is one change however often it is sent, whatever key it comes with", () => {
    expect(read(event)).toMatchObject({
      announced: { title: "Build 12 deployed", time: Date.parse("2026-03-01T11:00:00Z"), service: "api" },
    });
    expect(identityOf({ ...event, routing_key: "other" }, now + 86_400_000)).toBe(identityOf(event));
    expect(identityOf({ ...event, payload: { ...event.payload, summary: "13" } })).not.toBe(identityOf(event));
  });

  it("without a time of its own is one change within five minutes and another one the next day", () => {
    const { timestamp: _, ...payload } = event.payload;
    expect(identityOf({ payload }, now + 1)).toBe(identityOf({ payload }, now));
    expect(identityOf({ payload }, now + 86_400_000)).not.toBe(identityOf({ payload }, now));
  });
});

describe("a Standard Webhook", () => {
  const read = (body: unknown) => readDelivery("standard", { "webhook-id": "m1" }, body, now);

  it("speaks with the words of the change log", () => {
    const data = {
      component: "library:numpy",
      kind: "library",
      title: "numpy 3",
      time: "2026-03-01T09:00:00+01:00",
      system: "s",
    };
    expect(read({ type: "x", timestamp: "2026-03-01T10:00:00Z", data })).toMatchObject({
      announced: {
        identity: "standard-m1",
        component: "library:numpy",
        kind: "library",
        system: "s",
        time: Date.parse("2026-03-01T08:00:00Z"),
      },
    });
    expect(read({ type: "service.deployed", timestamp: "2026-03-01T10:00:00Z" })).toMatchObject({
      announced: { title: "service.deployed", time: Date.parse("2026-03-01T10:00:00Z") },
    });
  });

  it.each([
    [{ data: {} }, "data.title"],
    [{ type: "x", data: { kind: "training" } }, "data.kind"],
    [{ type: "x", data: { component: "api" } }, "data.component"],
    [{ type: "x", data: { time: "yesterday" } }, "data.time"],
  ])("is refused where it says %j", (body, path) => {
    expect(read(body)).toMatchObject({ kind: "malformed", path });
  });
});

describe("reading deliveries", () => {
  it("never throws, whatever comes", () => {
    const kinds: readonly HookKind[] = ["github", "gitlab", "pagerduty", "standard"];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.jsonValue(), fc.string(), (kind, body, event) => {
        expect(["announced", "ignored", "malformed"]).toContain(
          readDelivery(kind, { "x-github-event": event, "webhook-id": event }, body, now).kind,
        );
      }),
    );
  });
});

describe("the rules of a hook", () => {
  const nothing = {
    repository: undefined,
    environment: undefined,
    service: undefined,
    kind: undefined,
    system: undefined,
  };
  const rule = (parts: Partial<HookRule> & Pick<HookRule, "component">): HookRule => ({ ...nothing, ...parts });
  const announced: Announced = {
    ...nothing,
    identity: "i",
    title: "t",
    time: 0,
    actor: undefined,
    component: undefined,
    repository: "acme/delay-api",
    environment: "production",
  };
  const map = (rules: readonly HookRule[], onlyMapped = false, more: Partial<Announced> = {}) =>
    mapAnnounced({ rules, onlyMapped, name: "deploys" }, { ...announced, ...more });

  it("the first that matches counts, with its kind and its system", () => {
    const rules = [
      rule({ environment: "staging", component: "service:staging" }),
      rule({ repository: "acme/*", environment: "prod*", component: "service:api", kind: "library", system: "s" }),
      rule({ component: "service:any" }),
    ];
    expect(map(rules)).toEqual({ kind: "mapped", change: { component: "service:api", kind: "library", system: "s" } });
  });

  it("what none matches is its own service, or ignored where only mapped ones count", () => {
    const never = [rule({ service: "x", component: "service:x" })];
    expect(map(never)).toMatchObject({ change: { component: "service:acme/delay-api", kind: "deploy" } });
    expect(map(never, false, { component: "source:feed" })).toMatchObject({ change: { component: "source:feed" } });
    expect(map(never, true)).toEqual({ kind: "unmapped" });
  });

  it.each([
    ["a*a", "a", false],
    ["*", "", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "acb", false],
    ["*/api", "acme/api", true],
    ["acme/api", "acme/api2", false],
  ])("%s fits %s: %s", (repository, text, expected) => {
    expect(map([rule({ repository, component: "service:x" })], true, { repository: text }).kind).toBe(
      expected ? "mapped" : "unmapped",
    );
  });
});
