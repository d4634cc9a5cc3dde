import type { WeightedStatistic } from "./paired-bootstrap.ts";

/**
 * Statistic for `pairedBootstrap`: area under the ROC curve of the new scores minus that of the old ones.
 *
 * Ties count half. Null when the weights leave one class empty. Scores are sorted once: O(rows log rows) to make, O(rows)
 * per call. Labels 0/1. Source: Mann and Whitney 1947.
 */
export function aucDifference(
  labels: ArrayLike<number>,
  oldScores: ArrayLike<number>,
  newScores: ArrayLike<number>,
): WeightedStatistic {
  const oldAuc = weightedAuc(labels, oldScores);
  const newAuc = weightedAuc(labels, newScores);
  return (weights) => {
    const before = oldAuc(weights);
    const after = newAuc(weights);
    return before === null || after === null ? null : after - before;
  };
}

function weightedAuc(labels: ArrayLike<number>, scores: ArrayLike<number>): WeightedStatistic {
  if (labels.length !== scores.length) throw new RangeError("one score is needed for every label");
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  return (weights) => {
    let below = 0;
    let positives = 0;
    let won = 0;
    for (let i = 0; i < order.length; ) {
      let tiedNegatives = 0;
      let tiedPositives = 0;
      const score = scores[order[i] ?? 0];
      for (; i < order.length && scores[order[i] ?? 0] === score; i++) {
        const row = order[i] ?? 0;
        if (labels[row] === 1) tiedPositives += weights[row] ?? 0;
        else tiedNegatives += weights[row] ?? 0;
      }
      won += tiedPositives * (below + tiedNegatives / 2);
      below += tiedNegatives;
      positives += tiedPositives;
    }
    return below > 0 && positives > 0 ? won / (below * positives) : null;
  };
}

/** Statistic for `pairedBootstrap`: root mean squared error of the new predictions minus that of the old. O(rows) per call. */
export function rmseDifference(
  truth: ArrayLike<number>,
  oldPredictions: ArrayLike<number>,
  newPredictions: ArrayLike<number>,
): WeightedStatistic {
  if (truth.length !== oldPredictions.length || truth.length !== newPredictions.length) {
    throw new RangeError("one prediction of each model is needed for every row");
  }
  return (weights) => {
    let total = 0;
    let before = 0;
    let after = 0;
    for (let i = 0; i < truth.length; i++) {
      const weight = weights[i] ?? 0;
      total += weight;
      before += weight * ((oldPredictions[i] ?? 0) - (truth[i] ?? 0)) ** 2;
      after += weight * ((newPredictions[i] ?? 0) - (truth[i] ?? 0)) ** 2;
    }
    return total > 0 ? Math.sqrt(after / total) - Math.sqrt(before / total) : null;
  };
}

/** Statistic for `pairedBootstrap`: mean of row-wise differences, such as new loss minus old loss. O(rows) per call. */
export function meanDifference(differences: ArrayLike<number>): WeightedStatistic {
  return (weights) => {
    let total = 0;
    let sum = 0;
    for (let i = 0; i < differences.length; i++) {
      total += weights[i] ?? 0;
      sum += (weights[i] ?? 0) * (differences[i] ?? 0);
    }
    return total > 0 ? sum / total : null;
  };
}
