import type { MonitorKind } from "../finding/finding.ts";
import { conceptDrift } from "./kinds/concept-drift.ts";
import { contract } from "./kinds/contract.ts";
import { errorRate } from "./kinds/error-rate.ts";
import { estimatedPerformance } from "./kinds/estimated-performance.ts";
import { inputDrift } from "./kinds/input-drift.ts";
import { latency } from "./kinds/latency.ts";
import { newCategory } from "./kinds/new-category.ts";
import { nullRate } from "./kinds/null-rate.ts";
import { performance } from "./kinds/performance.ts";
import { predictionDrift } from "./kinds/prediction-drift.ts";
import { sloBurn } from "./kinds/slo-burn.ts";
import { volume } from "./kinds/volume.ts";
import type { MonitorDefinition } from "./monitor.ts";

/** Every kind of monitor. A kind without a definition does not compile. */
export const monitors = {
  "input-drift": inputDrift,
  "prediction-drift": predictionDrift,
  "null-rate": nullRate,
  "new-category": newCategory,
  volume,
  performance,
  "estimated-performance": estimatedPerformance,
  "concept-drift": conceptDrift,
  contract,
  latency,
  "error-rate": errorRate,
  "slo-burn": sloBurn,
} as const satisfies Record<MonitorKind, MonitorDefinition>;
