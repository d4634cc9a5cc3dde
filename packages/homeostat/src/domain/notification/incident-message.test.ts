import { describe, expect, it } from "vitest";
import type { Finding } from "../finding/finding.ts";
import type { Diagnosis } from "../incident/diagnosis.ts";
import type { Incident } from "../incident/incident.ts";
import { type IncidentScene, incidentMessage } from "./incident-message.ts";
import type { NotificationKind } from "./notification.ts";
import { plainText } from "./plain-text.ts";

const since = Date.parse("2001-02-10T00:00:00Z");
const vendor = {
  id: "c-1",
  component: "source:airline-feed",
  kind: "vendor",
  title: "time zone fix",
  time: since,
  recordedAt: since,
  actor: "vendor",
  system: undefined,
} as const;

const diagnosis: Diagnosis = {
  completedAt: since + 1,
  tookMs: 800,
  sentence:
    '`departure_hour` moved in origin in {LAS, LAX, SFO} (PSI 2.91); most likely "time zone fix" on source:airline-feed',
  steps: [
    {
      step: 1,
      title: "metric",
      status: "done",
      verdict: "AUC of the slice 0.712 → 0.601 (the model's answers got worse)",
      tookMs: 1,
    },
    {
      step: 3,
      title: "global",
      status: "done",
      verdict: "the slice is 8.3 % of the rows: global PSI 0.041 against 2.91 on the slice",
      tookMs: 1,
    },
  ],
  slice: {
    segment: { name: "origin", value: "LAX" },
    values: ["LAS", "LAX", "SFO"],
    rows: 12_345,
    share: 0.083,
    auc: 0.601,
    baselineAuc: 0.712,
    globalAuc: 0.7,
    globalBaselineAuc: 0.71,
    slicePsi: 2.91,
    globalPsi: 0.041,
  },
  features: [
    {
      feature: "departure_hour",
      psi: 2.91,
      psiDebiased: 2.9,
      expectedByChance: 0.011,
      pValue: 0,
      rows: 1,
      baselineRows: 1,
      bins: 10,
    },
    {
      feature: "distance",
      psi: 0.02,
      psiDebiased: 0.01,
      expectedByChance: 0.01,
      pValue: 0.4,
      rows: 1,
      baselineRows: 1,
      bins: 10,
    },
  ],
  suspects: [],
  namedCause: { change: vendor, posterior: 0.934, why: [] },
};

const incident: Incident = {
  number: 17,
  system: "flight-delay",
  state: "open",
  severity: "critical",
  layer: "pipeline",
  title: diagnosis.sentence,
  owner: "flight-data",
  openedAt: Date.parse("2001-02-12T08:30:00Z"),
  since,
  detectedAtEventTime: since + 86_400_000,
  acknowledgedBy: undefined,
  resolvedAt: undefined,
  findingIds: ["f"],
  diagnosis,
};

const scene: IncidentScene = { incident, findings: [], timeline: [] };
const told = (kind: NotificationKind, parts: Partial<IncidentScene> = {}): string =>
  plainText(
    incidentMessage(
      kind,
      { ...scene, ...parts },
      {
        page: "https://homeostat.example/incidents/17",
        acknowledge: "https://homeostat.example/act#token=t",
        reason: undefined,
      },
    ),
  );

