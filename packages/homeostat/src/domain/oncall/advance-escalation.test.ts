import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hourMs, minuteMs } from "../instant.ts";
import type { NotifyTarget } from "../notification/channel-declaration.ts";
import { advanceEscalation, type EscalationScene } from "./advance-escalation.ts";
import { type Escalation, newEscalation, type Page } from "./escalation.ts";
import type { EscalationPolicy, EscalationTarget } from "./escalation-policy.ts";
import { plainTiming, usualTiming } from "./oncall-rule.ts";
import type { Reached } from "./reach-target.ts";

const web = (name: string): NotifyTarget => ({ channel: "webhook", url: `https://${name}.example`, secret: "s" });
const person = (name: string): EscalationTarget => ({ kind: "person", person: name });
const onCall: EscalationTarget = { kind: "schedule", schedule: "data" };

const policy = (parts: Partial<EscalationPolicy> = {}): EscalationPolicy => ({
  name: "pages",
  title: "",
  steps: [
    { targets: [onCall], acknowledgeWithinMs: 10 * minuteMs },
    { targets: [person("ben")], acknowledgeWithinMs: 5 * minuteMs },
  ],
  repeats: 0,
  lastResort: [person("boss")],
  acknowledgementMs: undefined,
  ...parts,
});

const begun = (parts: Partial<EscalationPolicy> = {}, timing: Escalation["timing"] = usualTiming): Escalation =>
  newEscalation({ incident: 7, system: "s", policy: policy(parts), timing, why: "" }, 0);

const reached = (name: string): Reached => ({
  kind: "reached",
  recipients: [{ key: `person-${name}-0`, person: name, declaration: web(name), reason: `for ${name}` }],
});

/** Everybody can be reached; anna is on call. */
const scene = (now: number, parts: Partial<EscalationScene> = {}): EscalationScene => ({
  now,
  state: "open",
  acknowledgedBy: undefined,
  findings: 1,
  standing: 1,
  mute: undefined,
  reach: (target) => (target.kind === "person" ? reached(target.person) : reached("anna")),
  failed: new Set(),
  spared: new Set(),
  ...parts,
});

const said = (pages: readonly Page[]): string[] => pages.map((page) => `${page.kind} ${page.person}`);

/** Runs over virtual time to the end of a round, and tells `minutes kind person`. */
function run(escalation: Escalation, until: number, parts: Partial<EscalationScene> = {}) {
  const told: string[] = [];
  const notes: string[] = [];
  let at = escalation;
  for (let steps = 0; steps < 100 && at.nextAt !== undefined && at.nextAt <= until; steps += 1) {
    const { nextAt } = at;
    const advance = advanceEscalation(at, scene(nextAt, parts));
    told.push(...advance.pages.map((page) => `${nextAt / minuteMs} ${page.kind} ${page.person}`));
    notes.push(...advance.notes);
    at = advance.escalation;
  }
  return { told, notes, escalation: at };
}

describe("an escalation that nobody answers", () => {
  it("waits for what belongs together, goes through its steps, ends at the last resort, and begins again after the repeat", () => {
    const { told } = run(begun(), 300 * minuteMs);
    expect(told).toEqual([
      "0.5 incident.opened anna",
      "10.5 incident.escalated ben",
      "15.5 incident.escalated boss",
      // 4 hours after the last resort, rounded up to whole intervals of five minutes
      "255.5 incident.escalated anna",
      "265.5 incident.escalated ben",
      "270.5 incident.escalated boss",
    ]);
  });

  it("goes through its steps as often as declared before the last resort", () => {
    expect(run(begun({ repeats: 1 }), hourMs).told.map((text) => text.split(" ")[2])).toEqual([
      "anna",
      "ben",
      "anna",
      "ben",
      "boss",
    ]);
  });

  it("rounds the repeat up to a multiple of the interval", () => {
    const { escalation } = run(
      begun({}, { waitMs: 0, intervalMs: 7 * minuteMs, repeatMs: 20 * minuteMs }),
      20 * minuteMs,
    );
    expect(escalation).toMatchObject({ phase: "told", stepAt: (15 + 21) * minuteMs });
  });

  it("has a key of its own for every step, recipient and attempt", () => {
    const ids = new Set<string>();
    let at = begun({ repeats: 1 });
    let pages = 0;
    for (let steps = 0; steps < 20; steps += 1) {
      const advance = advanceEscalation(at, scene(at.nextAt ?? 0));
      pages += advance.pages.length;
      for (const { id } of advance.pages) ids.add(id);
      at = advance.escalation;
    }
    expect(pages).toBeGreaterThan(15);
    expect(ids.size).toBe(pages);
  });
});

