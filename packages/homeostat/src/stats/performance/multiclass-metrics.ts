import { type BinaryMetrics, binaryMetrics, type Metric } from "./binary-metrics.ts";
import { type IntervalOptions, type ResolvedInterval, resolveInterval } from "./estimate.ts";
import { type MulticlassConfusion, oneVersusRest } from "./multiclass-confusion.ts";
import { proportionEstimate } from "./proportion-estimate.ts";
import { firstBadCount, insufficient } from "./refusal.ts";

export interface MulticlassMetrics {
  readonly accuracy: Metric;
  /** Mean recall over the classes that occur. */
  readonly balancedAccuracy: Metric;
  /** Mean precision over the classes that occur and are predicted at least once. */
  readonly macroPrecision: Metric;
  /** Mean F1 over the classes that occur or are predicted. */
  readonly macroF1: Metric;
  /** F1 weighted by how often each class occurs. */
  readonly weightedF1: Metric;
  /** Gorodkin's k-class Matthews correlation. */
  readonly matthewsCorrelation: Metric;
  readonly cohenKappa: Metric;
  readonly perClass: readonly BinaryMetrics[];
}

/**
 * The k-class metrics of a confusion, each with an interval. (Micro-averaged precision, recall and F1 of single-label
 * decisions all equal accuracy, so they are not repeated.)
 *
 * Accuracy: Wilson. The others are smooth functions of the multinomial cell counts: delta method,
 * var = (sum c g^2 - (sum c g)^2 / n) phi with counts c and gradient g, taken on the logit scale for metrics in [0, 1]
 * and on Fisher's z for the correlations. When cells are empty, variance and centre are taken at cells + 1/(2k), the
 * value is not. Coverage drops below nominal when some class has under about 10 rows.
 * Classes that never occur do not count as zeros: averaging them in would punish a window for its mix.
 * O(k^2). Source: Takahashi et al. (2022), Applied Intelligence 52; Gorodkin (2004), Comput. Biol. Chem. 28;
 * Fleiss, Cohen, Everitt (1969), Psychological Bulletin 72, for kappa.
 */
export function multiclassMetrics(confusion: MulticlassConfusion, options: IntervalOptions = {}): MulticlassMetrics {
  const interval = resolveInterval(options);
  const bad = firstBadCount(confusion.cells);
  const table = tableOf(confusion.cells, confusion.classes);
  const all = Array.from({ length: confusion.classes }, (_, c) => c);
  const occurring = all.filter((c) => at(table.actual, c) > 0);
  const foundable = occurring.filter((c) => at(table.decided, c) > 0);
  const seen = all.filter((c) => at(table.actual, c) + at(table.decided, c) > 0);
  const smooth = (statistic: Statistic, scale: Scale): Metric =>
    bad ?? (total(table) === 0 ? insufficient("no-rows", 0, 1) : deltaEstimate(confusion, statistic, scale, interval));
  const correlation = (statistic: Statistic): Metric => {
    const fewest = Math.min(occurring.length, all.filter((c) => at(table.decided, c) > 0).length);
    return total(table) > 0 && fewest < 2 ? insufficient("one-class", fewest, 2) : smooth(statistic, "correlation");
  };
  return {
    accuracy: bad ?? proportionEstimate(table.hit.reduce(add, 0), total(table), options),
    balancedAccuracy: smooth(
      averageOf(occurring, (t, c) => at(t.hit, c) / at(t.actual, c)),
      "unit",
    ),
    macroPrecision:
      occurring.length > 0 && foundable.length === 0
        ? insufficient("no-predicted-positives", 0, 1)
        : smooth(
            averageOf(foundable, (t, c) => at(t.hit, c) / at(t.decided, c)),
            "unit",
          ),
    macroF1: smooth(averageOf(seen, f1Of), "unit"),
    weightedF1: smooth((t) => occurring.reduce((sum, c) => sum + (at(t.actual, c) / total(t)) * f1Of(t, c), 0), "unit"),
    matthewsCorrelation: correlation(gorodkin),
    cohenKappa: correlation(kappa),
    perClass: all.map((c) => binaryMetrics(oneVersusRest(confusion, c), options)),
  };
}

type Scale = "unit" | "correlation";

/** All that the metrics ask of a confusion: hits, true and decided counts per class. */
interface Table {
  readonly hit: Float64Array;
  readonly actual: Float64Array;
  readonly decided: Float64Array;
}

type Statistic = (table: Table) => number;

function add(a: number, b: number): number {
  return a + b;
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}

function total(table: Table): number {
  return table.actual.reduce(add, 0);
}

