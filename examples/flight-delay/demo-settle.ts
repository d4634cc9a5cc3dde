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
 * seconds. Gives up when nothing has moved for `stillMs` though something is unfinished, and says what.
 */
export async function settle(
  client: Client,
  system: string,
  stillMs: number,
  tell: (text: string) => void,
): Promise<Settled> {
  let last = "";
  let movedAt = performance.now();
  let equal = 0;
  for (;;) {
    const settled = await look(client, system);
    const seen = JSON.stringify(settled);
    equal = seen === last ? equal + 1 : 0;
    if (equal === 0) movedAt = performance.now();
    last = seen;
    if (isFinished(settled) && equal >= equalLooks) return settled;
    if (performance.now() - movedAt > stillMs) return settled;
    tell(progressOf(settled));
    await sleep(pollMs);
  }
}

function isFinished({ unfinished, counts, incidents }: Settled): boolean {
  const { predictions, outcomes } = counts;
  const stored = predictions.pendingInSpool === 0 && outcomes.pendingInSpool === 0;
  return stored && unfinished === 0 && incidents.every(({ diagnosis }) => diagnosis !== null);
}

function progressOf({ windows, unfinished, counts }: Settled): string {
  const pending = counts.predictions.pendingInSpool + counts.outcomes.pendingInSpool;
  const rows = pending === 0 ? "every row stored" : `${pending.toLocaleString("en-US")} rows still on their way`;
  return `${windows.length - unfinished} of ${windows.length} windows evaluated, ${rows}`;
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
