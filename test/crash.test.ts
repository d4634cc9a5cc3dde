import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BatchReceipt } from "@homeostat/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngineHttp } from "../packages/homeostat/src/engine/engine-http.ts";
import { startEngine } from "../packages/homeostat/src/engine/supervise-engine.ts";
import type { Flight } from "./house/flights.ts";
import { finalPicture, type Orderly, toldInOrder } from "./house/orderly.ts";
import { theirRelease, watchedDirectory } from "./house/prepared.ts";
import { signal } from "./house/processes.ts";
import { elsewhere, settled } from "./house/replay.ts";
import { type House, startHouse } from "./house/start.ts";
import { startTableMaker, type TableMaker } from "./house/table-maker.ts";
import { until } from "./house/until.ts";

type Whom = "server" | "group" | "engine";

/** One life of a server and how it ends; an engine that is killed alone comes back under the same server. */
interface Life {
  readonly point: string;
  readonly nth: number;
  readonly whom: Whom;
}

const points = [
  "after-fsync",
  "after-adoption",
  "during-staging",
  "during-insert",
  "after-insert",
  "after-quarantine",
  "before-release",
  "after-release",
  "before-removal",
];
const whoms: readonly Whom[] = ["server", "group", "engine"];
const any = (limit: number): number => 1 + Math.floor(Math.random() * limit);

/** Every named point with the server or the whole group, the engine in the middle of an insert, and random moments. */
function plan(times: number): readonly Life[] {
  const once: Life[] = [
    // What is refused goes to the quarantine in one block, however many batches it came in.
    ...points.map(
      (point, index): Life => ({ point, nth: point === "after-quarantine" ? 1 : any(3), whom: whoms[index % 2]! }),
    ),
    { point: "during-insert", nth: 1, whom: "engine" },
    { point: "any moment", nth: 0, whom: "server" },
  ];
  const often: Life[] = [
    ...once,
    { point: "during-staging", nth: 1, whom: "engine" },
    { point: "after-adoption", nth: 2, whom: "group" },
    { point: "before-removal", nth: 1, whom: "group" },
    { point: "any moment", nth: 0, whom: "group" },
    { point: "any moment", nth: 0, whom: "engine" },
  ];
  return times === 1 ? once : Array.from({ length: times }, () => often).flat();
}

const lives = plan(process.env.HOMEOSTAT_TEST_LONG === undefined ? 1 : 25);
const crashEntry = fileURLToPath(new URL("./house/crash/entry.mjs", import.meta.url));
const path = { system: "flight-delay" };
const senders = 4;
const batchesPerLife = 10;
const secondDay = "2001-02-10T00:00:00Z";
const lastBatchRows = 500;
const longestMomentMs = 400;
/** A window that was restated often waits up to ten minutes before it is restated again. */
const pictureLimitMs = process.env.HOMEOSTAT_TEST_LONG === undefined ? 240_000 : 780_000;

/** Forms of a batch, in turn: the same rows must come to the same whatever they travelled as. */
const forms = ["rows", "Parquet", "events", "ArrowStream"] as const;
const tableTypes = {
  Parquet: "application/vnd.apache.parquet",
  ArrowStream: "application/vnd.apache.arrow.stream",
} as const;

interface Batch {
  readonly kind: "predictions" | "outcomes";
  readonly form: (typeof forms)[number];
  readonly flights: readonly Flight[];
  /** The id of a row in it that cannot be stored, and that belongs into quarantine once. */
  readonly bad: string | undefined;
}

const sqlText = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** A batch as a table: the same rows, columns instead of objects. */
function selectOf({ kind, flights, bad }: Batch): string {
  const lines = (rows: readonly object[]): string => sqlText(rows.map((row) => JSON.stringify(row)).join("\n"));
  if (kind === "outcomes") {
    const rows = flights.map(({ id, time, late }) => ({ predictionId: id, time, value: late }));
    return `SELECT * FROM format(JSONEachRow, 'predictionId String, time String, value Bool', ${lines(rows)})`;
  }
  const rows = flights.map(elsewhere).map(({ inputs, ...row }) => ({ ...row, ...inputs }));
  const [first] = rows;
  const all = bad === undefined ? rows : [...rows, { ...first, id: bad }];
  return `SELECT * REPLACE (if(id = ${sqlText(bad ?? "")}, inf, distance) AS distance), ${sqlText(theirRelease)} AS release
    FROM format(JSONEachRow, 'id String, time String, probability Float64, departure String, origin String, destination String, distance Float64', ${lines(all)})`;
}

