import { describe, expect, it } from "vitest";
import { sampleFinding, sampleIncident, sampleSystem } from "../../store/conformance/control-sample.ts";
import type { Finding } from "../finding/finding.ts";
import { dayMs } from "../instant.ts";
import type { Window } from "../window/window.ts";
import { firstTitle, groupFindings, leadingFinding, ownerOf } from "./group-findings.ts";
import type { Incident } from "./incident.ts";

const day = (number: number): Window => ({ start: number * dayMs, end: (number + 1) * dayMs });
const finding = (id: string, parts: Partial<Finding> = {}): Finding => ({
  ...sampleFinding("s", id, day(20)),
  ...parts,
});
const incident = (number: number, state: Incident["state"], findingIds: readonly string[]): Incident => ({
  ...sampleIncident("s"),
  since: day(20).start,
  number,
  state,
  findingIds,
  acknowledgedBy: undefined,
  resolvedAt: undefined,
  diagnosis: undefined,
});
/** Every incident's newest finding is of day 20. */
const group = (number: number, findings: readonly Finding[], incidents: readonly Incident[]) =>
  groupFindings(day(number), findings, incidents, () => day(20).start);

describe("grouping the findings of a window", () => {
  it("opens an incident when there is none", () => {
    const findings = [finding("a")];
    expect(group(20, findings, [])).toEqual({ kind: "open", findings });
    expect(group(20, [], [])).toEqual({ kind: "nothing" });
  });

  it("joins an unresolved incident up to seven windows away, on either side", () => {
    const near = incident(1, "acknowledged", ["a"]);
    const findings = [finding("b")];
    expect(group(27, findings, [near])).toEqual({ kind: "join", incident: near, findings });
    expect(group(13, findings, [near])).toEqual({ kind: "join", incident: near, findings });
    expect(group(28, findings, [near])).toEqual({ kind: "open", findings });
    expect(group(12, findings, [near])).toEqual({ kind: "open", findings });
  });

  it("joins a finding about a day long inside the incident: outcomes mature after the inputs were judged", () => {
    const long = { ...incident(1, "open", ["a"]), since: day(20).start };
    const grouping = groupFindings(day(24), [finding("b")], [long], () => day(60).start);
    expect(grouping).toEqual({ kind: "join", incident: long, findings: [finding("b")] });
  });

  it("opens a new incident for a new finding after the last one was resolved", () => {
    const findings = [finding("b")];
    expect(group(21, findings, [incident(1, "resolved", ["a"])])).toEqual({ kind: "open", findings });
  });

  it("does not page again for what a resolved incident was about: a restated window finds it anew", () => {
    const resolved = incident(1, "resolved", ["a"]);
    expect(group(20, [finding("a")], [resolved])).toEqual({ kind: "known", incidents: [resolved] });
  });

  it("takes only findings that no incident holds into the one it joins", () => {
    const newer = incident(2, "open", ["c"]);
    const older = incident(1, "open", ["a"]);
    const grouping = group(20, [finding("a"), finding("b")], [newer, older]);
    expect(grouping).toMatchObject({ kind: "join", incident: { number: 2 }, findings: [{ id: "b" }] });
  });
});

describe("the finding that leads", () => {
  it("is the one nearest to the cause, and of equals the one with the most evidence", () => {
    const lead = leadingFinding([
      finding("auc", { monitor: "performance", rows: 1_000_000, effect: 1 }),
      finding("small", { monitor: "input-drift", rows: 100, effect: 0.3 }),
      finding("large", { monitor: "input-drift", rows: 1_000, effect: 0.3 }),
    ]);
    expect(lead?.id).toBe("large");
    expect(leadingFinding([finding("x"), finding("null", { monitor: "null-rate", rows: 20, effect: 0.01 })])?.id).toBe(
      "null",
    );
    expect(leadingFinding([])).toBeUndefined();
  });

  it("tells the owner of the monitor, and of its area where the finding names nobody", () => {
    expect(ownerOf(sampleSystem("s"), finding("a", { monitor: "input-drift", owner: undefined }))).toBe("cid");
    expect(ownerOf(sampleSystem("s"), finding("a", { monitor: "performance", owner: undefined }))).toBe("dot");
    expect(ownerOf(sampleSystem("s"), finding("a", { monitor: "performance", owner: "ann" }))).toBe("ann");
  });
});

describe("the first title", () => {
  it("names the feature and up to five segment values where it moved", () => {
    const values = ["ATL", "ORD", "LAX", "SFO", "JFK", "BOS"];
    const findings = values.map((value) => finding(value, { segment: { name: "origin", value } }));
    expect(firstTitle(findings)).toBe(
      "`distance` (input drift) in origin=ATL, origin=ORD, origin=LAX, origin=SFO, origin=JFK",
    );
  });

  it("says all rows, or the metric where there is no feature", () => {
    expect(firstTitle([finding("a", { segment: undefined })])).toBe("`distance` (input drift) in all rows");
    expect(
      firstTitle([finding("a", { monitor: "volume", metric: "rows", feature: undefined, segment: undefined })]),
    ).toBe("rows (volume) in all rows");
    expect(firstTitle([])).toBe("Findings");
    expect(firstTitle([finding("a", { monitor: "contract", rule: "`fare` is at least 0" })])).toBe(
      'The source breaks its promise "`fare` is at least 0"',
    );
  });
});