describe("advancing", () => {
  it("twice at one instant sends nothing the second time: a process that died is followed by another", () => {
    const first = advanceEscalation(begun(), scene(30_000));
    expect(said(first.pages)).toEqual(["incident.opened anna"]);
    const second = advanceEscalation(first.escalation, scene(30_000));
    expect(second).toEqual({ escalation: first.escalation, pages: [], notes: [], reopens: false });
  });

  it("before it is due does nothing, and gives the same ids when the same state is taken up again", () => {
    expect(advanceEscalation(begun(), scene(29_999)).pages).toEqual([]);
    const once = advanceEscalation(begun(), scene(30_000)).pages.map(({ id }) => id);
    expect(advanceEscalation(begun(), scene(30_001)).pages.map(({ id }) => id)).toEqual(once);
  });
});

describe("an answer", () => {
  const paged = run(begun(), 11 * minuteMs).escalation;

  it("stops the escalation and tells everybody who was told", () => {
    const acknowledged = advanceEscalation(
      paged,
      scene(12 * minuteMs, { state: "acknowledged", acknowledgedBy: "ben" }),
    );
    expect(said(acknowledged.pages)).toEqual(["incident.acknowledged anna", "incident.acknowledged ben"]);
    expect(acknowledged.pages[0]?.reason).toBe("ben has it");
    expect(acknowledged.escalation).toMatchObject({ phase: "acknowledged", nextAt: undefined });
    const later = advanceEscalation(acknowledged.escalation, scene(20 * hourMs, { state: "acknowledged" }));
    expect(later.pages).toEqual([]);
  });

  it("that brings no resolution in its time is over: the incident opens and escalates again", () => {
    const { escalation } = run(begun({ acknowledgementMs: hourMs }), minuteMs);
    const acknowledged = advanceEscalation(escalation, scene(2 * minuteMs, { state: "acknowledged" })).escalation;
    expect(acknowledged.nextAt).toBe(62 * minuteMs);
    const over = advanceEscalation(
      acknowledged,
      scene(62 * minuteMs, { state: "acknowledged", acknowledgedBy: "anna" }),
    );
    expect(over.reopens).toBe(true);
    expect(said(over.pages)).toEqual(["incident.escalated anna"]);
    expect(over.notes[0]).toContain("anna ran out");
  });

  it("of resolving tells who was told, once, and ends it", () => {
    const over = advanceEscalation(paged, scene(12 * minuteMs, { state: "resolved" }));
    expect(said(over.pages)).toEqual(["incident.resolved anna", "incident.resolved ben"]);
    expect(over.escalation).toMatchObject({ phase: "ended", nextAt: undefined });
    expect(advanceEscalation(over.escalation, scene(hourMs, { state: "resolved" })).pages).toEqual([]);
  });

  it("before anybody was told tells nobody", () => {
    const over = advanceEscalation(begun(), scene(10_000, { state: "resolved" }));
    expect([over.pages, over.notes]).toEqual([[], ["It was over before anybody was told."]]);
  });
});

describe("nobody on call", () => {
  const nobody: EscalationScene["reach"] = (target) =>
    target.kind === "schedule"
      ? { kind: "nobody", why: "nobody is on call in data" }
      : reached((target as { person: string }).person);

  it("is an alert of its own to the last resort, and the incident goes to the next step at once", () => {
    const { told, notes } = run(begun(), minuteMs, { reach: nobody });
    expect(told).toEqual(["0.5 oncall.nobody boss", "0.5 incident.escalated ben"]);
    expect(notes[0]).toBe("Nobody is on call in data (step 1 of 2 of pages).");
  });

  it("in every step brings the incident to the last resort at once, whatever the number of passes", () => {
    const { told } = run(begun({ steps: [{ targets: [onCall], acknowledgeWithinMs: hourMs }], repeats: 5 }), minuteMs, {
      reach: nobody,
    });
    expect(told).toEqual(["0.5 oncall.nobody boss", "0.5 incident.escalated boss"]);
  });

  it("and nobody as the last resort is said, and tried again", () => {
    const { notes, escalation } = run(begun(), minuteMs, {
      reach: () => ({ kind: "nobody", why: "x has no channel" }),
    });
    expect(notes.at(-1)).toContain("the last resort cannot be reached");
    expect(escalation.nextAt).toBeGreaterThan(0);
  });
});

describe("a step whose messages were all given up", () => {
  it("is followed by the next one at once", () => {
    const first = advanceEscalation(begun(), scene(30_000));
    const lost = advanceEscalation(
      first.escalation,
      scene(31_000, { failed: new Set(first.pages.map(({ id }) => id)) }),
    );
    expect(said(lost.pages)).toEqual(["incident.escalated ben"]);
  });
});

