import type { EstimateCell } from "@homeostat/protocol";
import { isoOf } from "../../domain/instant.ts";
import type { WindowVerdict } from "../../domain/monitor/verdict.ts";
import type { Handlers } from "../handler.ts";
import type { House } from "./house.ts";
import { segmentAnswer, verdictsOf } from "./sensing-routes.ts";

/** Performance estimated while labels are late, beside what turned out and how often estimates were right. */
export function estimateHandlers(house: House): Pick<Handlers, "estimates"> {
  return {
    estimates: async ({ path, query }) => {
      const found = await verdictsOf(house, path.system, "estimated-performance", query);
      return found.kind === "refused" ? found : { kind: "ok", value: { items: found.verdicts.map(estimateAnswer) } };
    },
  };
}

function estimateAnswer({ window, verdict }: WindowVerdict): EstimateCell {
  const { test } = verdict;
  const { estimate, record } = test;
  return {
    window: isoOf(window),
    segment: segmentAnswer(test.key.segment),
    metric: test.key.metric as EstimateCell["metric"],
    state: verdict.state,
    reason: test.kind === "untested" ? test.reason : null,
    rows: estimate?.rows ?? (test.kind === "untested" ? test.rows : 0),
    labelledRows: estimate?.labelledRows ?? 0,
    unseenShare: estimate?.unseenShare ?? null,
    metrics: (estimate?.metrics ?? []).map(({ name, estimated, baseline, realised }) => ({
      name,
      estimated,
      baseline: baseline ?? null,
      realised: realised ?? null,
      // an interval of 95 % claims that this is true nineteen times in twenty
      held: realised === undefined ? null : realised >= estimated.low && realised <= estimated.high,
    })),
    corrected:
      estimate?.corrected === undefined
        ? null
        : {
            name: estimate.corrected.name,
            value: estimate.corrected.value,
            labels: estimate.corrected.labels,
            bias: estimate.corrected.bias,
            biasPValue: estimate.corrected.biasPValue,
            randomPValue: estimate.corrected.randomPValue,
          },
    record:
      record === undefined
        ? null
        : {
            metric: record.metric,
            windows: record.windows,
            covered: record.covered,
            meanMiss: record.meanMiss ?? null,
            meanBias: record.meanBias ?? null,
            standing: record.standing,
          },
    assumption: "outcomes follow predictions as they did in the baseline: concept drift cannot be seen in this number",
  };
}
