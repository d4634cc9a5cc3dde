import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { dayMs, hourMs, isoOf, minuteMs } from "../instant.ts";
import { onCallAt } from "./on-call-at.ts";
import type { Layer, Override, Schedule } from "./schedule.ts";
import { coverageOf, scheduleAt, shiftsOf } from "./shifts.ts";
import { turnAt } from "./turn.ts";
import { addMonths, clockOf, isZone, parseMinutes, parseWall, wallText, weekdayOf } from "./wall-clock.ts";

const at = (text: string): number => Date.parse(text);
const wall = (text: string): number => parseWall(text)!;

function layer(starts: string, parts: Partial<Layer> = {}): Layer {
  return {
    name: "first",
    starts: wall(starts),
    ends: undefined,
    turn: { unit: "week", count: 1 },
    groups: [["anna"], ["ben"]],
    hours: [],
    ...parts,
  };
}

const schedule = (zone: string, ...layers: readonly Layer[]): Schedule => ({
  name: "data",
  title: "",
  zone,
  layers,
  overrides: [],
});

const override = (from: string, to: string, person: string, parts: Partial<Override> = {}): Override => ({
  id: `${from} ${person}`,
  from: at(from),
  to: at(to),
  person,
  instead: undefined,
  reason: "because",
  ...parts,
});

const who = (one: Schedule, text: string, overrides: readonly Override[] = []): string =>
  onCallAt(one, overrides, at(text)).people.join("+");

const workdays = [1, 2, 3, 4, 5];
const hours = (from: string, to: string, weekdays = workdays) => ({
  weekdays,
  fromMinute: parseMinutes(from)!,
  toMinute: parseMinutes(to)!,
});

/** `start end` of the turns that hold these instants. */
const turnOf = (zone: string, one: Layer, text: string): string => {
  const turn = turnAt(clockOf(zone), one, at(text))!;
  return `${isoOf(turn.start).slice(0, 16)} ${isoOf(turn.end).slice(0, 16)} ${(turn.end - turn.start) / hourMs}`;
};

