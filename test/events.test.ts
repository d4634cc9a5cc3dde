import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { monitoredElsewhere } from "./house/declarations.ts";
import { emptyDirectory } from "./house/prepared.ts";
import { settled } from "./house/replay.ts";
import { type House, startHouse } from "./house/start.ts";

let house: House;
beforeAll(async () => {
  house = await startHouse({ data: await emptyDirectory() });
  await house.client.call("apply", { body: { files: monitoredElsewhere() } });
});
afterAll(() => house?.killGroup());

const inputs = { departure: "2001-02-09T10:00:00Z", origin: "LAX", destination: "SFO", distance: 337 };
const prediction = { release: "r1", inputs, probability: 0.3 };
const event = (id: string, type: string, data: unknown, more: object = {}) => ({
  ...{ specversion: "1.0", id, source: "/gate/7", type, time: "2001-02-09T10:00:00Z", data },
  ...more,
});

async function send(
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${house.url}/v1/systems/flight-delay/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${house.key}`, ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const batch = { "content-type": "application/cloudevents-batch+json" };

describe("CloudEvents", () => {
  it("bring predictions, outcomes and changes in one batch; what the data leave out, the attributes say", async () => {
    const events = [
      event("p-1", "io.homeostat.prediction", prediction),
      event("x", "io.homeostat.outcome", { value: true }, { subject: "p-1" }),
      event("c", "io.homeostat.change", { component: "source:airline-feed", kind: "schema", title: "miles" }),
    ];
    expect(await send(batch, events)).toMatchObject({ status: 202, body: { accepted: 3, refusedCount: 0 } });
    expect(await send(batch, events)).toMatchObject({ status: 202 });
    expect(await settled(house.client)).toMatchObject({
      predictions: { stored: 1 },
      outcomes: { stored: 1 },
      joined: 1,
    });
    const { items } = await house.client.call("changes", { query: { system: "flight-delay" } });
    expect(items.filter((one) => one.title === "miles")).toHaveLength(1);
  });

  it("may come one by one, in binary with their attributes as headers or structured", async () => {
    const headers = {
      ...{ "content-type": "application/json", "ce-specversion": "1.0", "ce-id": "p-2", "ce-source": "/gate/7" },
      ...{ "ce-type": "io.homeostat.prediction", "ce-time": "2001-02-09T11:00:00Z" },
    };
    expect(await send(headers, prediction)).toMatchObject({ status: 202, body: { accepted: 1 } });
    const structured = { "content-type": "application/cloudevents+json; charset=utf-8" };
    expect(await send(structured, event("p-3", "io.homeostat.prediction", prediction))).toMatchObject({ status: 202 });
    expect((await settled(house.client)).predictions.stored).toBe(3);
  });

  it("of KServe's logger are paired by their id, also out of order and across a restart, into one prediction", async () => {
    const logged = (id: string, half: "request" | "response", data: unknown) => ({
      headers: {
        ...{
          "content-type": "application/json",
          "ce-specversion": "1.0",
          "ce-id": id,
          "ce-source": "http://localhost:9081/",
        },
        ...{ "ce-type": `org.kubeflow.serving.inference.${half}`, "ce-time": "2001-02-09T12:00:00Z" },
        ...{ "ce-inferenceservicename": "flights", "ce-namespace": "default", "ce-endpoint": "default" },
      },
      data,
    });
    const answered = logged("k-1", "response", { predictions: [[0.8, 0.2]] });
    const asked = logged("k-1", "request", { instances: [inputs] });
    const before = (await settled(house.client)).predictions.stored;
    expect(await send(answered.headers, answered.data)).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(await settled(house.client)).toMatchObject({ inferenceHalves: 1, predictions: { stored: before } });
    await house.killGroup();
    house = await startHouse({ data: house.data });
    for (let times = 0; times < 2; times += 1)
      expect(await send(asked.headers, asked.data)).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(await settled(house.client)).toMatchObject({ predictions: { stored: before + 1 } });
    const wrong = logged("k-2", "request", { text: "hi" });
    await send(wrong.headers, wrong.data);
    const answer = logged("k-2", "response", { predictions: [1] });
    expect(await send(answer.headers, answer.data)).toMatchObject({ status: 400 });
  });

  it("that cannot be taken are named by their number beside those that are, and their rows are kept", async () => {
    const answer = await send(batch, [
      event("p-4", "io.homeostat.prediction", { ...prediction, probability: 7 }),
      event("p-5", "io.homeostat.prediction", prediction),
      event("?", "com.example.unknown", {}),
      event("c-2", "io.homeostat.change", { component: "x", kind: "schema", title: "t", system: "another" }),
      { id: "no more" },
    ]);
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1, refusedCount: 4, quarantined: 1 } });
    const refused = answer.body.refused as { row: number; path: string }[];
    expect(refused.map(({ row, path }) => [row, path])).toEqual([
      [1, "data.probability"],
      [3, "type"],
      [4, "system"],
      [5, "specversion"],
    ]);
    expect(await send(batch, [{}])).toMatchObject({ status: 400, body: { code: "malformed-body" } });
  });
});
