import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyDirectory } from "./house/prepared.ts";
import { type House, startHouse } from "./house/start.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse({ data: await emptyDirectory() });
});
afterAll(() => house?.killGroup());

const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${house.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const changes = async (component: string) => (await house.client.call("changes", { query: { component } })).items;
const rule = { environment: "production", component: "service:delay-api", system: "flight-delay" } as const;
const deployed = (id: number) =>
  JSON.stringify({
    action: "created",
    deployment_status: { id, state: "success", environment: "production", updated_at: "2026-03-01T11:58:00Z" },
    deployment: { ref: "main", sha: "c0ffee0123456789" },
    repository: { full_name: "acme/delay-api" },
  });

describe("a hook for GitHub", () => {
  it("takes a signed deployment once, however often it comes, and nothing that is badly signed", async () => {
    const hook = await house.client.call("createHook", {
      body: { name: "deploys", kind: "github", rules: [rule], onlyMapped: true },
    });
    const sign = (body: string, secret = hook.secret) => ({
      "x-github-event": "deployment_status",
      "x-github-delivery": "d-1",
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    });
    const body = deployed(71);
    for (const headers of [{}, sign(body, "guessed"), sign(deployed(72))]) {
      const refused = await post(hook.path, body, { "x-github-event": "deployment_status", ...headers });
      expect(refused).toMatchObject({ status: 401, body: { code: "bad-signature" } });
    }
    expect(await changes("service:delay-api")).toEqual([]);
    const first = await post(hook.path, body, sign(body));
    expect(first).toMatchObject({ status: 202, body: { status: "recorded" } });
    const again = await post(hook.path, body, { ...sign(body), "x-github-delivery": "d-2" });
    expect(again).toEqual({ status: 202, body: { ...first.body, status: "known" } });
    expect(await changes("service:delay-api")).toMatchObject([
      {
        id: first.body.change,
        kind: "deploy",
        system: "flight-delay",
        time: "2026-03-01T11:58:00.000Z",
        title: "acme/delay-api main at c0ffee0 was deployed to production",
        actor: "deploys",
      },
    ]);
    const other = JSON.stringify({ ...JSON.parse(body), deployment_status: { id: 9, state: "success" } });
    expect(await post(hook.path, other, sign(other))).toMatchObject({
      status: 202,
      body: { status: "ignored", reason: "no rule of the hook matches it" },
    });

    await house.client.call("revokeHook", { path: { hook: hook.id } });
    expect((await post(hook.path, body, sign(body))).status).toBe(404);
    const { items } = await house.client.call("hooks");
    expect(items.find((one) => one.id === hook.id)).toMatchObject({ lastUsedAt: expect.any(String) });
    expect(JSON.stringify(items)).not.toContain(hook.secret);
  });

  it("says what is wrong with a signed body that cannot be read", async () => {
    const hook = await house.client.call("createHook", { body: { name: "odd", kind: "github" } });
    const sign = (body: string) => ({
      "x-github-event": "deployment_status",
      "x-hub-signature-256": `sha256=${createHmac("sha256", hook.secret).update(body).digest("hex")}`,
    });
    expect(await post(hook.path, "{", sign("{"))).toMatchObject({ status: 400, body: { code: "malformed-json" } });
    expect(await post(hook.path, "{}", sign("{}"))).toMatchObject({
      status: 400,
      body: { code: "malformed-body", issues: [{ path: "deployment_status.state" }] },
    });
    const form = await post(hook.path, "payload=%7B%7D", { "content-type": "application/x-www-form-urlencoded" });
    expect(form.status).toBe(415);
  });
});

describe("hooks of other kinds", () => {
  it("GitLab's token lets its deployments in", async () => {
    const hook = await house.client.call("createHook", {
      body: { name: "gl", kind: "gitlab", rules: [{ component: "pipeline:gl" }] },
    });
    const body = JSON.stringify({ object_kind: "deployment", status: "success", deployment_id: 4, project: { id: 1 } });
    expect((await post(hook.path, body, { "x-gitlab-token": "no" })).status).toBe(401);
    expect(await post(hook.path, body, { "x-gitlab-token": hook.secret })).toMatchObject({
      status: 202,
      body: { status: "recorded" },
    });
    expect(await changes("pipeline:gl")).toHaveLength(1);
  });

  it("a sender to PagerDuty is pointed here by its address and routing key", async () => {
    const hook = await house.client.call("createHook", { body: { name: "pd", kind: "pagerduty" } });
    expect(hook).toMatchObject({ path: "/v2/change/enqueue", secret: expect.stringMatching(/^[0-9a-f]{32}$/) });
    const payload = { summary: "numpy 3 everywhere", timestamp: "2026-03-01T11:00:00Z", source: "fleet" };
    const event = (key: string) =>
      JSON.stringify({ routing_key: key, payload, links: [{ href: "https://ci.example" }] });
    expect((await post(hook.path, event("0".repeat(32)))).status).toBe(401);
    for (const _ of [1, 2])
      expect(await post(hook.path, event(hook.secret))).toMatchObject({ status: 202, body: { status: "success" } });
    expect(await changes("service:fleet")).toMatchObject([{ title: "numpy 3 everywhere", actor: "pd" }]);
  });

  it("a Standard Webhook is taken while it is fresh", async () => {
    const hook = await house.client.call("createHook", { body: { name: "std", kind: "standard" } });
    const key = Buffer.from(hook.secret.replace(/^whsec_/, ""), "base64");
    const body = JSON.stringify({
      type: "firmware.pushed",
      timestamp: "2026-03-01T10:00:00Z",
      data: { component: "device:cam-7", kind: "firmware", title: "firmware 2.3" },
    });
    const sign = (seconds: number) => ({
      "webhook-id": "msg_9",
      "webhook-timestamp": String(seconds),
      "webhook-signature": `v1,${createHmac("sha256", key).update(`msg_9.${seconds}.${body}`).digest("base64")}`,
    });
    const now = Math.floor(Date.now() / 1_000);
    expect((await post(hook.path, body, sign(now - 3_600))).status).toBe(401);
    expect((await post(hook.path, body, sign(now))).body).toMatchObject({ status: "recorded" });
    expect((await post(hook.path, body, sign(now + 1))).body).toMatchObject({ status: "known" });
    expect(await changes("device:cam-7")).toMatchObject([{ kind: "firmware", title: "firmware 2.3" }]);
  });
});

describe("a change with an id of its sender's own", () => {
  it("is one change however often it is recorded", async () => {
    const body = {
      id: "ci:build-7",
      component: "library:numeric",
      kind: "library",
      title: "2.0",
      time: "2026-03-01T00:00:00Z",
    } as const;
    const first = await house.client.call("recordChange", { body });
    const again = await house.client.call("recordChange", { body: { ...body, title: "other" } });
    expect(again).toEqual(first);
    expect(await changes("library:numeric")).toEqual([first]);
  });
});