describe("turns across a change of the clock", () => {
  it("end at the next handoff on the wall clock: a week has 169 hours in autumn and 167 in spring", () => {
    const weekly = layer("2024-10-29T00:00");
    expect(turnOf("America/Chicago", weekly, "2024-11-01T00:00Z")).toBe("2024-10-29T05:00 2024-11-05T06:00 169");
    expect(turnOf("America/Chicago", weekly, "2025-03-05T00:00Z")).toBe("2025-03-04T06:00 2025-03-11T05:00 167");
  });

  it("leave no instant without and none with two owners at the handoffs around it", () => {
    const shifts = shiftsOf(
      [{ schedule: schedule("America/Chicago", layer("2024-10-01T00:00")), since: 0 }],
      [],
      at("2024-10-20T00:00Z"),
      at("2025-03-20T00:00Z"),
    );
    expect(shifts.slice(1).map((shift, index) => shift.from - shifts[index]!.to)).toEqual(shifts.slice(1).map(() => 0));
    expect(shifts.map(({ people }) => people.join()).slice(0, 4)).toEqual(["anna", "ben", "anna", "ben"]);
    expect(shifts.map(({ from }) => isoOf(from).slice(0, 16)).slice(1, 4)).toEqual([
      "2024-10-22T05:00",
      "2024-10-29T05:00",
      "2024-11-05T06:00",
    ]);
  });

  it("move a handoff in the hour that is skipped forward, for that day only", () => {
    const daily = layer("2024-03-29T02:30", { turn: { unit: "day", count: 1 } });
    expect(turnOf("Europe/Berlin", daily, "2024-03-31T01:30Z")).toBe("2024-03-31T01:30 2024-04-01T00:30 23");
    expect(turnOf("Europe/Berlin", daily, "2024-03-31T01:29Z")).toBe("2024-03-30T01:30 2024-03-31T01:30 24");
  });

  it("take the first of the two hours that autumn repeats", () => {
    const daily = layer("2024-10-25T02:30", { turn: { unit: "day", count: 1 } });
    expect(turnOf("Europe/Berlin", daily, "2024-10-27T00:30Z")).toBe("2024-10-27T00:30 2024-10-28T01:30 25");
    expect(turnOf("Europe/Berlin", daily, "2024-10-27T00:29Z")).toBe("2024-10-26T00:30 2024-10-27T00:30 24");
  });

  it("keep turns of twelve hours at eight and eight", () => {
    const half = layer("2024-03-30T08:00", { turn: { unit: "hour", count: 12 } });
    expect(turnOf("Europe/London", half, "2024-03-31T02:00Z")).toBe("2024-03-30T20:00 2024-03-31T07:00 11");
    expect(turnOf("Europe/London", half, "2024-03-31T08:00Z")).toBe("2024-03-31T07:00 2024-03-31T19:00 12");
  });

  it("know zones whose clock moves by half an hour, and southern ones", () => {
    const daily = layer("2024-04-05T02:00", { turn: { unit: "day", count: 1 } });
    // Lord Howe: 02:00 summer time (+11) goes back to 01:30 (+10:30).
    expect(turnOf("Australia/Lord_Howe", daily, "2024-04-06T16:00Z")).toBe("2024-04-06T15:30 2024-04-07T15:30 24");
    expect(
      turnOf(
        "Australia/Lord_Howe",
        layer("2024-04-06T12:00", { turn: { unit: "day", count: 1 } }),
        "2024-04-06T16:00Z",
      ),
    ).toBe("2024-04-06T01:00 2024-04-07T01:30 24.5");
    expect(turnOf("Asia/Kolkata", layer("2024-01-01T00:00"), "2024-01-01T00:00Z")).toBe(
      "2023-12-31T18:30 2024-01-07T18:30 168",
    );
  });

  it("survive a day that a zone left out: Samoa had no 30 December 2011", () => {
    const daily = layer("2011-12-28T09:00", { turn: { unit: "day", count: 1 } });
    expect(turnOf("Pacific/Apia", daily, "2011-12-29T20:00Z")).toBe("2011-12-29T19:00 2011-12-30T19:00 24");
    expect(who(schedule("Pacific/Apia", daily), "2011-12-30T19:00Z")).toBe("ben");
  });
});

describe("rotations", () => {
  it("of months keep the 31st where a month has one and take its last day where not, leap days included", () => {
    const monthly = layer("2024-01-31T09:00", { turn: { unit: "month", count: 1 } });
    expect(turnOf("Etc/UTC", monthly, "2024-02-10T00:00Z")).toBe("2024-01-31T09:00 2024-02-29T09:00 696");
    expect(turnOf("Etc/UTC", monthly, "2024-03-01T00:00Z")).toBe("2024-02-29T09:00 2024-03-31T09:00 744");
    expect(wallText(addMonths(wall("2024-01-31T09:00"), 13))).toBe("2025-02-28T09:00");
    expect(turnOf("Etc/UTC", layer("2024-02-28T00:00", { turn: { unit: "day", count: 1 } }), "2024-02-29T12:00Z")).toBe(
      "2024-02-29T00:00 2024-03-01T00:00 24",
    );
  });

  it("give a handoff to who comes: the start is included, the end is not", () => {
    const one = schedule("Etc/UTC", layer("2024-01-01T09:00"));
    expect(who(one, "2024-01-08T08:59:59.999Z")).toBe("anna");
    expect(who(one, "2024-01-08T09:00Z")).toBe("ben");
  });

  it("say why nobody is on call: not begun, ended, outside the hours, an empty turn", () => {
    const states = (one: Layer, text: string) => onCallAt(schedule("Etc/UTC", one), [], at(text)).layers[0]?.state;
    const week = layer("2024-01-01T00:00", { groups: [["anna"], []], ends: wall("2024-02-01T00:00") });
    expect(states(week, "2023-12-31T23:59Z")).toBe("not-begun");
    expect(states(week, "2024-01-03T00:00Z")).toBe("has-somebody");
    expect(states(week, "2024-01-10T00:00Z")).toBe("empty-turn");
    expect(states(week, "2024-02-01T00:00Z")).toBe("ended");
    expect(states(layer("2024-01-01T00:00", { hours: [hours("09:00", "17:00")] }), "2024-01-01T17:00Z")).toBe(
      "outside-hours",
    );
  });

  it("put several on call only where a group declares it", () => {
    const one = schedule("Etc/UTC", layer("2024-01-01T00:00", { groups: [["anna", "ben"], ["clara"]] }));
    expect(who(one, "2024-01-01T00:00Z")).toBe("anna+ben");
    expect(who(one, "2024-01-08T00:00Z")).toBe("clara");
  });

  it("do not jump when somebody leaves and an empty turn is kept in the place", () => {
    const before = schedule("Etc/UTC", layer("2024-01-01T00:00", { groups: [["a"], ["b"], ["c"]] }));
    const after = schedule("Etc/UTC", layer("2024-01-01T00:00", { groups: [["a"], [], ["c"]] }));
    for (const week of [0, 2, 3, 5]) {
      const text = isoOf(at("2024-01-01T00:00Z") + week * 7 * dayMs);
      expect(who(after, text)).toBe(who(before, text));
    }
  });
});

