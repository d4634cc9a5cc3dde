import { describe, expect, it } from "vitest";
import { sampleSystem } from "../../store/conformance/control-sample.ts";
import type { Incident } from "../incident/incident.ts";
import type { ReviewFacts } from "./review-facts.ts";
import { reviewHeadline, writeReview } from "./write-review.ts";

const day = 86_400_000;
const month = { name: "2026-10", from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 10, 1) };
const nothing: ReviewFacts = {
  system: sampleSystem("flights"),
  month,
  zone: "UTC",
  now: month.to + day,
  coverage: [],
  windows: { total: 0, verdicts: {}, unevaluated: 0, restated: 0, rows: 0 },
  labels: { rows: 0, labelled: 0, lag: undefined },
  performance: [],
  drift: [],
  incidents: [],
  pagesAccepted: 1,
  objectives: [],
  changes: [],
  releases: [],
  live: undefined,
  retirements: [],
  actions: [],
  openActions: [],
};
const incident = (parts: Partial<Incident>): ReviewFacts["incidents"][number] => ({
  incident: {
    number: 7,
    system: "flights",
    state: "resolved",
    severity: "critical",
    layer: "pipeline",
    title: "`hour` moved in origin ATL",
    owner: "cid",
    openedAt: month.from + 3 * day,
    since: month.from,
    detectedAtEventTime: month.from + 3 * day,
    acknowledgedBy: undefined,
    resolvedAt: month.from + 4 * day,
    findingIds: [],
    diagnosis: undefined,
    ...parts,
  },
  timeline: [{ at: month.from + 3 * day + 1_800_000, kind: "acknowledged", text: "", actor: "ann" }],
});

describe("a health review", () => {
  it("of a month without data says so everywhere, and nothing is called healthy", () => {
    const text = writeReview(nothing);
    expect(reviewHeadline(nothing)).toBe("flights in 2026-10: no predictions came; nothing can be said");
    expect(text.match(/Not enough data/g)?.length).toBe(4);
    expect(text).not.toMatch(/healthy|NaN|undefined|Infinity/);
    expect(text).toContain("Make a release or a baseline");
  });

  it("of windows that could not be judged does not call them healthy", () => {
    const windows = { ...nothing.windows, total: 9, rows: 50, verdicts: { "not-enough-data": 9 } };
    expect(reviewHeadline({ ...nothing, windows })).toContain("none of 9 windows could be judged");
  });

  it("tells of each incident how long it took, and counts what people called false against the budget", () => {
    const falseAlarm = { at: 1, by: "ann", reason: "a <b>holiday</b> | again" };
    const text = writeReview({ ...nothing, incidents: [incident({}), incident({ number: 8, falseAlarm })] });
    expect(text).toContain("| 7 | `hour` moved in origin ATL | critical | 3 days | 30 minutes | 1 day | not known |");
    expect(text).toContain("false alarm: a \\<b\\>holiday\\</b\\> \\| again");
    expect(text).toContain("1 marked as false, 1 accepted in a month: within the budget");
    expect(text).toContain("Find out what caused incident 7");
    expect(text).not.toContain("Find out what caused incident 8");
    const more = Array.from({ length: 2 }, (_, index) => incident({ number: 10 + index, falseAlarm }));
    expect(writeReview({ ...nothing, incidents: more })).toContain("2 false pages are more than the 1 accepted");
  });

  it("asks first for what is still open", () => {
    const text = writeReview({
      ...nothing,
      incidents: [incident({ state: "open", resolvedAt: undefined })],
      openActions: [{ incident: 7, id: "A1", owner: "cid", text: "Promise that `origin` is present" }],
      objectives: [{ name: "answers", state: "spent", target: 0.99, value: 0.9, budgetLeft: -8 }],
    });
    const steps = text.slice(text.indexOf("## What to do next"), text.indexOf("## What was watched")).split("\n- ");
    expect(steps[1]).toContain("Resolve incident 7");
    expect(steps[2]).toContain("budget of the objective answers is spent");
    expect(steps[3]).toContain("Finish 1 open action of postmortems");
    expect(text).toContain("- Incident 7, A1, cid: Promise that `origin` is present");
  });
});
