import { describe, expect, it } from "vitest";
import type { Random } from "../random/random.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { defaultSliceSearchOptions, searchSlices } from "./search-slices.ts";
import { isWithin, sliceKey } from "./slice-key.ts";
import type { SlicePredicate } from "./slice-sums.ts";
import type { EncodedRows } from "./slice-table.ts";

const long = process.env.HOMEOSTAT_TEST_LONG !== undefined;
const columnCount = 10;
const valueCount = 6;
const rowCount = 80_000;

interface Plant {
  readonly predicates: readonly SlicePredicate[];
  readonly effect: number;
}

function world(random: Random, plants: readonly Plant[]): EncodedRows {
  const columns = Array.from({ length: columnCount }, () => new Uint8Array(rowCount));
  const loss = new Uint8Array(rowCount);
  const period = new Uint8Array(rowCount);
  const half = new Uint8Array(rowCount);
  for (let i = 0; i < rowCount; i++) {
    for (const column of columns) column[i] = 1 + Math.floor(random.next() * valueCount);
    period[i] = random.next() < 0.5 ? 0 : 1;
    half[i] = random.next() < 0.5 ? 0 : 1;
    let mean = 0.1;
    for (const { predicates, effect } of plants) {
      if (period[i] === 1 && predicates.every((p) => columns[p.column]![i] === p.code)) mean += effect;
    }
    loss[i] = random.next() < mean ? 1 : 0;
  }
  return { columns, loss, period, half };
}

function confirmedIn(rows: EncodedRows): {
  readonly confirmed: readonly (readonly SlicePredicate[])[];
  readonly discovery: number[];
  readonly heldOut: number[];
} {
  const answer = searchSlices(rows, { ...defaultSliceSearchOptions, minimumShare: 0.003 });
  if (answer.kind !== "searched") throw new Error("expected a search");
  const confirmed = answer.degraded.filter((d) => d.confirmation.kind === "confirmed");
  return {
    confirmed: confirmed.map((d) => d.predicates),
    discovery: confirmed.map((d) => (d.discovery.kind === "measured" ? d.discovery.delta : Number.NaN)),
    heldOut: confirmed.map((d) => (d.confirmation.kind === "confirmed" ? d.confirmation.heldOut.delta : Number.NaN)),
  };
}

const pair: Plant = {
  predicates: [
    { column: 1, code: 2 },
    { column: 4, code: 3 },
  ],
  effect: 0.2,
};
const triple: Plant = {
  predicates: [
    { column: 2, code: 5 },
    { column: 6, code: 1 },
    { column: 8, code: 4 },
  ],
  effect: 0.4,
};

describe("searchSlices over many worlds", { timeout: 600_000 }, () => {
  it("confirms nothing where nothing changed, in at least nineteen worlds of twenty", () => {
    const runs = long ? 200 : 20;
    const random = createXoshiro(61);
    let alarmed = 0;
    for (let run = 0; run < runs; run++) alarmed += confirmedIn(world(random, [])).confirmed.length > 0 ? 1 : 0;
    expect(alarmed).toBeLessThanOrEqual(Math.ceil(runs * 0.05 + 3 * Math.sqrt(runs * 0.05 * 0.95)));
  });

  it("recovers a planted pair and a planted triple, with few others, and without the winner's curse", () => {
    const runs = long ? 100 : 15;
    const random = createXoshiro(62);
    let pairs = 0;
    let triples = 0;
    let strangers = 0;
    let curse = 0;
    let bias = 0;
    let measured = 0;
    for (let run = 0; run < runs; run++) {
      const { confirmed, discovery, heldOut } = confirmedIn(world(random, [pair, triple]));
      const keys = confirmed.map(sliceKey);
      pairs += keys.includes(sliceKey(pair.predicates)) ? 1 : 0;
      triples += keys.includes(sliceKey(triple.predicates)) ? 1 : 0;
      const related = (slice: readonly SlicePredicate[]): boolean =>
        [pair, triple].some((plant) => isWithin(slice, plant.predicates) || isWithin(plant.predicates, slice));
      strangers += confirmed.filter((slice) => !related(slice)).length;
      const at = keys.indexOf(sliceKey(pair.predicates));
      if (at === -1) continue;
      curse += discovery[at]! - pair.effect;
      bias += heldOut[at]! - pair.effect;
      measured += 1;
    }
    expect(pairs / runs).toBeGreaterThanOrEqual(0.85);
    expect(triples / runs).toBeGreaterThanOrEqual(0.75);
    expect(strangers / runs).toBeLessThanOrEqual(0.25);
    expect(Math.abs(bias / measured)).toBeLessThan(0.025);
    expect(curse / measured).toBeGreaterThan(-0.02);
  });
});