describe("hours of a layer", () => {
  it("stay what they are on the wall when the clock changes: 8:30 in summer is 8:30 in winter", () => {
    const office = schedule("Europe/London", layer("2024-07-01T00:00", { hours: [hours("08:30", "17:30")] }));
    expect([who(office, "2024-07-02T07:29Z"), who(office, "2024-07-02T07:30Z")]).toEqual(["", "anna"]);
    expect([who(office, "2024-12-03T08:29Z"), who(office, "2024-12-03T08:30Z")]).toEqual(["", "anna"]);
    expect([who(office, "2024-12-03T17:29Z"), who(office, "2024-12-03T17:30Z")]).toEqual(["anna", ""]);
  });

  it("over midnight belong to the day on which they begin; 24:00 is the end of a day", () => {
    const night = schedule("Etc/UTC", layer("2024-01-01T00:00", { hours: [hours("22:00", "06:00", [5])] }));
    expect(["T21:59Z", "T22:00Z"].map((time) => who(night, `2024-01-05${time}`))).toEqual(["", "anna"]);
    expect(["T05:59Z", "T06:00Z", "T22:30Z"].map((time) => who(night, `2024-01-06${time}`))).toEqual(["anna", "", ""]);
    const day = schedule("Etc/UTC", layer("2024-01-01T00:00", { hours: [hours("00:00", "24:00", [1, 2])] }));
    expect(["01T00:00Z", "02T23:59Z", "03T00:00Z"].map((text) => who(day, `2024-01-${text}`))).toEqual([
      "anna",
      "anna",
      "",
    ]);
  });

  it("of a later layer overrule the earlier one, and leave it the rest", () => {
    const base = layer("2024-01-01T00:00", { groups: [["anna"]] });
    const nights = layer("2024-01-01T00:00", {
      name: "nights",
      groups: [["nora"]],
      hours: [hours("20:00", "08:00", [1, 2, 3, 4, 5, 6, 7])],
    });
    const one = schedule("Etc/UTC", base, nights);
    expect(["T07:59Z", "T08:00Z", "T20:00Z"].map((time) => who(one, `2024-01-03${time}`))).toEqual([
      "nora",
      "anna",
      "nora",
    ]);
    expect(onCallAt(one, [], at("2024-01-03T21:00Z")).because).toMatchObject({ kind: "layer", layer: "nights" });
  });
});

