import { setTimeout as sleep } from "node:timers/promises";
import type { IncidentDetail, IntakeCounts, WindowSummary } from "@homeostat/protocol";
import type { Client } from "@homeostat/sdk";

/** What the server knows once it has looked at everything it was sent. */
export interface Settled {
  readonly counts: IntakeCounts;
  readonly windows: readonly WindowSummary[];
  readonly incidents: readonly IncidentDetail[];
  /** Windows that were still open when the time was up; none when everything was looked at. */
  readonly unfinished: number;
}

const pollMs = 1_000;
/** So many equal looks in a row count as settled: a window is looked at again when its outcomes have matured. */
const equalLooks = 4;

/**
 * Waits until every row is stored, every window evaluated and every incident diagnosed, and nothing has moved for some
 * seconds. Gives up waiting after `limitMs` and says what is unfinished.
 */
export async function settle(
  client: Client,
  system: string,
  limitMs: number,
  tell: (text: string) => void,
): Promise<Settled> {
  const startedAt = performance.now();
  let last = "";
  let equal = 0;
  for (;;) {
    const settled = await look(client, system);
    const seen = JSON.stringify(settled);
    const finished =
      settled.unfinished === 0 &&
      stored(settled.counts) &&
      settled.incidents.every(({ diagnosis }) => diagnosis !== null);
    equal = finished && seen === last ? equal + 1 : 0;
    last = seen;
    if (equal >= equalLooks || performance.now() - startedAt > limitMs) return settled;
    const evaluated = settled.windows.length - settled.unfinished;
    tell(`${evaluated} of ${settled.windows.length} windows evaluated`);
    await sleep(pollMs);
  }
}

async function look(client: Client, system: string): Promise<Settled> {
  const path = { system };
  const [counts, windows, incidents] = await Promise.all([
    client.call("counts", { path }),
    client.call("windows", { path }),
    client.call("incidents", { query: { system } }),
  ]);
  const details = await Promise.all(incidents.items.map(({ number }) => client.call("incident", { path: { number } })));
  return {
    counts,
    windows: windows.items,
    incidents: details.sort((left, right) => left.number - right.number),
    unfinished: windows.items.filter(({ state }) => state !== "evaluated").length,
  };
}

const stored = ({ predictions, outcomes }: IntakeCounts): boolean =>
  predictions.pendingInSpool === 0 && outcomes.pendingInSpool === 0;
