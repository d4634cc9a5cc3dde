import type { Answer } from "@homeostat/protocol";
import type { Client } from "@homeostat/sdk";
import type { Flight } from "./flights.ts";
import { until } from "./until.ts";

const batchRows = 1_000;
const system = "flight-delay";

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += batchRows) yield items.slice(start, start + batchRows);
}

/** Asks the gateway about flights, in batches. */
export async function predict(client: Client, flights: readonly Flight[]): Promise<Answer<"predict">[]> {
  const answers: Answer<"predict">[] = [];
  for (const batch of batches(flights)) {
    const rows = batch.map(({ id, time, inputs }) => ({ id, time, inputs }));
    answers.push(await client.call("predict", { path: { system }, body: { rows } }));
  }
  return answers;
}

/** Posts predictions as somebody else's service would. The answers follow from the row, so that sending again sends the same. */
export async function post(client: Client, flights: readonly Flight[], release: string): Promise<void> {
  for (const batch of batches(flights)) {
    const rows = batch.map((flight) => ({ ...elsewhere(flight), release }));
    await client.call("sendPredictions", { path: { system }, body: { rows } });
  }
}

/** A stand-in for somebody else's model: later in the day, likelier to be late. */
export function elsewhere({
  id,
  time,
  inputs,
}: Flight): Pick<Flight, "id" | "time" | "inputs"> & { probability: number } {
  const hour = new Date(inputs.departure).getUTCHours();
  const spread = ((inputs.distance * 7 + inputs.origin.charCodeAt(0)) % 20) / 100;
  return { id, time, inputs, probability: Math.min(1, 0.05 + hour / 40 + spread) };
}

/** Posts what became of flights, known some hours after they left. */
export async function tellOutcomes(client: Client, flights: readonly Flight[]): Promise<void> {
  for (const batch of batches(flights)) {
    const rows = batch.map(({ id, time, late }) => ({ predictionId: id, time, value: late }));
    await client.call("sendOutcomes", { path: { system }, body: { rows } });
  }
}

/** Waits until nothing acknowledged is still on its way to the store. */
export function settled(client: Client): Promise<Answer<"counts">> {
  const failing = async (): Promise<string> =>
    `everything acknowledged is stored: ${JSON.stringify((await client.call("ready")).parts)}`;
  return until(failing, async () => {
    const counts = await client.call("counts", { path: { system } });
    return counts.predictions.pendingInSpool === 0 && counts.outcomes.pendingInSpool === 0 ? counts : undefined;
  });
}

/**
 * Waits until every window was held to its source's contract, which also counts its rows: the last ones when no row has
 * come for so long that the clock closes them.
 */
export function heldToContract(client: Client): Promise<Answer<"windows">["items"]> {
  return until("every window was held to the contract", async () => {
    const { items } = await client.call("windows", { path: { system } });
    const isHeld = items.every(({ contract }) => contract.passed + contract.notChecked + contract.broken > 0);
    return items.length > 0 && isHeld ? items : undefined;
  });
}

/** Waits until the windows that are over hold these rows and outcomes, as their last evaluation counted them. */
export function evaluated(
  client: Client,
  expected: { readonly windows: number; readonly rows?: number; readonly labelled?: number },
  limitMs = 60_000,
): Promise<Answer<"windows">["items"]> {
  const ask = async (): Promise<Answer<"windows">["items"] | undefined> => {
    const { items } = await client.call("windows", { path: { system } });
    const over = items.filter((window) => window.state === "evaluated");
    const rows = over.reduce((sum, window) => sum + window.rows, 0);
    const labelled = over.reduce((sum, window) => sum + window.labelledRows, 0);
    const enough = over.length >= expected.windows && rows >= (expected.rows ?? 0);
    return enough && labelled >= (expected.labelled ?? 0) ? over : undefined;
  };
  return until(`${JSON.stringify(expected)} are evaluated`, ask, limitMs);
}
