import type { Answer } from "@homeostat/protocol";
import type { Client } from "@homeostat/sdk";
import { type Flight, withTimeZoneFault } from "./flights.ts";
import { until } from "./until.ts";

/** What the tests break: the departure hour of three airports, from the second replayed day on. */
export const brokenOrigins = ["LAS", "LAX", "SFO"];
export const faultBegins = "2001-02-10T00:00:00Z";

/** Flights as the vendor sends them after its "time zone fix". */
export function broken(flights: readonly Flight[]): readonly Flight[] {
  return withTimeZoneFault(flights, { from: faultBegins, origins: brokenOrigins, hours: 8 });
}

/** Waits for the one incident, its diagnosis and what was told to its channels. */
export function diagnosed(client: Client, channels: number): Promise<Answer<"incident">> {
  return until("an incident is diagnosed and told", async () => {
    const { items } = await client.call("incidents");
    const [first] = items;
    if (first === undefined) return undefined;
    const detail = await client.call("incident", { path: { number: first.number } });
    return detail.diagnosis === null || detail.notifications.length < channels ? undefined : detail;
  });
}
