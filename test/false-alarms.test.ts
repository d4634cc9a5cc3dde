import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { employmentDeclarations, employmentPresent, readEmployment } from "./house/employment.ts";
import { emptyDirectory, jobDone } from "./house/prepared.ts";
import { type House, startHouse } from "./house/start.ts";
import { until } from "./house/until.ts";

// biome-ignore lint/suspicious/noConsole: a skipped check must be seen
if (!employmentPresent) console.warn("skipped 1 test of false alarms: ../shared/data/tabular/nannyml is absent");

const path = { system: "employment" };

describe.skipIf(!employmentPresent)("three years of a model whose accuracy hardly changes", () => {
  let house: House;
  let persons = 0;

  beforeAll(async () => {
    const all = await readEmployment(6);
    persons = all.length;
    house = await startHouse({ data: await emptyDirectory() });
    await house.client.call("apply", { body: { files: employmentDeclarations() } });
    const send = async (some: typeof all): Promise<void> => {
      for (let first = 0; first < some.length; first += 4_000) {
        const batch = some.slice(first, first + 4_000);
        const rows = batch.map(({ id, time, inputs, probability }) => ({
          id,
          time,
          inputs,
          probability,
          release: "theirs",
        }));
        await house.client.call("sendPredictions", { path, body: { rows } });
        const outcomes = batch.map(({ id, time, employed }) => ({ predictionId: id, time, value: employed }));
        await house.client.call("sendOutcomes", { path, body: { rows: outcomes } });
      }
    };
    await send(all.filter((person) => person.time < "2016"));
    await until("the reference is stored", async () => {
      const counts = await house.client.call("counts", { path });
      return counts.predictions.pendingInSpool + counts.outcomes.pendingInSpool === 0 ? counts : undefined;
    });
    const job = await house.client.call("createBaseline", {
      path,
      body: { release: "theirs", from: "2015-01-01T00:00:00Z", to: "2016-01-01T00:00:00Z" },
    });
    await jobDone(house.client, job.id);
    await send(all.filter((person) => person.time >= "2016"));
  }, 240_000);

  afterAll(() => house?.killGroup());

  it("pages nobody: every window since 2016 is judged, labelled whole, and no incident is opened", async () => {
    const windows = await until(
      "all windows are judged",
      async () => {
        const { items } = await house.client.call("windows", { path });
        const labelled = items.reduce((sum, window) => sum + window.labelledRows, 0);
        return labelled === persons && items.every((window) => window.state === "evaluated") ? items : undefined;
      },
      180_000,
    );
    const judged = windows.filter((window) => window.start > "2016");
    expect(judged.length).toBeGreaterThan(35);
    expect(judged.every((window) => window.labelCoverage === 1)).toBe(true);
    const { items: cells } = await house.client.call("performance", { path });
    const tested = cells.filter((cell) => cell.window > "2016" && cell.pValue !== null);
    expect(tested.length).toBeGreaterThan(35);
    const { items } = await house.client.call("incidents", { query: path });
    expect(items).toEqual([]);
  });
});
