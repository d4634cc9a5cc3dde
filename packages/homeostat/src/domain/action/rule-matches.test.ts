import { describe, expect, it } from "vitest";
import type { Finding } from "../finding/finding.ts";
import type { Incident } from "../incident/incident.ts";
import type { ActionCondition, ActionRule } from "./action-rule.ts";
import { beginning } from "./action-run.ts";
import { ruleMatches } from "./rule-matches.ts";

const finding = (parts: Partial<Finding>): Finding =>
  ({
    monitor: "input-drift",
    monitorName: "input-drift",
    feature: "hour",
    segment: { name: "origin", value: "ATL" },
    ...parts,
  }) as Finding;
const change = { id: "c", component: "release:flights", kind: "deploy" as const, title: "release 2", time: 1 };
const incident = {
  layer: "pipeline",
  severity: "critical",
  diagnosis: { suspects: [{ change, posterior: 0.8, why: [] }] },
} as unknown as Incident;

const matches = (when: Partial<ActionCondition>, findings: readonly Finding[] = [finding({})]): boolean =>
  ruleMatches({ when: { event: "incident.diagnosed", ...when } }, "incident.diagnosed", incident, findings);

describe("a rule is about an incident", () => {
  it("when all that it asks holds, and of the event that it names", () => {
    expect(matches({})).toBe(true);
    expect(matches({ event: "incident.opened" })).toBe(false);
    expect(matches({ layer: "pipeline", severity: "critical", area: "upstream-data" })).toBe(true);
    expect(matches({ layer: "model" })).toBe(false);
    expect(matches({ severity: "warning" })).toBe(false);
    expect(matches({ area: "serving" })).toBe(false);
  });

  it("when one finding has all that is asked of findings, not when each has a part", () => {
    const wanted = { monitor: "null-rate", segment: { name: "origin", value: "ATL" } };
    expect(matches(wanted, [finding({ monitor: "null-rate", segment: undefined }), finding({})])).toBe(false);
    expect(matches(wanted, [finding({ monitor: "null-rate" })])).toBe(true);
    expect(matches({ segment: { name: "origin", value: undefined } })).toBe(true);
    expect(matches({ monitor: "night-watch" }, [finding({ monitorName: "night-watch" })])).toBe(true);
  });

  it("but not because of a finding that was withdrawn", () => {
    expect(matches({ feature: "hour" }, [finding({ withdrawnAt: 5 })])).toBe(false);
  });

  it("when one logged change is probable enough", () => {
    expect(matches({ cause: { component: "release:*", kind: "deploy", probability: 0.8 } })).toBe(true);
    expect(matches({ cause: { component: "release:flights", kind: undefined, probability: 0.81 } })).toBe(false);
    expect(matches({ cause: { component: "source:*", kind: undefined, probability: 0.5 } })).toBe(false);
    expect(matches({ cause: { component: undefined, kind: "library", probability: 0.5 } })).toBe(false);
  });
});

describe("a run begins", () => {
  const rule = (mode: ActionRule["mode"]): ActionRule => ({
    name: "back",
    when: { event: "incident.diagnosed" },
    act: { kind: "rollback" },
    mode,
    coolDownMs: 1,
  });
  it("by the rule's mode", () => {
    expect(beginning(rule("automatic"), []).state).toBe("running");
    expect(beginning(rule("approval"), []).state).toBe("waiting");
    expect(beginning(rule("dry-run"), []).state).toBe("dry-run");
  });
  it("cooling when the same deed was done a short time ago, save for a dry run", () => {
    const recent = [{ incident: 3, action: "back", changedAt: 9 }];
    expect(beginning(rule("automatic"), recent)).toMatchObject({ state: "cooling" });
    expect(beginning(rule("approval"), recent).text).toContain("incident 3");
    expect(beginning(rule("dry-run"), recent).state).toBe("dry-run");
  });
});
