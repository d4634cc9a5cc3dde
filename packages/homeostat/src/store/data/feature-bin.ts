import type { FrozenFeature, FrozenUnusual } from "../../domain/baseline/baseline.ts";
import { unusualBin } from "../../domain/baseline/unusual.ts";
import { type Binning, newBinOf, nullBinOf } from "../../stats/histogram/binning.ts";
import { edgeBin, type Fragment } from "./edge-bin.ts";

/** The bin of a feature's value in a row, as SQL. `tag` keeps the parameters of several in one statement apart. */
export function featureBin({ name, binning }: FrozenFeature, tag: string): Fragment {
  return binExpression(`f_${name}`, binning, tag);
}

/** How far out a row lies, as SQL: the twin of `unusualScore`. */
export function unusualScoreSql(
  features: readonly FrozenFeature[],
  costs: FrozenUnusual["costs"],
  tag: string,
): Fragment {
  const terms = features.map((feature, place) => {
    const bin = featureBin(feature, `${tag}_${place}`);
    const name = `costs${tag}_${place}`;
    return {
      sql: `arrayElement({${name}:Array(Float64)}, ${bin.sql} + 1)`,
      parameters: { ...bin.parameters, [name]: costs[place] ?? [] },
    };
  });
  return {
    sql: terms.length === 0 ? "toFloat64(0)" : terms.map((term) => term.sql).join(" + "),
    parameters: Object.assign({}, ...terms.map((term) => term.parameters)),
  };
}

/** 1 for a row that lies further out than the limit, else 0. */
export function unusualBinOf(
  features: readonly FrozenFeature[],
  { costs, limit }: FrozenUnusual,
  tag: string,
): Fragment {
  const score = unusualScoreSql(features, costs, tag);
  return {
    sql: `if(${score.sql} > {limit${tag}:Float64}, ${unusualBin}, 0)`,
    parameters: { ...score.parameters, [`limit${tag}`]: limit },
  };
}

/**
 * Bin of a column as SQL: the twin of `binOf` in the statistics room. The arrays are ours and travel as parameters.
 */
function binExpression(column: string, binning: Binning, tag: string): Fragment {
  const nullBin = nullBinOf(binning);
  switch (binning.kind) {
    case "numeric": {
      const bin = rangedBin(`ifNull(${column}, 0)`, binning.edges, tag);
      return {
        sql: `if(isNull(${column}) OR NOT isFinite(ifNull(${column}, 0)), ${nullBin}, ${bin.sql})`,
        parameters: bin.parameters,
      };
    }
    case "categorical": {
      const other = binning.categories.length;
      const unknown = binning.othersComplete ? newBinOf(binning) : other;
      return {
        sql: `if(isNull(${column}), ${nullBin}, transform(toString(ifNull(${column}, '')), {known${tag}:Array(String)}, {ids${tag}:Array(Int16)}, toInt16(${unknown})))`,
        parameters: {
          [`known${tag}`]: [...binning.categories, ...binning.others],
          [`ids${tag}`]: [...binning.categories.map((_, index) => index), ...binning.others.map(() => other)],
        },
      };
    }
  }
}

/**
 * The first and the last edge are compared apart: they stand at the ends of the baseline's range, which one far value can
 * stretch so much that a table of cells over all edges would not pay.
 */
function rangedBin(value: string, edges: readonly number[], tag: string): Fragment {
  const [least, ...rest] = edges;
  const greatest = rest.pop();
  if (least === undefined || greatest === undefined || rest.length === 0) return edgeBin(value, edges, tag);
  const inner = edgeBin(value, rest, tag);
  return {
    sql: `toInt16((${value} >= {least${tag}:Float64}) + ${inner.sql} + (${value} >= {greatest${tag}:Float64}))`,
    parameters: { ...inner.parameters, [`least${tag}`]: least, [`greatest${tag}`]: greatest },
  };
}