describe("overrides", () => {
  const one = schedule("Etc/UTC", layer("2024-01-01T00:00"));

  it("beat every layer, fill gaps, and the latest of several wins", () => {
    const first = override("2024-01-02T00:00Z", "2024-01-05T00:00Z", "clara");
    const second = override("2024-01-03T00:00Z", "2024-01-04T00:00Z", "dora");
    const days = ["01", "02", "03", "04", "05"].map((day) => who(one, `2024-01-${day}T12:00Z`, [first, second]));
    expect(days).toEqual(["anna", "clara", "dora", "clara", "anna"]);
    expect(who(schedule("Etc/UTC"), "2024-01-02T12:00Z", [first])).toBe("clara");
  });

  it("of no length do nothing", () => {
    expect(who(one, "2024-01-02T00:00Z", [override("2024-01-02T00:00Z", "2024-01-02T00:00Z", "clara")])).toBe("anna");
  });

  it("for one person change only that person's hours, which is how two swap", () => {
    const swap = [
      override("2024-01-01T00:00Z", "2024-01-08T00:00Z", "ben", { instead: "anna" }),
      override("2024-01-08T00:00Z", "2024-01-15T00:00Z", "anna", { instead: "ben" }),
    ];
    expect(["03", "10", "17", "24"].map((day) => who(one, `2024-01-${day}T00:00Z`, swap))).toEqual([
      "ben",
      "anna",
      "anna",
      "ben",
    ]);
    expect(
      who(one, "2024-01-03T00:00Z", [override("2024-01-01T00:00Z", "2024-01-08T00:00Z", "dora", { instead: "zoe" })]),
    ).toBe("anna");
  });

  it("declared with the schedule come before those made by hand", () => {
    const declared = { ...one, overrides: [override("2024-01-02T00:00Z", "2024-01-03T00:00Z", "clara")] };
    expect(who(declared, "2024-01-02T00:00Z")).toBe("clara");
    expect(who(declared, "2024-01-02T00:00Z", [override("2024-01-02T00:00Z", "2024-01-03T00:00Z", "dora")])).toBe(
      "dora",
    );
  });
});

describe("shifts", () => {
  it("tell the past by the version that counted then: an edit is never retroactive", () => {
    const versions = [
      {
        schedule: schedule("Etc/UTC", layer("2024-01-01T00:00", { groups: [["old"]] })),
        since: at("2024-01-01T00:00Z"),
      },
      {
        schedule: schedule("Etc/UTC", layer("2024-01-01T00:00", { groups: [["new"]] })),
        since: at("2024-01-10T00:00Z"),
      },
    ];
    const shifts = shiftsOf(versions, [], at("2024-01-05T00:00Z"), at("2024-01-15T00:00Z"));
    expect(shifts.map(({ people, to }) => [people[0], isoOf(to).slice(0, 10)])).toEqual([
      ["old", "2024-01-10"],
      ["new", "2024-01-15"],
    ]);
    expect(scheduleAt(versions, at("2024-01-09T00:00Z"))?.layers[0]?.groups).toEqual([["old"]]);
    expect(scheduleAt(versions, at("2024-01-10T00:00Z"))?.layers[0]?.groups).toEqual([["new"]]);
  });

  it("report gaps and the time of each person", () => {
    const office = schedule("Etc/UTC", layer("2024-01-01T00:00", { hours: [hours("08:00", "20:00")] }));
    const coverage = coverageOf(
      shiftsOf([{ schedule: office, since: 0 }], [], at("2024-01-05T00:00Z"), at("2024-01-09T00:00Z")),
    );
    expect(coverage.gaps.map(({ from, to }) => `${isoOf(from).slice(5, 16)} ${isoOf(to).slice(5, 16)}`)).toEqual([
      "01-05T00:00 01-05T08:00",
      "01-05T20:00 01-08T08:00",
      "01-08T20:00 01-09T00:00",
    ]);
    expect(coverage.covered).toBeCloseTo(0.25);
    expect(coverage.load).toEqual([
      { person: "anna", ms: 12 * hourMs },
      { person: "ben", ms: 12 * hourMs },
    ]);
    expect(coverageOf([])).toEqual({ gaps: [], covered: 0, load: [] });
  });
});

const zones = [
  "America/Chicago",
  "Europe/London",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "Africa/Casablanca",
  "Pacific/Apia",
  "America/Sao_Paulo",
];
const anyZone = fc.constantFrom(...zones);
const from2010 = at("2010-01-01T00:00Z");
const anyInstant = fc.integer({ min: 0, max: 20 * 365 * 24 * 60 }).map((minutes) => from2010 + minutes * minuteMs);

