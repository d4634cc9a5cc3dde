import { otherValue } from "../baseline/baseline.ts";
import { type Slice, segmentSlice } from "../baseline/slice-store.ts";
import type { Finding } from "../finding/finding.ts";
import type { SeriesVerdict } from "../monitor/verdict.ts";

/** What an incident's findings are about: the feature that leads and the slice it moved in. */
export interface Lead {
  readonly feature: string | undefined;
  readonly slice: Slice | undefined;
  /** How the slice was found, in words. */
  readonly how: string;
  readonly finding: Finding;
  /** Rows that left the slice's segment because its own value was lost or renamed. */
  readonly lostRows: number | undefined;
}

/** Candidate slices, best first. */
export interface SliceSearch {
  readonly leads: readonly Lead[];
}

/**
 * Finds the slice that the findings of an incident point to.
 *
 * Missing and unseen values are exact evidence, so they lead where they were found; their rows left the segment they
 * belonged to, so the slice is where about as many rows vanished. Otherwise findings of one segment and one feature are
 * united (`origin in {LAX, SFO}`) and ranked by the evidence they carry: rows × effect. Findings over all rows come last:
 * they are the calm shadow of the slice. Pure. Cost: O(findings × segment values).
 */
export function findSlice(findings: readonly Finding[], volumes: readonly SeriesVerdict[]): SliceSearch {
  const exact = findings.filter(
    (finding) => finding.monitor === "null-rate" || (finding.monitor === "new-category" && finding.metric === "unseen"),
  );
  const lost = [...exact].sort(byEvidence)[0];
  const united = unite(findings.filter((finding) => finding.segment !== undefined && finding.monitor !== "volume"));
  if (lost?.feature !== undefined) {
    // Rows that lost their value over and above those that never had one.
    const lostRows = Math.max(0, lost.value - (lost.baselineValue ?? 0)) * lost.rows;
    const vanished = vanishedValues(volumes, lostRows, lost.feature);
    const lead: Lead = {
      feature: lost.feature,
      slice: vanished,
      how:
        vanished === undefined
          ? "no segment lost as many rows as arrived without their value"
          : "where about as many rows vanished as arrived without their value",
      finding: lost,
      lostRows,
    };
    return { leads: [lead, ...united.filter((other) => other.feature !== lost.feature)] };
  }
  if (united.length > 0) return { leads: united };
  const global = [...findings].sort(byEvidence)[0];
  if (global === undefined) return { leads: [] };
  // A feed that changed as a whole takes its segments along: they are a slice only when the whole did not change.
  const changed =
    global.monitor === "volume" && findings.every((finding) => finding.segment !== undefined)
      ? sliceOf(findings)
      : undefined;
  return {
    leads: [
      {
        feature: global.feature,
        slice: changed,
        how: changed === undefined ? "no segment moved by itself" : "segment values whose rows changed in number",
        finding: global,
        lostRows: undefined,
      },
    ],
  };
}

const evidenceOf = (finding: Finding): number => finding.rows * finding.effect;
const byEvidence = (left: Finding, right: Finding): number => evidenceOf(right) - evidenceOf(left);

/** Inputs move before scores, scores before outcomes: on equal slices the cause-near finding leads. */
const nearness: Readonly<Record<Finding["monitor"], number>> = {
  "null-rate": 0,
  "new-category": 1,
  "out-of-range": 1,
  "out-of-distribution": 1,
  // about all rows: whatever names a slice leads before them
  "training-serving-skew": 5,
  "multivariate-drift": 5,
  "feature-age": 5,
  probing: 5,
  "non-determinism": 5,
  "input-drift": 0,
  contract: 1,
  volume: 2,
  "error-rate": 2,
  latency: 2,
  "prediction-drift": 3,
  performance: 4,
  "concept-drift": 4,
  "cohort-consistency": 4,
  "silent-degradation": 5,
  "estimated-performance": 5,
  "slo-burn": 5,
};

function unite(findings: readonly Finding[]): readonly Lead[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = [finding.monitor, finding.metric, finding.feature ?? "", finding.segment?.name ?? ""].join("|");
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  const leads = [...groups.values()].map((group) => {
    const strongest = [...group].sort(byEvidence)[0] ?? group[0];
    return { group, strongest, evidence: group.reduce((sum, finding) => sum + evidenceOf(finding), 0) };
  });
  return leads
    .flatMap(({ group, strongest, evidence }) => {
      if (strongest === undefined) return [];
      const lead: Lead = {
        feature: strongest.feature,
        slice: sliceOf(group),
        how: "segment values whose findings agree",
        finding: strongest,
        lostRows: undefined,
      };
      return [{ lead, evidence, nearness: nearness[strongest.monitor] }];
    })
    .sort((left, right) => left.nearness - right.nearness || right.evidence - left.evidence)
    .map(({ lead }) => lead);
}

function sliceOf(findings: readonly Finding[]): Slice | undefined {
  const segment = findings.find((finding) => finding.segment !== undefined)?.segment?.name;
  if (segment === undefined) return undefined;
  const own = findings.filter((finding) => finding.segment?.name === segment).sort(byEvidence);
  return segmentSlice(segment, [...new Set(own.map((finding) => finding.segment?.value ?? ""))]);
}

/** A value must have lost at least this share of its rows to count as vanished. */
const vanishedShare = 0.5;
/** The vanished rows must match the lost ones within this share. */
const matchTolerance = 0.35;

/** Segment values whose missing rows add up to the rows that arrived without their value, largest loss first. */
function vanishedValues(volumes: readonly SeriesVerdict[], lostRows: number, feature: string): Slice | undefined {
  const falls = volumes.flatMap(({ test }) => {
    if (test.kind !== "tested" || test.key.segment === undefined || test.key.segment.value === otherValue) return [];
    const expected = test.numbers.baselineValue ?? 0;
    const missing = expected - test.numbers.value;
    return missing >= vanishedShare * expected && expected > 0 ? [{ segment: test.key.segment, missing }] : [];
  });
  const dimensions = [...new Set(falls.map((fall) => fall.segment.name))].sort(
    (a, b) => Number(b === feature) - Number(a === feature),
  );
  for (const dimension of dimensions) {
    const own = falls
      .filter((fall) => fall.segment.name === dimension)
      .sort((left, right) => right.missing - left.missing);
    const sum = own.reduce((rows, fall) => rows + fall.missing, 0);
    if (own.length > 0 && Math.abs(sum - lostRows) <= matchTolerance * lostRows)
      return segmentSlice(
        dimension,
        own.map((fall) => fall.segment.value),
      );
  }
  return undefined;
}
