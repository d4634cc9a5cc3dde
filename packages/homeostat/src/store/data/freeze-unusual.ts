import type { FrozenFeature, FrozenUnusual } from "../../domain/baseline/baseline.ts";
import { binCosts, unusualShare } from "../../domain/baseline/unusual.ts";
import { binCountOf } from "../../stats/histogram/binning.ts";
import type { DataClient } from "./data-client.ts";
import { featureBin, unusualScoreSql } from "./feature-bin.ts";

/** Above the score of the row at the limit, whichever way the last digit of a sum is rounded. */
const aboveRounding = 1 + 1e-9;

/** Decides what each bin costs and from where on a row is unusual. Two scans, one by feature and one over all of them. */
export async function freezeUnusual(
  client: DataClient,
  source: string,
  release: string,
  features: readonly FrozenFeature[],
): Promise<FrozenUnusual> {
  const costs = await Promise.all(
    features.map(async (feature) => {
      const bin = featureBin(feature, "_0");
      const rows = await client.rows<{ bin: number; n: string }>(
        `SELECT ${bin.sql} AS bin, count() AS n FROM ${source} GROUP BY bin`,
        { release, ...bin.parameters },
      );
      const counts = new Array<number>(binCountOf(feature.binning)).fill(0);
      for (const row of rows) counts[row.bin] = Number(row.n);
      return binCosts(feature.binning, counts);
    }),
  );
  const score = unusualScoreSql(features, costs, "_0");
  const [row] = await client.rows<{ limit: number }>(
    `SELECT quantileExact(${1 - unusualShare})(${score.sql}) AS limit FROM ${source}`,
    { release, ...score.parameters },
  );
  return { costs, limit: (row?.limit ?? 0) * aboveRounding };
}