const anyLayer = fc
  .record({
    name: fc.constantFrom("one", "two", "three"),
    starts: fc.integer({ min: 0, max: 365 * 24 * 4 }).map((quarters) => from2010 + quarters * 15 * minuteMs),
    ends: fc.constant(undefined),
    turn: fc.record({
      unit: fc.constantFrom("hour" as const, "day" as const, "week" as const, "month" as const),
      count: fc.integer({ min: 1, max: 30 }),
    }),
    groups: fc.array(fc.constantFrom([], ["anna"], ["ben"], ["clara", "dora"]), { minLength: 1, maxLength: 4 }),
    hours: fc.array(
      fc.record({
        weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        fromMinute: fc.integer({ min: 0, max: 1439 }),
        toMinute: fc.integer({ min: 0, max: 1440 }),
      }),
      { maxLength: 2 },
    ),
  })
  .map((one): Layer => one);

const anySchedule = fc
  .record({ zone: anyZone, layers: fc.array(anyLayer, { maxLength: 3 }) })
  .map(({ zone, layers }) => schedule(zone, ...layers));

const anyOverride = fc
  .record({
    from: anyInstant,
    hours: fc.integer({ min: 0, max: 400 }),
    instead: fc.constantFrom(undefined, "anna", "ben"),
  })
  .map(
    ({ from, hours: long, instead }): Override => ({
      id: `${from}`,
      from,
      to: from + long * hourMs,
      person: "eve",
      instead,
      reason: "x",
    }),
  );

describe("for any schedule", () => {
  it("the clock of a zone is the one of Temporal, both ways", () => {
    fc.assert(
      fc.property(anyZone, anyInstant, (zone, instant) => {
        const clock = clockOf(zone);
        const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
        expect(wallText(clock.wallOf(instant))).toBe(zoned.toPlainDateTime().toString().slice(0, 16));
        const plain = Temporal.PlainDateTime.from(wallText(instant));
        expect(isoOf(clock.instantOf(instant))).toBe(
          isoOf(plain.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds),
        );
        expect(weekdayOf(instant)).toBe(plain.dayOfWeek);
      }),
      { numRuns: 400 },
    );
  });

  it("no instant has two owners unless a group declares it, every instant is in exactly one shift, and gaps are reported", () => {
    fc.assert(
      fc.property(
        anySchedule,
        fc.array(anyOverride, { maxLength: 3 }),
        anyInstant,
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 }),
        (one, overrides, from, days, places) => {
          const to = from + days * dayMs;
          const shifts = shiftsOf([{ schedule: one, since: 0 }], overrides, from, to);
          expect(shifts[0]?.from).toBe(from);
          expect(shifts.at(-1)?.to).toBe(to);
          for (const [index, shift] of shifts.entries()) {
            expect(shift.from).toBeLessThan(shift.to);
            if (index > 0) expect(shift.from).toBe(shifts[index - 1]!.to);
          }
          const { gaps } = coverageOf(shifts);
          const declared = new Set(one.layers.flatMap(({ groups }) => groups.map((group) => group.join("+"))));
          for (const place of places) {
            const instant = Math.min(to - 1, from + Math.floor(place * (to - from)));
            const answer = onCallAt(one, overrides, instant);
            const shift = shifts.find((each) => each.from <= instant && instant < each.to);
            expect(shift?.people).toEqual(answer.people);
            expect(gaps.some((gap) => gap.from <= instant && instant < gap.to)).toBe(answer.people.length === 0);
            if (answer.people.length > 1)
              expect(declared.has("clara+dora") && !answer.people.includes("eve")).toBe(true);
            for (const each of answer.layers.filter(({ turn }) => turn !== undefined)) {
              expect(each.turn!.start).toBeLessThanOrEqual(instant);
              expect(each.turn!.end).toBeGreaterThan(instant);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("texts of the wall clock", () => {
  it("refuse days and times that do not exist", () => {
    expect(["2024-02-30T00:00", "2024-01-01T24:00", "2024-01-01", "x"].map(parseWall)).toEqual(
      Array(4).fill(undefined),
    );
    expect(["24:00", "24:01", "7:00", "08:60"].map(parseMinutes)).toEqual([1440, undefined, undefined, undefined]);
    expect(["Europe/Berlin", "Mars/Olympus", "", "+02:00"].map(isZone)).toEqual([true, false, false, false]);
  });
});
