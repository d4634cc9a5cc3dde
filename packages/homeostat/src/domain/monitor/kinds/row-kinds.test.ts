import { describe, expect, it } from "vitest";
import { withRange } from "../../../stats/histogram/with-range.ts";
import { sampleSystem } from "../../../store/conformance/control-sample.ts";
import { segmentKey, type WindowProfile } from "../../baseline/profile-store.ts";
import type { Crowd, FeatureAge, RepeatedQuestions } from "../../baseline/row-facts.ts";
import { unusualSubject } from "../../baseline/unusual.ts";
import type { MonitorKind } from "../../finding/finding.ts";
import type { FeatureReplay } from "../../skew/replay.ts";
import type { WindowEvidence } from "../evidence/window-evidence.ts";
import type { MonitorDefinition } from "../monitor.ts";
import { defaultMonitor } from "../monitors-of.ts";
import { referencePictureOf } from "../reference-picture.ts";
import { monitors } from "../registry.ts";
import { dayWindow, profileOf, type SampleRow, sampleBaseline } from "../sample-picture.ts";
import type { SeriesTest } from "../verdict.ts";

// Values 0 to 9 were seen: below bin 1 and from bin 11 on nothing was.
const ranged = withRange({ kind: "numeric", edges: [1, 2, 3, 4, 5, 6, 7, 8, 9], points: [] }, 0, 9.5);
const plain = sampleBaseline({ load: ranged }, ["ATL", "LAX"], 12, "none");
const baseline = {
  ...plain,
  features: plain.features.map((feature) => ({ ...feature, range: { least: 0, greatest: 9.5 } })),
  unusual: { costs: [[]], limit: 5 },
};
const day = (outside = 0): SampleRow[] =>
  Array.from({ length: 400 }, (_, index) => ({
    place: index % 2 === 0 ? "ATL" : "LAX",
    bins: { load: index < outside ? 11 : 1 + (index % 10) },
    scoreBin: index % 10,
    outcome: undefined,
  }));

/** Of the rows of every segment value so many lie far out. */
function withUnusual(profile: WindowProfile, far: number): WindowProfile {
  const features = new Map([...profile.features].map(([key, subjects]) => [key, new Map(subjects)]));
  for (const [key, subjects] of features) {
    const rows = key === "" ? 400 : 200;
    subjects.set(unusualSubject, { bins: [0, 1], counts: [rows - far, far] });
  }
  return { ...profile, features };
}

const picture = referencePictureOf(
  baseline,
  baseline.windows.map((window) => withUnusual(profileOf(baseline, window, day()), 1)),
);
const owners = sampleSystem("sample").owners;

function ask(kind: MonitorKind, evidence: WindowEvidence, profile = profileOf(baseline, dayWindow(20), day())) {
  const definition: MonitorDefinition = monitors[kind];
  const tests = definition.ask(
    { picture, profile, season: "all", outcomesMature: true, evidence },
    defaultMonitor(kind, owners),
  );
  for (const test of tests) {
    expect(definition.rule(test.key.metric, defaultMonitor(kind, owners))).not.toMatch(/undefined|NaN/);
    if (test.kind === "tested") expect(definition.sentence(test.key, test.numbers)).not.toMatch(/undefined|NaN/);
  }
  return tests;
}
const numbersOf = (test: SeriesTest | undefined) => (test?.kind === "tested" ? test.numbers : undefined);
const reasonOf = (test: SeriesTest | undefined) =>
  test?.kind === "untested" ? `${test.state}: ${test.reason}` : "tested";
const sentenceOf = (kind: MonitorKind, test: SeriesTest | undefined): string =>
  test?.kind === "tested" ? monitors[kind].sentence(test.key, test.numbers) : "";

describe("values outside the range of the baseline", () => {
  it("are counted in every segment, and their chance is exact", () => {
    const tests = ask("out-of-range", {}, profileOf(baseline, dayWindow(20), day(30)));
    const all = tests.find(({ key }) => key.segment === undefined);
    expect(numbersOf(all)).toMatchObject({ value: 0.075, variant: "share/hypergeometric", baselineRows: 4_800 });
    expect(numbersOf(all)?.pValue).toBeLessThan(1e-20);
    expect(numbersOf(tests.find(({ key }) => key.segment?.value === "ATL"))?.value).toBe(0.075);
    expect(numbersOf(ask("out-of-range", {})[0])).toMatchObject({ value: 0, pValue: 1 });
  });

  it("are not checked against a baseline that holds no range", () => {
    const old = referencePictureOf(plain, []);
    const profile = profileOf(plain, dayWindow(20), day(30));
    const [test] = monitors["out-of-range"].ask(
      { picture: old, profile, season: "all", outcomesMature: true, evidence: {} },
      defaultMonitor("out-of-range", owners),
    );
    expect(reasonOf(test)).toBe("not-checked: the baseline holds no range of it");
  });
});

