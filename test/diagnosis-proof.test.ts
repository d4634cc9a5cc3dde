import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createXoshiro } from "../packages/homeostat/src/stats/random/xoshiro.ts";
import { presentSets, readSet } from "./proof/datasets.ts";
import { type ProofResult, proveOne } from "./proof/prove-one.ts";
import { openRooms, type Rooms } from "./proof/rooms.ts";
import { type Cause, causes, makeScenario } from "./proof/scenario.ts";

/** `HOMEOSTAT_PROOF_RUNS=25` proves at length and writes what came of it into the document. */
const atLength = process.env.HOMEOSTAT_PROOF_RUNS;
const runsPerCause = Number(atLength ?? 0);
const document = fileURLToPath(new URL("../docs/diagnosis.md", import.meta.url));
const sets = presentSets();
let rooms: Rooms;

interface Told extends ProofResult {
  readonly set: string;
  readonly cause: Cause | "none";
  readonly logged: boolean;
}

beforeAll(async () => {
  rooms = await openRooms();
});
afterAll(() => rooms?.close());

async function tell(set: string, cause: Cause | "none", logged: boolean, seed: number): Promise<Told> {
  const data = await readSet(set);
  const scenario = makeScenario(data, cause, logged, createXoshiro(seed));
  const result = await proveOne(rooms, data, scenario, `${set}-${cause}-${seed}`);
  if (process.env.HOMEOSTAT_PROOF_TELL !== undefined)
    process.stdout.write(
      `${JSON.stringify({ set, cause, logged, seed, words: scenario.words, ...result }, null, 1)}\n`,
    );
  return { ...result, set, cause, logged };
}

describe.skipIf(atLength !== undefined)("the diagnosis of a known cause", () => {
  it("finds slice and cause of a source that lost values, among twenty innocent changes", async () => {
    const told = await tell("flights", "source", true, 3);
    expect(told.opened).toBe(1);
    expect(told.sliceRank).toBeLessThanOrEqual(3);
    expect(told.causeRank).toBe(1);
  });

  it("answers that none of the logged changes did it where the cause was not logged, and is silent where nothing happened", async () => {
    const told = await tell("flights", "device", false, 2);
    expect(told.opened).toBe(1);
    expect(told.sliceRank).toBeLessThanOrEqual(3);
    expect(told.named).toBeUndefined();
    expect((await tell("flights", "none", false, 5)).opened).toBe(0);
  });
});

describe.runIf(atLength !== undefined)("the proof at length", () => {
  it(`tells ${runsPerCause} stories of each cause on each set, and writes what came of them`, {
    timeout: 24 * 3_600_000,
  }, async () => {
    const all: Told[] = [];
    for (const set of sets)
      for (let run = 0; run < runsPerCause; run++)
        for (const cause of [...causes, "none"] as const)
          all.push(await tell(set, cause, run % 5 !== 4, 1_000 + 17 * run + causes.indexOf(cause as Cause)));
    const text = readFileSync(document, "utf8");
    const [begin, end] = ["<!-- proof -->", "<!-- end of proof -->"];
    const table = `${begin}\n\n${tableOf(all)}\n${end}`;
    writeFileSync(
      document,
      text.replace(new RegExp(`${begin}[^]*${end}`), () => table),
    );
    expect(all).toHaveLength(sets.length * runsPerCause * (causes.length + 1));
  });
});

function tableOf(all: readonly Told[]): string {
  const head = [
    "Set | Stories with a cause | Incident opened | True slice among the first three | Cause logged: first | Cause not logged: none named | Healthy controls | Incidents on them",
    "--- | ---: | ---: | ---: | ---: | ---: | ---: | ---:",
  ];
  const groups = [
    ...sets.map((set) => [set, all.filter((told) => told.set === set)] as const),
    ...causes.map((cause) => [`all, ${cause}`, all.filter((told) => told.cause === cause)] as const),
    ["all", all] as const,
  ];
  return [...head, ...groups.map(([name, told]) => rowOf(name, told))].map((line) => `| ${line} |\n`).join("");
}

function rowOf(name: string, told: readonly Told[]): string {
  const hurt = told.filter(({ cause }) => cause !== "none");
  const opened = hurt.filter((one) => one.opened > 0);
  const logged = opened.filter((one) => one.logged);
  const unlogged = opened.filter((one) => !one.logged);
  const healthy = told.filter(({ cause }) => cause === "none");
  const share = (of: readonly Told[], holds: (one: Told) => boolean): string =>
    of.length === 0
      ? ""
      : `${of.filter(holds).length} of ${of.length} (${Math.round((100 * of.filter(holds).length) / of.length)} %)`;
  return [
    name,
    hurt.length,
    share(hurt, (one) => one.opened > 0),
    share(opened, (one) => (one.sliceRank ?? 9) <= 3),
    share(logged, (one) => one.causeRank === 1),
    share(unlogged, (one) => one.named === undefined),
    healthy.length === 0 ? "" : healthy.length,
    healthy.length === 0 ? "" : healthy.filter((one) => one.opened > 0).length,
  ].join(" | ");
}
