import { describe, expect, it } from "vitest";
import { type CauseCandidate, type CauseEvidence, causePosterior, defaultCauseSettings } from "./cause-posterior.ts";
import { driftShares } from "./drift-shares.ts";

const changeTime = { hours: [10, 11, 12], weights: [0.2, 0.6, 0.2] };

function profile(prior: number, decayHours: number, likelihood: number) {
  return { prior, decayHours, patternLikelihood: { seen: likelihood } };
}

const vectorSettings = {
  ...defaultCauseSettings,
  profiles: { library: profile(0.15, 6, 0.6), deploy: profile(0.25, 2, 0.2), schema: profile(0.25, 6, 0.1) },
};

const vectorEvidence: CauseEvidence = {
  changeTime,
  pattern: "seen",
  candidates: [
    {
      id: "schema",
      kind: "schema",
      atHours: 2,
      lineage: {
        kind: "reach",
        reach: [
          { share: 0.7, distance: 1 },
          { share: 0.3, distance: 1 },
        ],
      },
      exposure: { kind: "none" },
    },
    {
      id: "library",
      kind: "library",
      atHours: 9,
      lineage: {
        kind: "reach",
        reach: [
          { share: 0.7, distance: 1 },
          { share: 0.3, distance: null },
        ],
      },
      exposure: { kind: "contrast", z: 3 },
    },
    {
      id: "deploy",
      kind: "deploy",
      atHours: 10.5,
      lineage: {
        kind: "reach",
        reach: [
          { share: 0.7, distance: null },
          { share: 0.3, distance: 2 },
        ],
      },
      exposure: { kind: "none" },
    },
  ],
};

describe("causePosterior", () => {
  it("reproduces the reference scores, terms and posterior, the unknown cause included", () => {
    const answer = causePosterior(vectorEvidence, vectorSettings);
    if (answer.kind !== "posterior") throw new Error("expected a posterior");
    expect(answer.ranked.map((r) => r.id)).toEqual(["library", "deploy", "schema"]);
    const [library, deploy, schema] = answer.ranked;
    expect(library!.lnScore).toBeCloseTo(-2.3192365719980454, 12);
    expect(deploy!.lnScore).toBeCloseTo(-5.812518200588253, 12);
    expect(schema!.lnScore).toBeCloseTo(-7.317549510245092, 12);
    expect(library!.terms.time).toBeCloseTo(0.12008787721082052, 14);
    expect(deploy!.terms.time).toBeCloseTo(0.38087789019552293, 14);
    expect(schema!.terms.time).toBeCloseTo(0.03739644071328593, 14);
    expect([library!, deploy!, schema!].map((r) => r.terms.lineage)).toEqual(
      [0.5, 0.157, 0.71].map((d) => expect.closeTo(d, 12)),
    );
    expect(library!.terms.exposure).toBeCloseTo(18.19938334438141, 10);
    expect([library!.posterior, deploy!.posterior, schema!.posterior, answer.unknown]).toEqual(
      [0.95482, 0.029027, 0.006444, 0.009709].map((p) => expect.closeTo(p, 5)),
    );
    expect(answer.verdict).toMatchObject({ kind: "named", cause: { id: "library" } });
  });

  it("names nobody when two causes share the evidence evenly", () => {
    const twin = vectorEvidence.candidates[1]!;
    const answer = causePosterior(
      { ...vectorEvidence, candidates: [twin, { ...twin, id: "library-2" }] },
      vectorSettings,
    );
    expect(answer).toMatchObject({ kind: "posterior", verdict: { kind: "candidates" } });
  });

  it("says the cause is unlogged when the log is empty or holds only long past events", () => {
    expect(causePosterior({ ...vectorEvidence, candidates: [] })).toMatchObject({
      unknown: 1,
      verdict: { kind: "unlogged" },
    });
    const old = { ...vectorEvidence.candidates[2]!, atHours: -500 };
    expect(causePosterior({ ...vectorEvidence, candidates: [old] })).toMatchObject({ verdict: { kind: "unlogged" } });
  });

  it("refuses to rank when nobody knows when the change happened", () => {
    expect(causePosterior({ ...vectorEvidence, changeTime: { hours: [], weights: [] } })).toEqual({
      kind: "insufficient",
      reason: "no-change-time",
    });
  });

  it("treats an event well after the onset as no cause, and one within the dating tolerance as possible", () => {
    const at = (atHours: number): number => {
      const answer = causePosterior(
        { ...vectorEvidence, candidates: [{ ...vectorEvidence.candidates[2]!, atHours }] },
        vectorSettings,
      );
      return answer.kind === "posterior" ? answer.ranked[0]!.terms.time : Number.NaN;
    };
    expect(at(15)).toBeCloseTo(1e-6, 12);
    expect(at(13)).toBeGreaterThan(0.3);
  });

  it("does not depend on the order of the log", () => {
    const forward = causePosterior(vectorEvidence, vectorSettings);
    const backward = causePosterior(
      { ...vectorEvidence, candidates: [...vectorEvidence.candidates].reverse() },
      vectorSettings,
    );
    expect(backward).toEqual(forward);
  });

  it("accepts a kind nobody described and unknown lineage without becoming certain", () => {
    const candidate: CauseCandidate = {
      id: "x",
      kind: "full moon",
      atHours: 10,
      lineage: { kind: "unknown" },
      exposure: { kind: "none" },
    };
    expect(causePosterior({ changeTime, pattern: null, candidates: [candidate] })).toMatchObject({
      verdict: { kind: "unlogged" },
    });
  });
});

describe("driftShares", () => {
  it("weights positive debiased PSI by importance and sums to one", () => {
    const answer = driftShares([
      { feature: "a", psiDebiased: 0.3, importance: 2 },
      { feature: "b", psiDebiased: 0.2, importance: 1 },
      { feature: "c", psiDebiased: -0.1, importance: 5 },
    ]);
    expect(answer).toEqual({
      kind: "shares",
      shares: [
        { feature: "a", share: expect.closeTo(0.75, 12) },
        { feature: "b", share: expect.closeTo(0.25, 12) },
        { feature: "c", share: 0 },
      ],
    });
  });

  it("takes importance as equal when nobody knows it, and says when nothing drifted", () => {
    expect(driftShares([{ feature: "a", psiDebiased: 0.3, importance: 0 }])).toEqual({
      kind: "shares",
      shares: [{ feature: "a", share: 1 }],
    });
    expect(driftShares([{ feature: "a", psiDebiased: -0.3, importance: 1 }])).toEqual({ kind: "no-drift" });
    expect(driftShares([])).toEqual({ kind: "no-drift" });
  });
});