describe("rows far from the baseline", () => {
  it("are held against the share that the segment always had", () => {
    const tests = ask("out-of-distribution", {}, withUnusual(profileOf(baseline, dayWindow(20), day()), 40));
    expect(numbersOf(tests[0])).toMatchObject({ value: 0.1, baselineValue: 1 / 400 });
    expect(numbersOf(tests[0])?.pValue).toBeLessThan(1e-6);
    const calm = ask("out-of-distribution", {}, withUnusual(profileOf(baseline, dayWindow(20), day()), 1));
    expect(numbersOf(calm[0])?.effect).toBe(0);
    expect(tests.map(({ key }) => key.segment && segmentKey(key.segment.name, key.segment.value))).toContain(
      "place=LAX",
    );
  });
});

describe("training-serving skew", () => {
  const replayed = (one: Partial<FeatureReplay>): WindowEvidence => ({
    replay: {
      kind: "replayed",
      report: {
        release: "r",
        pipeline: "pl",
        rows: 3_000,
        withVector: 3_000,
        windowRows: 9_000,
        features: [
          {
            feature: "hour",
            rows: 3_000,
            mismatched: 0,
            rate: { value: 0, lower: 0, upper: 0.001, atMost: 0.001 },
            conclusion: { kind: "match" },
            examples: [],
            ...one,
          },
        ],
      },
    },
  });

  it("is a finding from a few systematic mismatches on, with the rule in words", () => {
    const [test] = ask(
      "training-serving-skew",
      replayed({
        mismatched: 30,
        rate: { value: 0.01, lower: 0.007, upper: 0.014, atMost: 0.013 },
        conclusion: {
          kind: "named",
          cause: "time-zone",
          pattern: { pattern: "timezone_hours", hours: -5 },
          share: 1,
          words: "-5 hours from training's, as in another time zone",
        },
      }),
    );
    expect(numbersOf(test)).toMatchObject({ value: 0.01, effect: 0.01, threshold: 0.001 });
    expect(numbersOf(test)?.pValue).toBeLessThan(1e-15);
    expect(sentenceOf("training-serving-skew", test)).toBe(
      "`hour` is computed otherwise in serving than in training: 30 of 3,000 replayed rows differ; in 100 % of them the served value is -5 hours from training's, as in another time zone (time-zone)",
    );
  });

  it("is none where rows match, or where a handful differs", () => {
    expect(numbersOf(ask("training-serving-skew", replayed({}))[0])).toMatchObject({ effect: 0, pValue: 1 });
    const few = replayed({ mismatched: 3, rate: { value: 0.001, lower: 0, upper: 0.003, atMost: 0.003 } });
    expect(numbersOf(ask("training-serving-skew", few)[0])).toMatchObject({ effect: 0 });
  });

  it("is not checked where rows do not tell the vector", () => {
    const none = { kind: "not-replayed", reason: "no-vectors", message: "none of the 9 rows tells it" } as const;
    expect(reasonOf(ask("training-serving-skew", { replay: none })[0])).toBe(
      "not-checked: none of the 9 rows tells it",
    );
    expect(reasonOf(ask("training-serving-skew", {})[0])).toBe("not-checked: no rows were replayed");
  });
});

describe("multivariate drift", () => {
  const separation = {
    baseline: baseline.id,
    rows: 500,
    baselineRows: 500,
    auc: 0.8,
    healthyAucs: [0.51, 0.53, 0.49, 0.52],
    pValue: 1e-4,
    givenAwayBy: [{ feature: "hour", drop: 0.2 }],
  };
  it("is the area above that of healthy windows, and names what gives the window away", () => {
    const [test] = ask("multivariate-drift", { separation });
    expect(numbersOf(test)?.effect).toBeCloseTo(0.8 - 0.5125, 9);
    expect(sentenceOf("multivariate-drift", test)).toMatch(/given away by `hour`$/);
  });
  it("is not checked where nobody examined the window, or against another baseline", () => {
    for (const evidence of [{}, { separation: { ...separation, baseline: "b-old" } }])
      expect(reasonOf(ask("multivariate-drift", evidence)[0])).toMatch(/^not-checked: this window was not examined/);
  });
});

