/** The pooled, sorted values of two samples: each distinct position once, with how many rows each sample has there. */
export interface OrderedAtoms {
  readonly positions: readonly number[];
  readonly window: readonly number[];
  readonly baseline: readonly number[];
  readonly windowRows: number;
  readonly baselineRows: number;
}

/** Two samples of finite numbers, sorted and pooled; NaN and infinities are left out. Cost: O(n log n). */
export function orderedAtomsOf(window: Iterable<number>, baseline: Iterable<number>): OrderedAtoms {
  const x = Float64Array.from([...window].filter(Number.isFinite)).sort();
  const y = Float64Array.from([...baseline].filter(Number.isFinite)).sort();
  const positions: number[] = [];
  const counts: [number[], number[]] = [[], []];
  let i = 0;
  let j = 0;
  while (i < x.length || j < y.length) {
    const at = Math.min(x[i] ?? Number.POSITIVE_INFINITY, y[j] ?? Number.POSITIVE_INFINITY);
    const [fromX, fromY] = [i, j];
    while (i < x.length && x[i] === at) i += 1;
    while (j < y.length && y[j] === at) j += 1;
    positions.push(at);
    counts[0].push(i - fromX);
    counts[1].push(j - fromY);
  }
  return { positions, window: counts[0], baseline: counts[1], windowRows: x.length, baselineRows: y.length };
}

/** Counts and sums of the values per bin, as a histogram holds them. */
export interface BinnedValues {
  readonly counts: readonly number[];
  readonly sums: readonly number[];
}

/**
 * The atoms of two histograms: each bin of each sample becomes its rows at their own mean (Σx/n).
 *
 * Exact at the level of bins; what it misses is the spread inside a bin. The null bin must be left out by the caller.
 * Empty bins give no atom. Cost: O(B log B).
 */
export function orderedAtomsOfBins(window: BinnedValues, baseline: BinnedValues): OrderedAtoms {
  const atoms = [
    ...window.counts.map((count, bin) => ({ at: (window.sums[bin] ?? 0) / count, window: count, baseline: 0 })),
    ...baseline.counts.map((count, bin) => ({ at: (baseline.sums[bin] ?? 0) / count, window: 0, baseline: count })),
  ]
    .filter((atom) => atom.window + atom.baseline > 0 && Number.isFinite(atom.at))
    .sort((a, b) => a.at - b.at);
  return collected(atoms);
}

/**
 * The atoms of two histograms with one position per bin, the mean of both samples together: the form under which rows
 * can be relabelled at random.
 */
export function sharedAtomsOfBins(window: BinnedValues, baseline: BinnedValues): OrderedAtoms {
  const atoms = window.counts
    .map((count, bin) => {
      const other = baseline.counts[bin] ?? 0;
      const sum = (window.sums[bin] ?? 0) + (baseline.sums[bin] ?? 0);
      return { at: sum / (count + other), window: count, baseline: other };
    })
    .filter((atom) => atom.window + atom.baseline > 0 && Number.isFinite(atom.at))
    .sort((a, b) => a.at - b.at);
  return collected(atoms);
}

function collected(atoms: readonly { at: number; window: number; baseline: number }[]): OrderedAtoms {
  return {
    positions: atoms.map((atom) => atom.at),
    window: atoms.map((atom) => atom.window),
    baseline: atoms.map((atom) => atom.baseline),
    windowRows: atoms.reduce((sum, atom) => sum + atom.window, 0),
    baselineRows: atoms.reduce((sum, atom) => sum + atom.baseline, 0),
  };
}

/**
 * Walks the gaps between neighbouring atoms, calling back with the difference of the two distribution functions there
 * and the width of the gap; the last atom has width 0 and difference 0.
 */
export function forEachGap(
  atoms: OrderedAtoms,
  visit: (difference: number, width: number, pooledShare: number) => void,
): void {
  let below = 0;
  let belowBaseline = 0;
  const rows = atoms.windowRows + atoms.baselineRows;
  atoms.positions.forEach((position, index) => {
    below += atoms.window[index] ?? 0;
    belowBaseline += atoms.baseline[index] ?? 0;
    const width = (atoms.positions[index + 1] ?? position) - position;
    visit(below / atoms.windowRows - belowBaseline / atoms.baselineRows, width, (below + belowBaseline) / rows);
  });
}