describe("what mutes", () => {
  const mute = { kind: "silence", by: "silence s-1 by me: known", until: 3 * minuteMs } as const;

  it("keeps it from being told, is said once, and ends with telling", () => {
    const first = advanceEscalation(begun(), scene(30_000, { mute }));
    expect([first.pages, first.notes]).toEqual([[], ["Nobody is told: silence s-1 by me: known."]]);
    expect(first.escalation.nextAt).toBe(90_000);
    const again = advanceEscalation(first.escalation, scene(90_000, { mute }));
    expect(again.notes).toEqual([]);
    expect(said(advanceEscalation(again.escalation, scene(3 * minuteMs)).pages)).toEqual(["incident.opened anna"]);
  });

  it("is looked at when the next step is due, not only in the beginning", () => {
    const { escalation } = run(begun(), minuteMs);
    expect(advanceEscalation(escalation, scene(10.5 * minuteMs, { mute })).pages).toEqual([]);
  });
});

describe("findings that were all withdrawn", () => {
  it("before the wait is over are never told; new ones are", () => {
    const quiet = advanceEscalation(begun(), scene(30_000, { standing: 0 }));
    expect([quiet.pages, quiet.escalation.nextAt]).toEqual([[], undefined]);
    expect(said(advanceEscalation(quiet.escalation, scene(hourMs, { findings: 2 })).pages)).toEqual([
      "incident.opened anna",
    ]);
  });

  it("stop an escalation that is under way", () => {
    const { escalation } = run(begun(), minuteMs);
    expect(advanceEscalation(escalation, scene(11 * minuteMs, { standing: 0 })).escalation.phase).toBe("quiet");
  });
});

describe("more findings", () => {
  it("are told once per interval, to those who were told, and not at all where the system declares nothing", () => {
    const { escalation } = run(begun(), minuteMs);
    const early = advanceEscalation(escalation, scene(2 * minuteMs, { findings: 3 }));
    expect([early.pages, early.escalation.nextAt]).toEqual([[], 5.5 * minuteMs]);
    const due = advanceEscalation(early.escalation, scene(5.5 * minuteMs, { findings: 3 }));
    expect(due.pages.map(({ kind, reason }) => [kind, reason])).toEqual([["incident.updated", "2 more findings"]]);
    expect(advanceEscalation(due.escalation, scene(9 * minuteMs, { findings: 3 })).pages).toEqual([]);
    const plain = run(
      begun({ steps: [{ targets: [person("ben")], acknowledgeWithinMs: 0 }], lastResort: [] }, plainTiming),
      0,
    );
    expect(plain.told).toEqual(["0 incident.opened ben"]);
    expect(advanceEscalation(plain.escalation, scene(hourMs, { findings: 9 }))).toMatchObject({
      pages: [],
      escalation: { nextAt: undefined },
    });
  });
});

describe("for any policy and any time of answer", () => {
  const target = fc.constantFrom<EscalationTarget>(onCall, person("ben"), person("carl"), person("nobody"));
  const anyPolicy = fc.record({
    steps: fc.array(
      fc.record({
        targets: fc.array(target, { minLength: 1, maxLength: 3 }),
        acknowledgeWithinMs: fc.integer({ min: 1, max: 60 }).map((m) => m * minuteMs),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    repeats: fc.integer({ min: 0, max: 3 }),
  });
  const reach: EscalationScene["reach"] = (one) =>
    one.kind === "person" && one.person === "nobody"
      ? { kind: "nobody", why: "gone" }
      : reached(one.kind === "person" ? one.person : "anna");

  it("somebody is told at once, nobody after the answer, and no message has the id of another", () => {
    fc.assert(
      fc.property(anyPolicy, fc.integer({ min: 0, max: 12 * 60 }), (parts, answerMinute) => {
        const answeredAt = answerMinute * minuteMs + 1;
        let at = begun(parts);
        const pages: { readonly page: Page; readonly now: number }[] = [];
        for (let steps = 0; steps < 200 && at.nextAt !== undefined && at.nextAt < answeredAt; steps += 1) {
          const now = at.nextAt;
          const advance = advanceEscalation(at, scene(now, { reach }));
          pages.push(...advance.pages.map((page) => ({ page, now })));
          at = advance.escalation;
        }
        if (answeredAt > 30_000) expect(pages[0]?.now).toBe(30_000);
        expect(new Set(pages.map(({ page }) => page.id)).size).toBe(pages.length);
        const answer = advanceEscalation(at, scene(answeredAt, { state: "acknowledged", reach }));
        expect(answer.pages.every(({ kind }) => kind === "incident.acknowledged")).toBe(true);
        for (const hours of [1, 10, 100])
          expect(
            advanceEscalation(answer.escalation, scene(answeredAt + hours * hourMs, { state: "acknowledged", reach }))
              .pages,
          ).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
