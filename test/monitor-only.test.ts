import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flightsToWatch, theirRelease, watchedDirectory } from "./house/prepared.ts";
import { refusalOf } from "./house/refusal.ts";
import { elsewhere, evaluated, post, tellOutcomes } from "./house/replay.ts";
import { type House, startHouse } from "./house/start.ts";
import { broken, brokenOrigins, diagnosed } from "./house/trouble.ts";
import { until } from "./house/until.ts";

const path = { system: "flight-delay" };

describe("a system whose predictions are made elsewhere", () => {
  let house: House;

  beforeAll(async () => {
    house = await startHouse({ data: await watchedDirectory() });
  });

  afterAll(() => house?.killGroup());

  it("has the release its sender names, live, with a baseline frozen from received rows", async () => {
    const { items } = await house.client.call("releases", { path });
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ id: theirRelease, stage: "live", model: null });
    expect(items[0]?.baseline).toMatch(/^b-/);
  });

  it("is not answered by our gateway", async () => {
    const rows = flightsToWatch().slice(0, 1);
    const question = { rows: rows.map(({ id, time, inputs }) => ({ id, time, inputs })) };
    expect((await refusalOf(house.client.call("predict", { path, body: question }))).code).toBe("not-possible-now");
  });

  it("refuses a baseline of a release it never heard of", async () => {
    const job = await house.client.call("createBaseline", {
      path,
      body: { release: "never-sent", from: "2001-01-08T00:00:00Z", to: "2001-01-29T00:00:00Z" },
    });
    const over = await until("the job is over", async () => {
      const now = await house.client.call("job", { path: { job: job.id } });
      return now.state === "failed" || now.state === "done" ? now : undefined;
    });
    expect(over).toMatchObject({ state: "failed" });
    expect(over.error).toContain("never-sent");
  });

  it("takes newline-delimited rows, and names the ones it refuses", async () => {
    const [first, second] = flightsToWatch().map(elsewhere);
    const lines = [
      { ...first, release: theirRelease },
      { ...second, release: theirRelease, probability: 2 },
    ];
    const receipt = await house.client.call("sendPredictions", {
      path,
      body: { type: "application/x-ndjson", bytes: lines.map((line) => JSON.stringify(line)).join("\n") },
    });
    expect(receipt).toEqual({
      accepted: 1,
      refused: [{ row: 2, path: "probability", expected: "a number from 0 to 1", found: "number 2" }],
      refusedCount: 1,
      quarantined: 1,
    });
  });

  it("has its drift found in the days that follow", async () => {
    const flights = broken(flightsToWatch());
    await post(house.client, flights, theirRelease);
    await tellOutcomes(house.client, flights);
    await evaluated(house.client, { windows: 24 });
    const incident = await diagnosed(house.client, 1);
    expect([...(incident.diagnosis?.slice?.values ?? [])].sort()).toEqual(brokenOrigins);
    expect(incident.diagnosis?.features[0]?.feature).toBe("departure_hour");
    expect(incident.diagnosis?.namedCause, "no change was logged, so none may be named").toBeNull();
  });
});
