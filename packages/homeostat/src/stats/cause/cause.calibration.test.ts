import { describe, expect, it } from "vitest";
import { normalPairs } from "../random/normal-pairs.ts";
import type { Random } from "../random/random.ts";
import { createXoshiro } from "../random/xoshiro.ts";
import { type CauseCandidate, causePosterior } from "./cause-posterior.ts";
import { defaultCauseProfiles } from "./cause-profile.ts";
import { exposureContrast } from "./difference-in-differences.ts";

const trials = process.env.HOMEOSTAT_TEST_LONG === undefined ? 600 : 6000;
const kinds = Object.entries(defaultCauseProfiles);

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random.next() * values.length)]!;
}

function normal(random: Random): number {
  return normalPairs(random, 1)[0]!;
}

/** An event among all those of fifteen days: touches each feature with probability .3, at a distance of one to three. */
function event(
  random: Random,
  id: string,
  atHours: number,
  kind: string,
  effect: number,
  touched: readonly number[],
  shares: readonly number[],
): CauseCandidate {
  const reach = shares.map((share, f) => {
    const near = touched.includes(f) || random.next() < 0.3;
    return { share, distance: near ? 1 + Math.floor(random.next() * (touched.includes(f) ? 2 : 3)) : null };
  });
  const rows = (n: number, p: number): { n: number; sum: number; sumSquares: number } => {
    let k = 0;
    for (let i = 0; i < n; i++) if (random.next() < p) k += 1;
    return { n, sum: k, sumSquares: k };
  };
  // Distractors are independent of the harm: exposed rows worsen as the others do.
  const contrast = exposureContrast({
    exposedBefore: rows(300, 0.1),
    exposedAfter: rows(300, 0.15 + effect),
    unexposedBefore: rows(300, 0.1),
    unexposedAfter: rows(300, 0.15 - effect / 2),
  });
  const exposure =
    contrast.kind === "contrast" && random.next() < 0.7
      ? ({ kind: "contrast", z: contrast.z } as const)
      : ({ kind: "none" } as const);
  return { id, kind, atHours, lineage: { kind: "reach", reach }, exposure };
}

/** One incident: the cause happens at hour 240, harm follows after the delay of its kind; the onset is dated with error. */
function incident(random: Random, logged: boolean): ReturnType<typeof causePosterior> {
  const [kind, profile] = pick(random, kinds);
  const onset = 240 - profile.decayHours * Math.log(1 - random.next());
  const spread = 1 + 4 * random.next();
  const centre = onset + spread * normal(random);
  const hours = Array.from({ length: 41 }, (_, i) => centre + (i - 20) * (spread / 5));
  const weights = hours.map((h) => Math.exp(-0.5 * ((h - centre) / spread) ** 2));
  const shares = [0.5, 0.25, 0.15, 0.05, 0.03, 0.02];
  const candidates = Array.from({ length: 15 }, (_, i) =>
    event(random, `distractor-${i}`, 360 * random.next(), pick(random, kinds)[0], 0, [], shares),
  );
  if (logged) candidates.push(event(random, "cause", 240, kind, 0.15, [0, 1, 2], shares));
  const patterns = Object.keys(profile.patternLikelihood);
  const pattern = patterns.length > 0 && random.next() < 0.5 ? pick(random, patterns) : null;
  return causePosterior({ changeTime: { hours, weights }, pattern, candidates });
}

function rates(seed: number, logged: boolean): { right: number; wrong: number; top: number; abstained: number } {
  const random = createXoshiro(seed);
  const counts = { right: 0, wrong: 0, top: 0, abstained: 0 };
  for (let trial = 0; trial < trials; trial++) {
    const answer = incident(random, logged);
    if (answer.kind !== "posterior") throw new Error("expected a posterior");
    if (answer.ranked[0]?.id === "cause") counts.top += 1;
    if (answer.verdict.kind !== "named") counts.abstained += 1;
    else if (answer.verdict.cause.id === "cause") counts.right += 1;
    else counts.wrong += 1;
  }
  return {
    right: counts.right / trials,
    wrong: counts.wrong / trials,
    top: counts.top / trials,
    abstained: counts.abstained / trials,
  };
}

describe("causePosterior over many incidents", { timeout: 600_000 }, () => {
  it("accuses nobody, nearly always, when the cause was not logged", () => {
    const answer = rates(51, false);
    expect(answer.wrong).toBeLessThan(0.1);
    expect(answer.abstained).toBeGreaterThan(0.9);
  });

  it("names a logged cause far more often than an innocent event, and ranks it first most of the time", () => {
    const answer = rates(52, true);
    expect(answer.top).toBeGreaterThan(0.85);
    expect(answer.right).toBeGreaterThan(0.5);
    expect(answer.wrong).toBeLessThan(0.04);
  });
});
