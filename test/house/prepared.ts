import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Job } from "@homeostat/protocol";
import type { Client } from "@homeostat/sdk";
import { preparedPrefix } from "./clean-up.ts";
import { askingActions, flightDelay, monitoredElsewhere } from "./declarations.ts";
import { cutFlights, type Flight } from "./flights.ts";
import { evaluated, post, predict, settled, tellOutcomes } from "./replay.ts";
import { startHouse, temporaryDirectory } from "./start.ts";
import { broken, diagnosed, faultBegins } from "./trouble.ts";
import { until } from "./until.ts";

/** Test files run in processes of their own under one parent, which names the shared place. */
export const place = join(tmpdir(), `${preparedPrefix}${process.ppid}`);

const preparingLimitMs = 120_000;

/** The days that are replayed: days that no model has seen. */
const replayed = { from: "2001-02-09", to: "2001-02-14", everyNth: 4 } as const;

/** A data directory in which a server was started once and stopped. */
export async function emptyDirectory(): Promise<string> {
  return copyOf("empty", async (data) => {
    const house = await startHouse({ data });
    await house.stop();
  });
}

/** A data directory with the system `flight-delay` and a live release of a model trained on January. */
export async function liveDirectory(): Promise<string> {
  return copyOf("live", async (data) => {
    const { training, flights } = await cutFlights(replayed);
    copyDirectory(await emptyDirectory(), data);
    const house = await startHouse({ data });
    await house.client.call("apply", { body: { files: flightDelay() } });
    await trainAndRelease(house.client, training);
    await house.stop();
    writeFileSync(join(data, "..", "training.parquet"), training);
    writeFileSync(join(data, "..", "flights.json"), JSON.stringify(flights));
  });
}

/** The release that the sender of `watchedDirectory` names. */
export const theirRelease = "theirs-7";

/**
 * A data directory with `flight-delay` served by somebody else: three weeks of January have been posted with their
 * outcomes, and a baseline was frozen from them.
 */
export async function watchedDirectory(): Promise<string> {
  return copyOf("watched", async (data) => {
    const { flights } = await cutFlights({ from: "2001-01-08", to: replayed.to, everyNth: replayed.everyNth });
    const january = flights.filter((flight) => flight.time < "2001-01-29");
    copyDirectory(await emptyDirectory(), data);
    const house = await startHouse({ data });
    const { client } = house;
    await client.call("apply", { body: { files: monitoredElsewhere() } });
    await post(client, january, theirRelease);
    await tellOutcomes(client, january);
    await settled(client);
    const frozen = await client.call("createBaseline", {
      path: { system: "flight-delay" },
      body: { release: theirRelease, from: "2001-01-08T00:00:00Z", to: "2001-01-29T00:00:00Z" },
    });
    await jobDone(client, frozen.id);
    await evaluated(client, { windows: 20, rows: 20_000 });
    await house.stop();
    writeFileSync(
      join(data, "..", "watched.json"),
      JSON.stringify(flights.filter((flight) => flight.time >= replayed.from)),
    );
  });
}

/** The days after those of `watchedDirectory`, which must have been asked for before. */
export function flightsToWatch(): readonly Flight[] {
  return JSON.parse(readFileSync(join(place, "watched.json"), "utf8")) as Flight[];
}

/** `liveDirectory` after days with a fault: its windows are evaluated and one incident is diagnosed. */
export async function troubledDirectory(): Promise<string> {
  return copyOf("troubled", async (data) => {
    copyDirectory(await liveDirectory(), data);
    const house = await startHouse({ data });
    const { client } = house;
    const files = flightDelay({ "system.yaml": (text) => text + askingActions });
    await client.call("apply", { body: { files } });
    await client.call("recordChange", {
      body: { component: "source:airline-feed", kind: "data-source", title: "time zone fix", time: faultBegins },
    });
    const flights = broken(preparedFlights().flights);
    await predict(client, flights);
    await tellOutcomes(client, flights);
    await diagnosed(client, 1);
    await house.stop();
  });
}

/** The rows behind `liveDirectory`, which must have been asked for before. */
export function preparedFlights(): { readonly flights: readonly Flight[]; readonly training: Uint8Array<ArrayBuffer> } {
  return {
    flights: JSON.parse(readFileSync(join(place, "flights.json"), "utf8")) as Flight[],
    training: new Uint8Array(readFileSync(join(place, "training.parquet"))),
  };
}

/** Dataset, model and release of `flight-delay`, each waited for. */
export async function trainAndRelease(client: Client, training: Uint8Array<ArrayBuffer>): Promise<void> {
  const path = { system: "flight-delay" };
  const dataset = await client.call("createDataset", {
    path,
    body: { type: "application/vnd.apache.parquet", bytes: training },
  });
  const trained = await client.call("train", {
    path,
    body: {
      dataset: dataset.digest,
      timeColumn: "departure",
      holdoutFrom: "2001-01-22T00:00:00Z",
      maxTrainingRows: 10_000,
    },
  });
  const { model } = (await jobDone(client, trained.id)).result as { model: string };
  const released = await client.call("createRelease", { path, body: { model } });
  await jobDone(client, released.id);
}

/** Waits for a job. @throws Error with the job's own reason when it failed. */
export async function jobDone(client: Client, id: string): Promise<Job> {
  const job = await until(`job ${id} is over`, async () => {
    const now = await client.call("job", { path: { job: id } });
    return now.state === "done" || now.state === "failed" ? now : undefined;
  });
  if (job.state === "failed") throw new Error(`the ${job.kind} job failed: ${job.error}`);
  return job;
}

/** The engine's links are relative and must stay so: otherwise the copy would write into the original. */
export function copyDirectory(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}

async function copyOf(kind: string, make: (data: string) => Promise<void>): Promise<string> {
  removeLeftovers();
  const original = join(place, kind);
  const finished = join(place, `${kind}.finished`);
  const turn = join(place, `${kind}.turn`);
  // Test files that want the same directory at once take turns: the first makes it.
  const taken = await until(
    `${kind} is prepared`,
    () => (existsSync(finished) ? ("made" as const) : takeTurn(turn)),
    preparingLimitMs,
  );
  if (taken === "mine") {
    try {
      rmSync(original, { recursive: true, force: true });
      mkdirSync(original, { recursive: true });
      await make(original);
      writeFileSync(finished, "");
    } finally {
      rmSync(turn);
    }
  }
  const copy = temporaryDirectory();
  copyDirectory(original, copy);
  return copy;
}

function takeTurn(turn: string): "mine" | undefined {
  mkdirSync(place, { recursive: true });
  try {
    writeFileSync(turn, String(process.pid), { flag: "wx" });
    return "mine";
  } catch {
    // A file just made may still be empty; one of a process that is gone is nobody's turn.
    const holder = Number(readFileSync(turn, "utf8"));
    if (holder > 0 && !isAlive(holder)) rmSync(turn);
    return undefined;
  }
}

/** What runs left that were cut off. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(preparedPrefix) || isAlive(Number(name.slice(preparedPrefix.length)))) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
