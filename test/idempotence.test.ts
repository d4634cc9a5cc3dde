import type { Answer } from "@homeostat/protocol";
import type { Client } from "@homeostat/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Flight } from "./house/flights.ts";
import { coveredUntil, finalPicture, type Orderly, pictureOf, toldInOrder } from "./house/orderly.ts";
import { flightsToWatch, theirRelease, watchedDirectory } from "./house/prepared.ts";
import { elsewhere, post, settled, tellOutcomes } from "./house/replay.ts";
import { type House, startHouse } from "./house/start.ts";
import { until } from "./house/until.ts";

const path = { system: "flight-delay" };

/** Counts of the days under test: what the baseline's days hold is taken off. */
async function storedSince(
  client: Client,
  before: Answer<"counts">,
): Promise<{ predictions: number; outcomes: number; joined: number }> {
  const now = await settled(client);
  return {
    predictions: now.predictions.stored - before.predictions.stored,
    outcomes: now.outcomes.stored - before.outcomes.stored,
    joined: now.joined - before.joined,
  };
}

describe("sending the same again", () => {
  let house: House;
  let data: string;
  let before: Answer<"counts">;
  let orderly: Orderly;
  let flights: readonly Flight[];

  beforeAll(async () => {
    orderly = await toldInOrder();
    flights = orderly.flights;
    house = await startHouse({ data: await watchedDirectory() });
    data = house.data;
    before = await settled(house.client);
  });

  afterAll(() => house?.killGroup());

  const expectedRows = (): object => ({
    predictions: flights.length,
    outcomes: flights.length,
    joined: flights.length,
  });

  it("has drift and performance to compare at all", () => {
    expect(orderly.picture.windows).toHaveLength(2);
    expect(orderly.picture.drift?.length).toBeGreaterThan(100);
    expect(orderly.picture.performance?.length).toBeGreaterThan(20);
    expect(orderly.picture.performance?.some((cell) => /"auc":\{"value":0\.\d+/.test(cell))).toBe(true);
  });

  it("ends in the same rows, profiles and metrics, however often and in whatever pieces everything came", async () => {
    const { client } = house;
    const half = Math.floor(flights.length / 2);
    await tellOutcomes(client, flights.slice(0, 100));
    await post(client, flights.slice(0, half), theirRelease);
    await post(
      client,
      flights.slice(0, 3).flatMap((flight) => [flight, flight]),
      theirRelease,
    );
    await post(client, flights.slice(half - 700).toReversed(), theirRelease);
    await tellOutcomes(client, flights.toReversed());
    await tellOutcomes(client, flights.slice(50, 1_500));
    expect(await finalPicture(client, orderly.whole)).toEqual(orderly.picture);
    expect(await storedSince(client, before)).toEqual(expectedRows());
  });

  it("changes nothing when one id is sent again alone, and counts it as a duplicate", async () => {
    const { client } = house;
    const { predictions } = await settled(client);
    await post(client, flights.slice(7, 8), theirRelease);
    const after = await settled(client);
    expect(after.predictions).toMatchObject({ stored: predictions.stored, duplicates: predictions.duplicates + 1 });
    expect(await pictureOf(client)).toEqual(orderly.picture);
  });

  it("changes nothing when everything is sent again after a restart", async () => {
    await house.stop();
    house = await startHouse({ data });
    await post(house.client, flights, theirRelease);
    await tellOutcomes(house.client, flights);
    expect(await storedSince(house.client, before)).toEqual(expectedRows());
    expect(await pictureOf(house.client)).toEqual(orderly.picture);
  });

  it("keeps what came first when an id comes again with another content", async () => {
    const { client } = house;
    const [flight] = flights;
    const other = { ...elsewhere(flight!), release: theirRelease, probability: 0.999 };
    await client.call("sendPredictions", { path, body: { rows: [other] } });
    expect(await storedSince(client, before)).toEqual(expectedRows());
    expect(await pictureOf(client)).toEqual(orderly.picture);
  });

  it("lets a later outcome correct an earlier one, once", async () => {
    const { client } = house;
    const flight = flights.find(({ late }) => !late)!;
    const later = new Date(Date.parse(flight.time) + 3_600_000).toISOString();
    const query = { from: "2001-02-09T00:00:00Z", to: "2001-02-10T00:00:00Z" };
    const positives = async (): Promise<number> => {
      const { items } = await client.call("performance", { path, query });
      const cell = items[0];
      return Math.round((cell?.positiveShare?.value ?? Number.NaN) * (cell?.labelledRows ?? Number.NaN));
    };
    const original = await positives();
    const correction = { predictionId: flight.id, time: later, value: true };
    await client.call("sendOutcomes", { path, body: { rows: [correction] } });
    const corrected = await until("the correction is counted", async () => {
      const now = await positives();
      return now === original ? undefined : now;
    });
    expect(corrected).toBe(original + 1);
    const counts = await settled(client);
    // Sent again, and contradicted by an older one that comes late: neither changes anything.
    await client.call("sendOutcomes", { path, body: { rows: [correction] } });
    await client.call("sendOutcomes", { path, body: { rows: [{ ...correction, time: flight.time, value: false }] } });
    const after = await settled(client);
    expect(after.outcomes.stored).toBe(counts.outcomes.stored);
    expect(await positives()).toBe(original + 1);
  });

  it("keeps an outcome of an unknown prediction until the prediction comes", async () => {
    const { client } = house;
    const flight = flightsToWatch().find(({ time }) => time > coveredUntil)!;
    const start = await settled(client);
    await tellOutcomes(client, [flight]);
    expect(await settled(client)).toMatchObject({ outcomesWaiting: start.outcomesWaiting + 1, joined: start.joined });
    await post(client, [flight], theirRelease);
    expect(await settled(client)).toMatchObject({ outcomesWaiting: start.outcomesWaiting, joined: start.joined + 1 });
  });
});