describe("ages of features", () => {
  const age: FeatureAge = {
    feature: "load",
    rows: 1_000,
    median: 7_200,
    p99: 10_800,
    greatest: 90_000,
    limit: 3_600,
    limitFrom: "declared",
    overLimit: 400,
    baselineRows: 0,
    baselineOverLimit: 0,
  };
  it("are held against the declared limit, or against the baseline's", () => {
    const [declared] = ask("feature-age", { ages: [age] });
    expect(numbersOf(declared)).toMatchObject({ value: 0.4, variant: "share/declared-limit" });
    expect(numbersOf(declared)?.pValue).toBeLessThan(1e-50);
    expect(sentenceOf("feature-age", declared)).toContain("median 2 hours");
    const healthy = {
      ...age,
      limitFrom: "baseline",
      overLimit: 10,
      baselineRows: 5_000,
      baselineOverLimit: 50,
    } as const;
    expect(numbersOf(ask("feature-age", { ages: [healthy] })[0])).toMatchObject({ effect: 0 });
    expect(numbersOf(ask("feature-age", { ages: [{ ...healthy, overLimit: 90 }] })[0])).toMatchObject({ effect: 0.08 });
  });
  it("are not checked where nobody tells them or nothing limits them", () => {
    expect(reasonOf(ask("feature-age", { ages: [] })[0])).toMatch(/^not-checked: no sender told/);
    const free = { ...age, limit: undefined, limitFrom: undefined };
    expect(reasonOf(ask("feature-age", { ages: [free] })[0])).toMatch(/^not-checked: no limit is declared/);
  });
});

describe("probing", () => {
  const crowd: Crowd = {
    by: "caller",
    who: "key-7",
    rows: 300,
    distinct: 290,
    nearThreshold: 260,
    positives: 140,
    windowStart: undefined,
  };
  const reference: readonly Crowd[] = [12, 20, 9].map((distinct) => ({ ...crowd, who: "", distinct, windowStart: 1 }));
  const crowds = (one: Partial<Crowd>): WindowEvidence => ({
    crowds: { crowds: [{ ...crowd, ...one }], reference, band: { least: 0.4, greatest: 0.6 }, bandShare: 0.1 },
  });
  it("is one caller's crowd at the threshold, and who it is", () => {
    const [test] = ask("probing", crowds({}));
    expect(numbersOf(test)).toMatchObject({ value: 290, baselineValue: 20, effect: 14.5 });
    expect(numbersOf(test)?.pValue).toBeLessThan(1e-50);
    expect(sentenceOf("probing", test)).toMatch(/^caller "key-7" \(87 % of the scores about the threshold\)/);
  });
  it("is none when the crowd lies elsewhere, gets one answer only, or is as large as usual", () => {
    expect(numbersOf(ask("probing", crowds({ nearThreshold: 30 }))[0])?.pValue).toBeGreaterThan(0.01);
    expect(numbersOf(ask("probing", crowds({ positives: 0 }))[0])).toMatchObject({ value: 0, pValue: 1 });
    expect(numbersOf(ask("probing", crowds({ distinct: 25 }))[0])?.effect).toBe(0);
  });
  it("is not checked where the baseline's places were not counted", () => {
    expect(reasonOf(ask("probing", {})[0])).toMatch(/^not-checked/);
  });
});

describe("several answers to one question", () => {
  const asked: RepeatedQuestions = {
    same: "vector",
    release: "r-1",
    setting: '{"temperature":"1"}',
    questions: 100,
    differing: 20,
    rows: 250,
    spread: 0.05,
    largest: 0.3,
  };
  const again = (
    own: readonly RepeatedQuestions[],
    reference: readonly RepeatedQuestions[],
    deterministic = false,
  ) => ({
    askedAgain: { repeats: own, reference, deterministic, probes: [] },
  });
  it("are proof where the gateway answers, and held against the baseline elsewhere", () => {
    expect(numbersOf(ask("non-determinism", again([asked], [], true))[0])).toMatchObject({ value: 0.2, pValue: 0 });
    const usual = { ...asked, questions: 1_000, differing: 200 };
    expect(numbersOf(ask("non-determinism", again([asked], [usual]))[0])?.effect).toBe(0);
    const never = { ...asked, questions: 1_000, differing: 0 };
    const [test] = ask("non-determinism", again([asked], [never]));
    expect(numbersOf(test)?.pValue).toBeLessThan(1e-10);
    expect(sentenceOf("non-determinism", test)).toContain('release r-1 with {"temperature":"1"}');
  });
  it("come from probes too, where one is enough", () => {
    const probe = { probe: "p", release: "r", runs: 1, answers: 5, least: 0.2, greatest: 0.4, mean: 0.3, spread: 0.1 };
    const evidence = again([], []);
    const [vector, , probed] = ask("non-determinism", {
      askedAgain: { ...evidence.askedAgain, probes: [{ ...probe, differs: true }] },
    });
    expect(reasonOf(vector)).toBe("not-enough-data: nothing was asked twice");
    expect(numbersOf(probed)).toMatchObject({ value: 1, effect: 1, pValue: 0 });
  });
});
