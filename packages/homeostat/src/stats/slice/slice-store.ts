import type { SliceItem } from "./item-bits.ts";
import { SUMS } from "./joint-sums.ts";
import type { SliceSums } from "./slice-sums.ts";

/** Slices kept from an enumeration, in flat arrays that grow by doubling: a search may keep millions. */
export interface SliceStore {
  readonly size: () => number;
  /** Copies a slice as the visitor of `enumerateLattice` sees it. */
  readonly add: (path: Int32Array, depth: number, sums: Float64Array, at: number) => void;
  readonly itemsAt: (index: number) => readonly SliceItem[];
  readonly sumsAt: (index: number) => SliceSums;
  /** Keeps only the slices at these indices, in this order. */
  readonly keep: (indices: readonly number[]) => void;
}

export function createSliceStore(realValued: boolean): SliceStore {
  let paths = new Int32Array(6 * 1024);
  let depths = new Uint8Array(1024);
  let values = new Float64Array(SUMS * 1024);
  let count = 0;
  const grow = (): void => {
    const wider = new Int32Array(paths.length * 2);
    wider.set(paths);
    paths = wider;
    const deeper = new Uint8Array(depths.length * 2);
    deeper.set(depths);
    depths = deeper;
    const larger = new Float64Array(values.length * 2);
    larger.set(values);
    values = larger;
  };
  return {
    size: () => count,
    add: (path, depth, sums, at) => {
      if (count === depths.length) grow();
      for (let k = 0; k < 6; k++) {
        paths[count * 6 + k] = path[k] as number;
        values[count * SUMS + k] = sums[at + k] as number;
      }
      depths[count] = depth;
      count += 1;
    },
    itemsAt: (index) => {
      const items: SliceItem[] = [];
      for (let k = 0; k < (depths[index] ?? 0); k++) {
        items.push({ column: paths[index * 6 + 2 * k] ?? 0, item: paths[index * 6 + 2 * k + 1] ?? 0 });
      }
      return items;
    },
    sumsAt: (index) => sumsFrom(values, index * SUMS, realValued),
    keep: (indices) => {
      const size = Math.max(1024, indices.length);
      const keptPaths = new Int32Array(6 * size);
      const keptDepths = new Uint8Array(size);
      const keptValues = new Float64Array(SUMS * size);
      indices.forEach((from, to) => {
        keptPaths.set(paths.subarray(from * 6, from * 6 + 6), to * 6);
        keptValues.set(values.subarray(from * SUMS, from * SUMS + SUMS), to * SUMS);
        keptDepths[to] = depths[from] ?? 0;
      });
      paths = keptPaths;
      depths = keptDepths;
      values = keptValues;
      count = indices.length;
    },
  };
}

/** The sums starting at `at` as an object; squares are left out for 0/1 losses, where they equal the losses. */
export function sumsFrom(values: Float64Array, at: number, realValued: boolean): SliceSums {
  const plain = {
    baselineRows: values[at] ?? 0,
    baselineLoss: values[at + 1] ?? 0,
    currentRows: values[at + 3] ?? 0,
    currentLoss: values[at + 4] ?? 0,
  };
  return realValued ? { ...plain, baselineSquares: values[at + 2] ?? 0, currentSquares: values[at + 5] ?? 0 } : plain;
}
