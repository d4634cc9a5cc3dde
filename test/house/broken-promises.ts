import type { Client } from "@homeostat/sdk";
import { flightDelay } from "./declarations.ts";
import { jobDone } from "./prepared.ts";
import { settled } from "./replay.ts";
import { until } from "./until.ts";

const system = "flight-delay";
const path = { system };
const days = ["05", "06", "07", "08", "09"] as const;
const rowsPerDay = 40;

/** The example's contract with more promises: some kept, some broken, one that nothing can check. */
function promises(text: string): string {
  const next = text
    .replace(
      /( {6}- name: destination\n {8}logicalType: string\n)/,
      "$1        logicalTypeOptions: { minLength: 3, maxLength: 3 }\n",
    )
    .replace(
      /( {6}- name: distance\n {8}logicalType: number\n)/,
      "$1        logicalTypeOptions: { minimum: 0, maximum: 3000 }\n",
    )
    .replace(
      "slaProperties:\n",
      "    quality:\n      - { type: text, description: Delays are those of the airline's own clock. }\nslaProperties:\n",
    );
  if (next.length < text.length + 150) throw new Error("the example's contract has changed: the edits do not fit");
  return next;
}

const watched = () =>
  flightDelay({
    "system.yaml": (text) =>
      text.replace("serving: gateway", "serving: monitor-only").replace(/\nfallback:\n(?: .*\n)+/, "\n"),
    "contract.odcs.yaml": promises,
  });

/** Flights of a day. On the last two days the feed has lost origins, and some distances are negative. */
function flightsOf(day: string): readonly object[] {
  const broken = day >= "08";
  return Array.from({ length: rowsPerDay }, (_, index) => {
    const time = `2001-02-${day}T${String(6 + (index % 16)).padStart(2, "0")}:00:00Z`;
    return {
      id: `f-${day}-${index}`,
      time,
      release: "theirs-1",
      probability: (index % 10) / 10,
      inputs: {
        departure: time,
        origin: broken && index % 4 === 0 ? null : ["LAX", "SFO", "JFK"][index % 3],
        destination: broken && index % 10 === 0 ? "Boston" : "BOS",
        distance: broken && index % 8 === 0 ? -1 : 300 + index,
      },
    };
  });
}

/** A row with a script in it: shown as text it does nothing. */
export const scripted = {
  id: "q-script",
  time: "2001-02-09T10:00:00Z",
  release: "theirs-1",
  probability: 0.4,
  inputs: {
    departure: "2001-02-09T10:00:00Z",
    origin: "<script>document.title='taken'</script>",
    destination: "BOS",
    distance: "337 miles",
  },
};

/** Rows that cannot be stored: a wrong type, no JSON, and a probability beyond 1. */
const impossible = [
  JSON.stringify(scripted),
  '{"id": "q-torn", "time": "2001-02-0',
  JSON.stringify({ ...scripted, id: "q-sure", probability: 1.7, inputs: { ...scripted.inputs, distance: 337 } }),
];

/**
 * The system `flight-delay`, served elsewhere, with five days of rows: promises of its source kept and broken, rows in
 * quarantine, a dataset of what was received and a second, breaking version of the contract. Waits until all is there.
 */
export async function breakPromises(client: Client): Promise<{ readonly dataset: string }> {
  const files = watched();
  await client.call("apply", { body: { files } });
  for (const day of days) await client.call("sendPredictions", { path, body: { rows: flightsOf(day) } as never });
  const late = { ...(flightsOf("09")[0] as object), id: "f-11", time: "2001-02-11T10:00:00Z" };
  const lines = [JSON.stringify(late), ...impossible].join("\n");
  await client.call("sendPredictions", { path, body: { type: "application/x-ndjson", bytes: lines } });
  await settled(client);
  const built = await client.call("buildDataset", {
    path,
    body: { predictions: { since: "2001-02-05T00:00:00Z", until: "2001-02-08T00:00:00Z", where: "origin != 'JFK'" } },
  });
  const { result } = await jobDone(client, built.id);
  await until("the days were held to the contract and the refused rows are in quarantine", async () => {
    const { items } = await client.call("sourceWindows", { path: { source: "airline-feed" }, query: {} });
    const { items: rows } = await client.call("quarantine", { path });
    return items.length >= days.length && rows.length === impossible.length ? true : undefined;
  });
  const contract = files.find((file) => file.path.endsWith("contract.odcs.yaml"))?.text ?? "";
  const next = contract
    .replace("version: 1.0.0", "version: 2.0.0")
    .replace("maximum: 3000", "maximum: 5000")
    .replace(/( {6}- name: destination\n {8}logicalType: string\n.*\n) {8}required: true\n/, "$1");
  await client.call("addSource", { body: { text: next, allowBreaking: true } });
  return { dataset: (result as { readonly dataset: string }).dataset };
}
