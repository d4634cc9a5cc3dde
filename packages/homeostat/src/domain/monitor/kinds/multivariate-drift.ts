import type { SeparationReport } from "../../examination/separation.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { chosenSegments, metricOf } from "../settings.ts";
import { untested } from "../untested.ts";
import { windowsRunning } from "../wording.ts";

const featuresNamed = 3;

/**
 * Inputs that moved together while each alone may look calm (R12): can trees tell the window's rows from the baseline's
 * better than they tell healthy windows from it? Asked of windows that were examined: on demand, and by itself at most
 * once a day per system, since it trains classifiers.
 *
 * Default: an area 0.1 above that of healthy windows; held-out parts of real flights stayed below 0.56
 * (`separate-rows.test.ts`).
 */
export const multivariateDrift: MonitorDefinition = {
  kind: "multivariate-drift",
  layer: "model",
  area: "upstream-data",
  defaults: {
    severity: "warning",
    metrics: {
      separation: { threshold: 0.1, persistenceWindows: 1, unit: "area under the curve above healthy windows" },
    },
  },
  covers: ["joint-drift"],
  needs: ["separation"],
  rule: (metric, settings) => {
    const { threshold, persistenceWindows } = metricOf(settings, metric);
    return `a classifier tells the window's rows from the baseline's with an area ${threshold} above that of healthy windows, significant after control of false discoveries, in ${windowsRunning(persistenceWindows)}`;
  },
  sentence: (_, numbers) =>
    `a classifier tells these rows from the baseline's: area ${numbers.value.toFixed(3)}, where healthy windows give ${(numbers.baselineValue ?? 0).toFixed(3)}${numbers.detail === undefined ? "" : `; given away by ${numbers.detail}`}`,
  ask: ({ evidence: { separation }, picture }, settings) => {
    if (chosenSegments(settings, [undefined]).length === 0) return [];
    const key = {
      monitor: "multivariate-drift",
      metric: "separation",
      segment: undefined,
      feature: undefined,
    } as const;
    if (separation === undefined || separation.baseline !== picture.baseline.id)
      return [
        untested(key, "not-checked", "this window was not examined: homeostat examine does it", {
          rows: 0,
          baselineRows: 0,
        }),
      ];
    const healthy = meanOf(separation.healthyAucs);
    return [
      {
        kind: "tested",
        key,
        numbers: {
          variant: "auc/cross-fitted-trees",
          value: separation.auc,
          baselineValue: healthy,
          effect: separation.auc - healthy,
          threshold: metricOf(settings, key.metric).threshold,
          pValue: separation.pValue,
          expectedByChance: healthy,
          lowerBound: undefined,
          overdispersion: undefined,
          rows: separation.rows,
          baselineRows: separation.baselineRows,
          bins: undefined,
          detail: featuresOf(separation),
        },
      },
    ];
  },
};

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function featuresOf({ givenAwayBy }: SeparationReport): string | undefined {
  const named = givenAwayBy.slice(0, featuresNamed).map(({ feature }) => `\`${feature}\``);
  return named.length === 0 ? undefined : named.join(", ");
}