describe("the message about an incident", () => {
  it("says what, since when, where, which features, why, what was done and what to do: one page for one problem", () => {
    expect(told("incident.opened")).toMatchInlineSnapshot(`
      "Incident 17 opened: \`departure_hour\` moved in origin in {LAS, LAX, SFO} (PSI 2.91); most likely "time zone fix" on source:airline-feed

      Since: 2001-02-10 00:00 UTC (event time); opened 2001-02-12 08:30 UTC
      System: flight-delay, layer pipeline, critical, owner flight-data
      Where: origin in LAS, LAX, SFO: 12,345 rows, 8.3 % of all
      Features: departure_hour PSI 2.91 (chance 0.011)
      Evidence: AUC of the slice 0.712 → 0.601 (the model's answers got worse); the slice is 8.3 % of the rows: global PSI 0.041 against 2.91 on the slice
      Most likely cause: "time zone fix" on source:airline-feed, 2001-02-10 00:00 UTC, probability 93 %
      What Homeostat did: it diagnosed the incident; predictions are answered as before, nothing was changed by itself

      What to do next: have "time zone fix" on source:airline-feed undone or repaired. Take it with \`homeostat ack 17\`.

      Incident 17: https://homeostat.example/incidents/17
      Acknowledge: https://homeostat.example/act#token=t"
    `);
  });

  it("says that no logged change explains it, with the nearest one and the odds", () => {
    const unnamed: Diagnosis = {
      ...diagnosis,
      namedCause: undefined,
      suspects: [
        { change: undefined, posterior: 0.61, why: [] },
        { change: vendor, posterior: 0.22, why: [] },
      ],
    };
    expect(told("incident.opened", { incident: { ...incident, diagnosis: unnamed } })).toContain(
      'Most likely cause: no logged change explains it well enough to be named (probability that none of them did it: 61 %); the nearest is "time zone fix" on source:airline-feed, 2001-02-10 00:00 UTC, 22 %',
    );
    const lonely = { ...unnamed, suspects: [{ change: undefined, posterior: 1, why: [] }] };
    expect(told("incident.opened", { incident: { ...incident, diagnosis: lonely } })).toContain(
      "Most likely cause: no logged change explains it\n",
    );
  });

  it("says what is not known before there is a diagnosis, in the words of the finding", () => {
    const finding = {
      sentence: "`distance` arrives missing in origin=LAX",
      feature: "distance",
      segment: { name: "origin", value: "LAX" },
      monitor: "null-rate",
      rows: 10,
      effect: 1,
      layer: "pipeline",
    } as Finding;
    const { diagnosis: _, ...undiagnosed } = incident;
    const text = told("incident.opened", { incident: { ...undiagnosed, diagnosis: undefined }, findings: [finding] });
    expect(text).toMatchInlineSnapshot(`
      "Incident 17 opened: \`departure_hour\` moved in origin in {LAS, LAX, SFO} (PSI 2.91); most likely "time zone fix" on source:airline-feed

      \`distance\` arrives missing in origin=LAX.

      Since: 2001-02-10 00:00 UTC (event time); opened 2001-02-12 08:30 UTC
      System: flight-delay, layer pipeline, critical, owner flight-data
      Where: origin=LAX, by the findings
      Features: distance, by their findings
      Evidence: the diagnosis has found no more yet
      Most likely cause: not known yet: the diagnosis has not finished
      What Homeostat did: the diagnosis has not finished; predictions are answered as before, nothing was changed by itself

      What to do next: ask the provider of the field why it arrives missing. Take it with \`homeostat ack 17\`.

      Incident 17: https://homeostat.example/incidents/17
      Acknowledge: https://homeostat.example/act#token=t"
    `);
  });

  it("names the runbook first, and what Homeostat did by itself", () => {
    const text = told("incident.escalated", {
      findings: [
        { monitor: "contract", layer: "pipeline", rows: 1, effect: 1, runbook: "https://wiki.example/feed" } as Finding,
      ],
      timeline: [{ at: 1, kind: "action", text: "the fallback answers for origin=LAX since 08:31", actor: undefined }],
    });
    expect(text).toContain("What Homeostat did: the fallback answers for origin=LAX since 08:31");
    expect(text).toContain("What to do next: follow the runbook https://wiki.example/feed; else have");
    expect(text).toMatch(/Runbook: https:\/\/wiki\.example\/feed$/);
  });

  it("says who has it, and how it ended, without asking for anything then", () => {
    const acknowledged = told("incident.acknowledged", {
      timeline: [{ at: 1, kind: "acknowledged", text: "acknowledged by ann: calling the vendor", actor: "ann" }],
    });
    expect(acknowledged).toContain("Acknowledged by ann: calling the vendor. It was about: `departure_hour` moved");
    const resolved = told("incident.resolved", {
      timeline: [{ at: 1, kind: "resolved", text: "resolved by ann", actor: "ann" }],
    });
    expect(resolved).toContain("Resolved by ann. It was about:");
    expect(resolved).not.toMatch(/What to do next|Acknowledge/);
  });
});