/** A batch as events: what the attributes say is left out of the data. */
function eventsOf({ kind, flights, bad }: Batch): Uint8Array<ArrayBuffer> {
  const event = (id: string, type: string, subject: string | undefined, time: string, data: object): object => ({
    ...{ specversion: "1.0", id, source: "/crash", type: `io.homeostat.${type}`, time, data },
    ...(subject === undefined ? {} : { subject }),
  });
  const events = flights.map((flight) => {
    const { id, time, inputs, probability } = elsewhere(flight);
    return kind === "outcomes"
      ? event(`o-${id}`, "outcome", id, time, { value: flight.late })
      : event(id, "prediction", undefined, time, { release: theirRelease, inputs, probability });
  });
  const [first] = flights;
  if (bad !== undefined && first !== undefined)
    events.push(
      event(bad, "prediction", undefined, first.time, { release: theirRelease, inputs: {}, probability: "?" }),
    );
  return new TextEncoder().encode(JSON.stringify(events));
}

function rowsOf({ kind, flights, bad }: Batch): readonly object[] {
  if (kind === "outcomes") return flights.map(({ id, time, late }) => ({ predictionId: id, time, value: late }));
  const rows = flights.map((flight) => ({ ...elsewhere(flight), release: theirRelease }));
  return bad === undefined ? rows : [...rows, { ...rows[0], id: bad, probability: "?" }];
}

/** Sends like a client should: what was not acknowledged stays at the front of the queue. */
class Sender {
  readonly acknowledged = { predictions: new Set<string>(), outcomes: new Set<string>() };
  readonly refused = new Set<string>();
  readonly queue: Batch[] = [];
  readonly #maker: TableMaker;
  #added = 0;

  constructor(maker: TableMaker, flights: readonly Flight[], batchRows: number) {
    this.#maker = maker;
    this.add(flights, batchRows);
  }

  add(flights: readonly Flight[], batchRows: number): void {
    const starts = Array.from({ length: Math.ceil(flights.length / batchRows) }, (_, index) => index * batchRows);
    for (const start of starts) {
      const rows = flights.slice(start, start + batchRows);
      const number = this.#added++;
      const form = forms[number % forms.length] ?? "rows";
      // Outcomes of rows travel in another form than the rows.
      const other = forms[(number + 1) % forms.length] ?? "rows";
      this.queue.push({ kind: "predictions", form, flights: rows, bad: `bad-${number}` });
      this.queue.push({ kind: "outcomes", form: other, flights: rows, bad: undefined });
    }
  }

  /** Sends so many batches, several at once, until they are acknowledged or the server is gone. Answers the failures. */
  async send(house: House, batches: number): Promise<number> {
    const mine = this.queue.splice(0, batches);
    const left: Batch[] = [];
    const work = async (): Promise<void> => {
      for (let batch = mine.shift(); batch !== undefined; batch = mine.shift())
        if (!(await this.#deliver(house, batch))) left.push(batch);
    };
    await Promise.all(Array.from({ length: senders }, work));
    this.queue.unshift(...left);
    return left.length;
  }

  async #deliver(house: House, batch: Batch): Promise<boolean> {
    const { kind, flights, bad } = batch;
    const receipt = await this.#post(house, batch).catch(() => undefined);
    if (receipt === undefined) return false;
    const refusedCount = bad === undefined ? 0 : 1;
    expect(receipt).toMatchObject({ accepted: flights.length, refusedCount, quarantined: refusedCount });
    for (const { id } of flights) this.acknowledged[kind].add(id);
    if (bad !== undefined) this.refused.add(bad);
    return true;
  }

  async #post(house: House, batch: Batch): Promise<BatchReceipt> {
    const { kind, form } = batch;
    if (form === "events") {
      const body = { type: "application/cloudevents-batch+json", bytes: eventsOf(batch) } as const;
      return await house.client.call("sendEvents", { path, body });
    }
    const route = kind === "predictions" ? "sendPredictions" : "sendOutcomes";
    if (form !== "rows") {
      const bytes = await this.#maker.make(selectOf(batch), form);
      return await house.client.call(route, { path, body: { type: tableTypes[form], bytes } });
    }
    return await house.client.call(route, { path, body: { rows: rowsOf(batch) as never } });
  }
}

/** Ids in the engine's own tables, each with how often it stands there. Only when no server runs. */
async function storedIds(data: string): Promise<Record<"predictions" | "outcomes", ReadonlyMap<string, number>>> {
  const engine = await startEngine({ dataPath: join(data, "engine"), memoryLimitBytes: 1024 ** 3 });
  const http = createEngineHttp(engine.address, 1);
  const counts = async (sql: string): Promise<ReadonlyMap<string, number>> => {
    const text = (await http.query({ sql, settings: { default_format: "JSONCompactEachRow" } }))
      .toString("utf8")
      .trim();
    const rows = text.split("\n").map((line) => JSON.parse(line) as [string, string | number]);
    return new Map(rows.map(([id, count]) => [id, Number(count)]));
  };
  try {
    return {
      predictions: await counts("SELECT id, count() FROM predictions_flight_delay GROUP BY id"),
      outcomes: await counts("SELECT prediction_id, count() FROM outcomes GROUP BY prediction_id"),
    };
  } finally {
    await http.close();
    await engine.stop(2_000);
  }
}

