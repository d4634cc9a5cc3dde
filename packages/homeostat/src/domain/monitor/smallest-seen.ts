import { detectableNoncentrality } from "../../stats/special/noncentrality-of-tail.ts";
import { normalQuantile } from "../../stats/special/normal-quantile.ts";
import type { NamedMetric, SeriesTest, TestedNumbers } from "./verdict.ts";

/** A shift is "seen" when nine of ten such windows would show it. */
const power = 0.9;

export type Tested = Extract<SeriesTest, { readonly kind: "tested" }>;

/** z of the level plus z of the power: how many standard errors a shift must be away. `level` in (0, 1). */
export function detectableErrors(level: number): number {
  return normalQuantile(1 - level) + normalQuantile(power);
}

/**
 * The smallest debiased PSI that a test at `level` sees in nine of ten windows of this size:
 * φ (1/N + 1/M) · ncp (reference/algorithms 1.2). undefined without bins. Cost: some twenty noncentral tails.
 */
export function smallestPsi(numbers: TestedNumbers, level: number): number | undefined {
  const { bins, rows, baselineRows, overdispersion } = numbers;
  if (bins === undefined || bins < 2 || rows === 0 || baselineRows === 0) return undefined;
  return (overdispersion ?? 1) * (1 / rows + 1 / baselineRows) * noncentrality(level, bins - 1);
}

const known = new Map<string, number>();

/** Asked again and again for the same few numbers of bins. */
function noncentrality(level: number, df: number): number {
  const key = `${level.toPrecision(3)}|${df}`;
  const found = known.get(key) ?? detectableNoncentrality(Number(level.toPrecision(3)), power, df);
  if (known.size < 1_000) known.set(key, found);
  return found;
}

/** The smallest growth of a share that is seen: (z + z)√(φ p(1−p)(1/N + 1/M)), p at least half a row. */
export function smallestShareGrowth(numbers: TestedNumbers, level: number): number | undefined {
  const { rows, baselineRows, overdispersion, baselineValue } = numbers;
  if (rows === 0 || baselineRows === 0) return undefined;
  const share = Math.max(baselineValue ?? 0, 0.5 / baselineRows);
  const variance = (overdispersion ?? 1) * share * (1 - share) * (1 / rows + 1 / baselineRows);
  return detectableErrors(level) * Math.sqrt(variance);
}

/** The smallest move of a metric that is seen, from the widths of its 95 % intervals now and in the baseline. */
export function smallestMetricMove(
  { performance, numbers }: Tested,
  level: number,
  scale: "absolute" | "relative",
): number | undefined {
  const headline: NamedMetric | undefined = performance?.headline;
  const errors = [headline?.value, headline?.baseline].map((estimate) =>
    estimate === undefined ? undefined : (estimate.high - estimate.low) / (2 * normalQuantile(0.975)),
  );
  const [now, before] = errors;
  if (now === undefined || before === undefined) return undefined;
  const move = detectableErrors(level) * Math.sqrt((numbers.overdispersion ?? 1) * (now ** 2 + before ** 2));
  const base = scale === "absolute" ? 1 : Math.abs(numbers.baselineValue ?? 0);
  return base === 0 ? undefined : move / base;
}
