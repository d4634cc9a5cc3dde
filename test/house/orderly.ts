import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@homeostat/sdk";
import type { Flight } from "./flights.ts";
import { flightsToWatch, place, theirRelease, watchedDirectory } from "./prepared.ts";
import { evaluated, post, settled, tellOutcomes } from "./replay.ts";
import { startHouse } from "./start.ts";
import { until } from "./until.ts";

/** Everything that windows, monitors and metrics say of two days, in an order that does not matter. */
export type Picture = Readonly<Record<"windows" | "drift" | "performance", readonly string[]>>;

/** What a server shows that was told everything once and in order, to compare others with. */
export interface Orderly {
  readonly flights: readonly Flight[];
  /** What must have been evaluated for the picture to be complete. */
  readonly whole: { readonly windows: number; readonly rows: number; readonly labelled: number };
  readonly picture: Picture;
}

const path = { system: "flight-delay" };
const days = { from: "2001-02-09T00:00:00Z", to: "2001-02-11T00:00:00Z" };
/** Two whole days, and a third that closes them and lets their outcomes mature. */
export const coveredUntil = "2001-02-12T00:00:00Z";

/** The picture of the two days. */
export async function pictureOf(client: Client): Promise<Picture> {
  const query = { ...days, segment: "*" };
  const [windows, drift, performance] = await Promise.all([
    client.call("windows", { path, query: days }),
    client.call("drift", { path, query }),
    client.call("performance", { path, query }),
  ]);
  // A sum of the same numbers in another order may differ in its last digits.
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value;
  const lines = (items: readonly object[]): string[] => items.map((item) => JSON.stringify(item, rounded)).sort();
  return {
    windows: lines(windows.items.map(({ restatements: _, ...window }) => window)),
    drift: lines(drift.items),
    performance: lines(performance.items),
  };
}

/** The same once all rows are evaluated and the outcomes of both days have had their time to arrive. */
export async function finalPicture(client: Client, whole: Orderly["whole"], limitMs = 60_000): Promise<Picture> {
  await settled(client);
  await evaluated(client, whole, limitMs);
  // What came last waits for a pause that grows with every restatement; until then the day before is shown as it was.
  await until(
    "both days have seen everything",
    async () => {
      const { items } = await client.call("windows", { path, query: days });
      return items.length === 2 && items.every(({ current }) => current) ? true : undefined;
    },
    limitMs,
  );
  await until(
    "the performance of both days is judged",
    async () => {
      const { items } = await client.call("performance", { path, query: days });
      return items.length === 2 && items.every(({ state }) => state !== "waiting-for-labels") ? true : undefined;
    },
    limitMs,
  );
  return pictureOf(client);
}

/** Tells a server the days of `watchedDirectory` that are under test, once for all test files. */
export async function toldInOrder(): Promise<Orderly> {
  const kept = join(place, "orderly.json");
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8")) as Orderly;
  await using house = await startHouse({ data: await watchedDirectory() });
  const { client } = house;
  const flights = flightsToWatch().filter(({ time }) => time < coveredUntil);
  const before = await settled(client);
  const { items } = await client.call("windows", { path });
  // The last day of the baseline was still open: its rows are evaluated with the new ones.
  const rows = before.predictions.stored + flights.filter(({ time }) => time < days.to).length;
  const whole = { windows: items.length + 2, rows, labelled: rows };
  await post(client, flights, theirRelease);
  await tellOutcomes(client, flights);
  const orderly: Orderly = { flights, whole, picture: await finalPicture(client, whole) };
  writeFileSync(kept, JSON.stringify(orderly));
  return orderly;
}