describe("killed at any point of the intake path", () => {
  let data: string;
  let orderly: Orderly;
  let sender: Sender;
  let maker: TableMaker;
  let house: House | undefined;
  let perLife: number;

  beforeAll(async () => {
    orderly = await toldInOrder();
    data = await watchedDirectory();
    // One day for all lives: it is evaluated when it is whole, and not over and over, each time after a longer pause.
    const rows = orderly.flights.filter(({ time }) => time < secondDay);
    maker = await startTableMaker();
    sender = new Sender(maker, rows, Math.max(1, Math.floor((2 * rows.length) / (lives.length * batchesPerLife))));
    perLife = Math.max(2, Math.floor(sender.queue.length / lives.length));
  }, 240_000);

  afterAll(async () => {
    await house?.killGroup();
    await maker?.[Symbol.asyncDispose]();
  });

  async function live(life: Life): Promise<void> {
    const environment = { HOMEOSTAT_TEST_CRASH: `${life.point}:${life.nth}:${life.whom}` };
    const running = await startHouse({ data, environment, entry: crashEntry }).catch((thrown: Error) => {
      // It may pass its point while it catches up with what the life before left in the spool.
      if (life.whom !== "engine" && thrown.message.includes('"signal":"SIGKILL"')) return undefined;
      throw thrown;
    });
    if (running === undefined) return;
    house = running;
    const timer =
      life.point === "any moment" ? setTimeout(() => kill(running, life.whom), any(longestMomentMs)) : undefined;
    const damage = await damageIn(running).catch(() => []);
    expect(damage, "a torn last record is all that a kill may leave").toEqual([]);
    const failures = await sender.send(running, perLife);
    if (life.whom === "engine") {
      await until(`the engine is killed at ${life.point} and comes back`, async () => {
        const { ready, parts } = await running.client.call("ready");
        const engine = parts.find(({ part }) => part === "data-engine");
        return ready && engine?.detail.includes("restarts") ? true : undefined;
      });
      expect(failures, "the server acknowledges while its engine is down").toBe(0);
      await settled(running.client);
      await running.killGroup();
    } else {
      const exit = await until(`the ${life.whom} ends at ${life.point}`, () => running.exited, 30_000);
      expect(exit).toEqual({ code: null, signal: "SIGKILL", orphans: 0 });
    }
    clearTimeout(timer);
  }

  async function damageIn(running: House): Promise<readonly string[]> {
    const { spool } = await running.client.call("status");
    return spool.damage.filter((damage) => !damage.includes("torn-tail"));
  }

  function kill(running: House, whom: Whom): void {
    if (whom === "server") signal(running.pid, "SIGKILL");
    if (whom === "group") signal(-running.pid, "SIGKILL");
    if (whom === "engine") signal(running.enginePid("data-engine"), "SIGKILL");
  }

  it.each(lives.map((life, index) => ({ ...life, life: index + 1 })))(
    "life $life: the $whom ends at $point ($nth)",
    async (life) => {
      // A life that did not end as it should must not keep the directory from the next.
      await live(life).catch(async (thrown: unknown) => {
        await house?.killGroup();
        throw thrown;
      });
    },
  );

  it(
    "ends in exactly the rows, profiles and metrics of a server that never fell",
    async () => {
      await using last = await startHouse({ data });
      sender.add(
        orderly.flights.filter(({ time }) => time >= secondDay),
        lastBatchRows,
      );
      while (sender.queue.length > 0) await sender.send(last, sender.queue.length);
      const ids = orderly.flights.map(({ id }) => id);
      expect(sender.acknowledged.predictions.size).toBe(ids.length);
      expect(sender.acknowledged.outcomes.size).toBe(ids.length);
      // A window that was restated often waits longer before it is restated again.
      expect(await finalPicture(last.client, orderly.whole, pictureLimitMs)).toEqual(orderly.picture);
      await until("nothing waits for the quarantine", async () => {
        const { quarantinePending } = await last.client.call("counts", { path });
        return quarantinePending === 0 ? true : undefined;
      });
      const { items } = await last.client.call("quarantine", { path, query: { limit: 1_000 } });
      expect(items.length, "a row that was refused is in quarantine once").toBe(sender.refused.size);
      expect((await last.client.call("counts", { path })).gaps).toEqual([]);
      await last.stop();
      expect(readdirSync(join(data, "spool", "files")), "no file is left behind").toEqual([]);

      const stored = await storedIds(data);
      for (const kind of ["predictions", "outcomes"] as const) {
        const missing = [...sender.acknowledged[kind]].filter((id) => !stored[kind].has(id));
        expect(missing, `${kind} that were acknowledged are there`).toEqual([]);
        const doubled = [...stored[kind]].filter(([, count]) => count !== 1);
        expect(doubled, `no ${kind} are there twice`).toEqual([]);
      }
    },
    pictureLimitMs + 60_000,
  );
});
