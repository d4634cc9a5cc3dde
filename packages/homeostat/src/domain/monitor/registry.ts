import type { MonitorKind } from "../finding/finding.ts";
import { cohortConsistency } from "./kinds/cohort-consistency.ts";
import { conceptDrift } from "./kinds/concept-drift.ts";
import { contract } from "./kinds/contract.ts";
import { errorRate } from "./kinds/error-rate.ts";
import { estimatedPerformance } from "./kinds/estimated-performance.ts";
import { featureAge } from "./kinds/feature-age.ts";
import { inputDrift } from "./kinds/input-drift.ts";
import { latency } from "./kinds/latency.ts";
import { multivariateDrift } from "./kinds/multivariate-drift.ts";
import { newCategory } from "./kinds/new-category.ts";
import { nonDeterminism } from "./kinds/non-determinism.ts";
import { nullRate } from "./kinds/null-rate.ts";
import { outOfDistribution } from "./kinds/out-of-distribution.ts";
import { outOfRange } from "./kinds/out-of-range.ts";
import { performance } from "./kinds/performance.ts";
import { predictionDrift } from "./kinds/prediction-drift.ts";
import { probing } from "./kinds/probing.ts";
import { silentDegradation } from "./kinds/silent-degradation.ts";
import { sloBurn } from "./kinds/slo-burn.ts";
import { trainingServingSkew } from "./kinds/training-serving-skew.ts";
import { volume } from "./kinds/volume.ts";
import type { MonitorDefinition } from "./monitor.ts";

/** Every kind of monitor. A kind without a definition does not compile. */
export const monitors = {
  "input-drift": inputDrift,
  "prediction-drift": predictionDrift,
  "null-rate": nullRate,
  "new-category": newCategory,
  "out-of-range": outOfRange,
  "out-of-distribution": outOfDistribution,
  "training-serving-skew": trainingServingSkew,
  "multivariate-drift": multivariateDrift,
  "feature-age": featureAge,
  probing,
  "non-determinism": nonDeterminism,
  volume,
  performance,
  "estimated-performance": estimatedPerformance,
  "concept-drift": conceptDrift,
  "silent-degradation": silentDegradation,
  "cohort-consistency": cohortConsistency,
  contract,
  latency,
  "error-rate": errorRate,
  "slo-burn": sloBurn,
} as const satisfies Record<MonitorKind, MonitorDefinition>;
