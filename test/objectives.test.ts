import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availabilityObjective, monitoredElsewhere } from "./house/declarations.ts";
import { type House, startHouse, temporaryDirectory } from "./house/start.ts";
import { until } from "./house/until.ts";

const path = { system: "flight-delay" };
const minuteMs = 60_000;

/** A prediction a minute until now; in the last half hour most of them failed. */
function rows(now: number): readonly object[] {
  return Array.from({ length: 600 }, (_, n) => {
    const at = new Date(now - (600 - n) * minuteMs).toISOString();
    const failed = n >= 570 && n % 3 !== 0;
    return {
      id: `objective-${n}`,
      time: at,
      release: "theirs-1",
      inputs: { departure: at, origin: "LAX", destination: "SFO", distance: 337 },
      probability: 0.2,
      latencyMs: 20 + (n % 7),
      state: { status: failed ? "error" : "ok" },
    };
  });
}

describe("an objective", () => {
  let house: House;

  beforeAll(async () => {
    house = await startHouse({ data: temporaryDirectory() });
    const files = [
      ...monitoredElsewhere(),
      { path: "flight-delay/slo.yaml", text: availabilityObjective("flight-delay") },
    ];
    await house.client.call("apply", { body: { files } });
    const lines = rows(Date.now()).map((row) => JSON.stringify(row));
    await house.client.call("sendPredictions", {
      path,
      body: { type: "application/x-ndjson", bytes: lines.join("\n") },
    });
  });

  afterAll(() => house?.killGroup());

  it("whose budget burns opens an incident for its owner, with the runbook", async () => {
    const slo = await until("the budget burns", async () => {
      const found = await house.client.call("slo", { path: { ...path, slo: "answers" } });
      return found.episodes.some(({ active }) => active) ? found : undefined;
    });
    expect(slo).toMatchObject({ state: "exhausted", owner: "ml-platform", reason: null });
    // The five minutes that are not over yet are not judged.
    expect(slo.bad).toBeGreaterThan(15);
    expect(slo.budgetLeft).toBeLessThan(0);
    expect(slo.burns[0]).toMatchObject({ severity: "critical", active: true, longMs: 60 * minuteMs });
    const incident = await until("an incident is open", async () => {
      const { items } = await house.client.call("incidents", { query: { system: "flight-delay" } });
      return items[0];
    });
    expect(incident).toMatchObject({ severity: "critical", layer: "infrastructure", owner: "ml-platform" });
    const { items: findings } = await house.client.call("findings", { path });
    // One for every pair of spans in which it burns: the fast ones page.
    const burns = findings.filter(({ monitor }) => monitor === "slo-burn");
    expect(burns.some(({ severity }) => severity === "critical")).toBe(true);
    for (const { runbook, sentence } of burns) {
      expect(runbook).toBe("Look at the model server.");
      expect(sentence).toMatch(
        /^answers: \d+ of \d+ \([\d.]+ %\) were bad in \d+ (minutes|hours?|days), where 1\.0 % are allowed/,
      );
    }
  });

  it("is measured for Prometheus, with the key of a reader only", async () => {
    const { secret } = await house.client.call("createKey", { body: { name: "prometheus", scopes: ["read"] } });
    const scrape = (headers: Readonly<Record<string, string>>) => fetch(`${house.url}/metrics`, { headers });
    expect((await scrape({})).status).toBe(401);
    const text = await until("what was read for an earlier scrape is old", async () => {
      const answer = await scrape({ authorization: `Bearer ${secret}` });
      expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
      const body = await answer.text();
      return body.includes('homeostat_slo_state{system="flight-delay",slo="answers",state="exhausted"} 1')
        ? body
        : undefined;
    });
    expect(text).toMatch(/^homeostat_slo_budget_left_ratio\{system="flight-delay",slo="answers"\} -/m);
    expect(text).toContain('homeostat_rows_stored_total{system="flight-delay",kind="predictions"} 600');
    expect(text).toMatch(
      /^homeostat_http_request_duration_seconds_count\{route="\/v1\/systems\/\{system\}\/predictions"/m,
    );
    // There is no baseline: what is not known is not there.
    expect(text).not.toContain("homeostat_performance{");
    expect(text).not.toContain("homeostat_drift_psi{");
    const open = await scrape({ authorization: `Bearer ${secret}`, accept: "application/openmetrics-text" });
    expect(open.headers.get("content-type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    expect(await open.text()).toMatch(/# EOF\n$/);
  });
});
