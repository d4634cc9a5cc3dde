import { describe, expect, it } from "vitest";
import type { Random } from "../random/random.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { mcnemarTest } from "./mcnemar-test.ts";
import { pairedEvidenceFromCounts } from "./paired-evidence.ts";
import { releaseVerdict } from "./release-verdict.ts";

const long = process.env.HOMEOSTAT_TEST_LONG !== undefined;
const replicates = long ? 2000 : 300;
const maximumPairs = long ? 20_000 : 12_000;

interface World {
  /** Rate of new wrong, old right. */
  readonly worse: number;
  /** Rate of new right, old wrong. */
  readonly better: number;
}

/** Looks every 50 pairs until a decision. */
function watch(
  random: Random,
  world: World,
): { readonly verdict: string; readonly pairs: number; readonly mcnemarHarm: boolean } {
  const counts = { newBetter: 0, equal: 0, newWorse: 0 };
  let mcnemarHarm = false;
  let largestLnHarm = 0;
  for (let pairs = 50; pairs <= maximumPairs; pairs += 50) {
    for (let i = 0; i < 50; i++) {
      const u = random.next();
      if (u < world.worse) counts.newWorse += 1;
      else if (u < world.worse + world.better) counts.newBetter += 1;
      else counts.equal += 1;
    }
    const evidence = pairedEvidenceFromCounts(counts, 0.01);
    largestLnHarm = Math.max(largestLnHarm, evidence.lnHarm);
    if (!mcnemarHarm && counts.newWorse > counts.newBetter) {
      const test = mcnemarTest(counts.newWorse, counts.newBetter);
      mcnemarHarm = test.kind === "tested" && test.midP / 2 < 0.05;
    }
    const answer = releaseVerdict(
      { evidence, largestLnHarm, unscoredPairs: 0, protectedSlices: [] },
      { ...settings, maximumPairs },
    );
    if (answer.verdict !== "inconclusive") return { verdict: answer.verdict, pairs, mcnemarHarm };
  }
  return { verdict: "inconclusive", pairs: maximumPairs, mcnemarHarm };
}

const settings = {
  alpha: 0.05,
  margin: 0.01,
  minimumPairs: 200,
  minimumDiscordant: 10,
  minimumSlicePairs: 50,
  maximumUnscoredShare: 0.1,
  assumedDiscordance: 0.1,
  sequentialInflation: 1.5,
};

function shares(
  seed: number,
  world: World,
): { rollback: number; promote: number; hold: number; mcnemar: number; median: number } {
  const random = createXoshiro(seed);
  const runs = Array.from({ length: replicates }, () => watch(random, world));
  const share = (verdict: string): number => runs.filter((r) => r.verdict === verdict).length / replicates;
  const pairs = runs.map((r) => r.pairs).sort((a, b) => a - b);
  return {
    rollback: share("rollback"),
    promote: share("promote"),
    hold: share("hold"),
    mcnemar: runs.filter((r) => r.mcnemarHarm).length / replicates,
    median: pairs[replicates >> 1]!,
  };
}

/** Five percent plus three binomial standard errors: beyond it the guarantee is broken, not unlucky. */
const allowed = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / replicates);

describe("release verdicts under peeking every 50 pairs", { timeout: 600_000 }, () => {
  it("roll back an equal model at most one time in twenty, where a peeked McNemar would do it far more often", () => {
    const equal = shares(101, { worse: 0.03, better: 0.03 });
    expect(equal.rollback).toBeLessThanOrEqual(allowed);
    expect(equal.promote).toBeGreaterThan(0.85);
    expect(equal.mcnemar).toBeGreaterThan(0.15);
  });

  it("promote a model that is worse by exactly the margin at most one time in twenty", () => {
    expect(shares(102, { worse: 0.035, better: 0.025 }).promote).toBeLessThanOrEqual(allowed);
  });

  it("roll back a clearly worse model nearly always, and soon", () => {
    const worse = shares(103, { worse: 0.07, better: 0.02 });
    expect(worse.rollback).toBeGreaterThan(0.97);
    expect(worse.promote).toBeLessThanOrEqual(0.01);
    expect(worse.median).toBeLessThan(900);
  });

  it("promote a clearly better model nearly always", () => {
    const better = shares(104, { worse: 0.02, better: 0.04 });
    expect(better.promote).toBeGreaterThan(0.97);
    expect(better.rollback).toBeLessThanOrEqual(allowed);
  });
});