function tableOf(cells: ArrayLike<number>, classes: number): Table {
  const hit = new Float64Array(classes);
  const actual = new Float64Array(classes);
  const decided = new Float64Array(classes);
  for (let t = 0; t < classes; t++)
    for (let d = 0; d < classes; d++) {
      const count = cells[t * classes + d] ?? 0;
      actual[t] = at(actual, t) + count;
      decided[d] = at(decided, d) + count;
      if (t === d) hit[t] = count;
    }
  return { hit, actual, decided };
}

function averageOf(classes: readonly number[], of: (table: Table, cls: number) => number): Statistic {
  return (table) => classes.reduce((sum, c) => sum + of(table, c), 0) / classes.length;
}

function f1Of(table: Table, cls: number): number {
  const denominator = at(table.actual, cls) + at(table.decided, cls);
  return denominator === 0 ? 0 : (2 * at(table.hit, cls)) / denominator;
}

function sharesOf(table: Table): { hits: number; cross: number; actualSquares: number; decidedSquares: number } {
  const n = total(table);
  let hits = 0;
  let cross = 0;
  let actualSquares = 0;
  let decidedSquares = 0;
  for (let c = 0; c < table.hit.length; c++) {
    const actual = at(table.actual, c) / n;
    const decided = at(table.decided, c) / n;
    hits += at(table.hit, c) / n;
    cross += actual * decided;
    actualSquares += actual * actual;
    decidedSquares += decided * decided;
  }
  return { hits, cross, actualSquares, decidedSquares };
}

function gorodkin(table: Table): number {
  const { hits, cross, actualSquares, decidedSquares } = sharesOf(table);
  return (hits - cross) / Math.sqrt((1 - actualSquares) * (1 - decidedSquares));
}

function kappa(table: Table): number {
  const { hits, cross } = sharesOf(table);
  return (hits - cross) / (1 - cross);
}

function deltaEstimate(
  confusion: MulticlassConfusion,
  statistic: Statistic,
  scale: Scale,
  { alpha, overdispersion, z }: ResolvedInterval,
): Metric {
  const { cells, classes } = confusion;
  const table = tableOf(cells, classes);
  const value = statistic(table);
  const padded = cells.some((count) => count === 0) ? cells.map((count) => count + 0.5 / classes) : cells;
  const centreValue = statistic(tableOf(padded, classes));
  const standardError = Math.sqrt(multinomialVariance(padded, classes, statistic) * overdispersion);
  const unit = scale === "unit";
  const slope = unit ? centreValue * (1 - centreValue) : 1 - centreValue ** 2;
  const centre = unit ? Math.log(centreValue / (1 - centreValue)) : Math.atanh(centreValue);
  const half = (z * standardError) / slope;
  const back = unit ? (x: number): number => 1 / (1 + Math.exp(-x)) : Math.tanh;
  const n = total(table);
  return {
    kind: "estimate",
    value,
    standardError,
    lower: Math.min(value, back(centre - half)),
    upper: Math.max(value, back(centre + half)),
    alpha,
    n,
    effectiveN: n / overdispersion,
    method: unit ? "delta-logit" : "delta-fisher-z",
  };
}

/**
 * One more row in cell (t, d) moves actual_t, decided_d and, on the diagonal, hit_t: 3k partial derivatives give the
 * gradient of all k^2 cells.
 */
function multinomialVariance(cells: Float64Array, classes: number, statistic: Statistic): number {
  const table = tableOf(cells, classes);
  const n = total(table);
  const byHit = partials(table, "hit", statistic);
  const byActual = partials(table, "actual", statistic);
  const byDecided = partials(table, "decided", statistic);
  let first = 0;
  let second = 0;
  for (let t = 0; t < classes; t++)
    for (let d = 0; d < classes; d++) {
      const count = cells[t * classes + d] ?? 0;
      const slope = at(byActual, t) + at(byDecided, d) + (t === d ? at(byHit, t) : 0);
      first += count * slope;
      second += count * slope * slope;
    }
  return Math.max(0, second - (first * first) / n);
}

/** Central differences: the statistics are smooth ratios, so a relative step of 1e-5 is good to about 1e-10. */
function partials(table: Table, of: keyof Table, statistic: Statistic): Float64Array {
  const moved = Float64Array.from(table[of]);
  const changed: Table = { ...table, [of]: moved };
  return table[of].map((value, c) => {
    const step = 1e-5 * Math.max(value, 1e-3);
    moved[c] = value + step;
    const above = statistic(changed);
    moved[c] = value - step;
    const below = statistic(changed);
    moved[c] = value;
    return (above - below) / (2 * step);
  });
}
