import type { OnCallAnswer, OncallOverride, ScheduleCalendar, ScheduleSummary } from "@homeostat/protocol";
import { dayMs, hourMs, type Instant, isoOf } from "../../domain/instant.ts";
import { targetWords } from "../../domain/notification/channel-declaration.ts";
import { type OnCallAnswer as Answered, onCallAt } from "../../domain/oncall/on-call-at.ts";
import type { MadeOverride, Override, Schedule, ScheduleVersion } from "../../domain/oncall/schedule.ts";
import { coverageOf, scheduleAt, shiftsOf } from "../../domain/oncall/shifts.ts";
import { simulatePaging } from "../../domain/oncall/simulate-paging.ts";
import { pagingFacts } from "../../service/act/paging-scene.ts";
import { isLabel, labelWords } from "../declaration/read-oncall.ts";
import { type Handlers, type Refusal, refused } from "../handler.ts";
import { newId } from "../secret.ts";
import { findSystem } from "./find-system.ts";
import type { House } from "./house.ts";

type OncallRoutes =
  | "schedules"
  | "schedule"
  | "whoIsOnCall"
  | "addOverride"
  | "addSwap"
  | "removeOverride"
  | "simulatePaging";

const lookedAheadMs = 364 * dayMs;
const mostMs = 400 * dayMs;

/** Who is on call, when, and what people change about it. */
export function oncallHandlers(house: House): Pick<Handlers, OncallRoutes> {
  return {
    schedules: async ({ receivedAt }) => {
      const versions = await house.schedules.list();
      const items = versions.map((version) => summaryOf(house, version, receivedAt));
      return { kind: "ok", value: { items: await Promise.all(items) } };
    },
    schedule: async ({ path, query, receivedAt }) => {
      const versions = await house.schedules.versions(path.schedule);
      const [first] = versions;
      if (first === undefined) return unknownSchedule(path.schedule);
      const from = query.from === undefined ? receivedAt : Date.parse(query.from);
      const to = query.to === undefined ? from + lookedAheadMs : Date.parse(query.to);
      if (to <= from || to - from > mostMs)
        return refused("malformed-body", "`to` must lie after `from`, at most 400 days.", {
          issues: [{ path: "to", expected: "up to 400 days after from", found: isoOf(to) }],
        });
      return { kind: "ok", value: await calendarOf(house, versions, from, to) };
    },
    whoIsOnCall: async ({ query, receivedAt }) => {
      const at = query.at === undefined ? receivedAt : Date.parse(query.at);
      const names = (await house.schedules.list()).map(({ schedule }) => schedule.name);
      if (query.schedule !== undefined && !names.includes(query.schedule)) return unknownSchedule(query.schedule);
      const asked = query.schedule === undefined ? names : [query.schedule];
      const items = await Promise.all(asked.map((name) => answerOf(house, name, at)));
      return { kind: "ok", value: { items: items.filter((item) => item !== undefined) } };
    },
    addOverride: async ({ path, body, caller, receivedAt }) => {
      const wrong = await overrideRefusal(house, path.schedule, [body]);
      if (wrong !== undefined) return wrong;
      const made: MadeOverride = {
        id: newId("override"),
        schedule: path.schedule,
        from: Date.parse(body.from),
        to: Date.parse(body.to),
        person: body.person,
        instead: body.instead,
        reason: body.reason,
        by: caller.name,
        at: receivedAt,
        swap: undefined,
      };
      await house.schedules.addOverrides([made]);
      return { kind: "ok", value: madeAnswer(made) };
    },
    addSwap: async ({ path, body, caller, receivedAt }) => {
      const { first, second, reason } = body;
      const wrong = await overrideRefusal(house, path.schedule, [first, second]);
      if (wrong !== undefined) return wrong;
      const swap = newId("swap");
      const halves = [
        { theirs: first, by: second.person },
        { theirs: second, by: first.person },
      ].map(
        ({ theirs, by }): MadeOverride => ({
          id: newId("override"),
          schedule: path.schedule,
          from: Date.parse(theirs.from),
          to: Date.parse(theirs.to),
          person: by,
          instead: theirs.person,
          reason: reason === "" ? `swap of ${first.person} and ${second.person}` : reason,
          by: caller.name,
          at: receivedAt,
          swap,
        }),
      );
      await house.schedules.addOverrides(halves);
      return { kind: "ok", value: { items: halves.map(madeAnswer) } };
    },
    removeOverride: async ({ path }) => {
      const removed = await house.schedules.removeOverride(path.override);
      return removed.length === 0
        ? refused("not-found", `There is no override or swap ${JSON.stringify(path.override)}.`)
        : { kind: "ok", value: { items: removed.map(madeAnswer) } };
    },
    simulatePaging: async ({ body, receivedAt }) => {
      const found = await findSystem(house, body.system);
      if (found.kind === "refused") return found;
      const { system } = found;
      const unknown = Object.keys(body.labels).find((label) => !isLabel(label));
      if (unknown !== undefined)
        return refused("malformed-body", `No alert has the label ${unknown}; it can be ${labelWords}.`);
      const at = body.at === undefined ? receivedAt : Date.parse(body.at);
      const labels = {
        system: body.system,
        area: body.area,
        owner: system.owners[body.area],
        severity: body.severity,
        source: system.source.component,
        ...body.labels,
      };
      const { mute, paths } = simulatePaging(system, labels, await pagingFacts(house, at), at);
      return {
        kind: "ok",
        value: {
          system: body.system,
          at: isoOf(at),
          labels,
          mutedBy: mute?.by ?? null,
          paths: paths.map((path) => ({
            policy: path.policy,
            why: path.why,
            pages: path.pages.map(({ at: when, page }) => ({
              at: isoOf(when),
              afterMs: when - at,
              kind: page.kind,
              person: page.person ?? null,
              channel: targetWords(page.declaration),
              why: page.reason,
            })),
            notes: path.notes.map((note) => ({ at: isoOf(note.at), text: note.text })),
          })),
        },
      };
    },
  };
}

const unknownSchedule = (name: string): Refusal =>
  refused("not-found", `There is no schedule ${JSON.stringify(name)}. Declare one in a document of kind Schedule.`);

/** Why overrides cannot be made: an unknown schedule or person, or a stretch that ends before it begins. */
async function overrideRefusal(
  house: House,
  schedule: string,
  halves: readonly { readonly person: string; readonly from: string; readonly to: string }[],
): Promise<Refusal | undefined> {
  if ((await house.schedules.versions(schedule)).length === 0) return unknownSchedule(schedule);
  const people = await house.policies.people();
  for (const { person, from, to } of halves) {
    const known = people.find(({ name }) => name === person);
    if (known === undefined || known.notify.length === 0)
      return refused(
        "not-found",
        known === undefined
          ? `There is nobody called ${JSON.stringify(person)}. Declare people in a document of kind Owners.`
          : `${person} has no channel and cannot be reached.`,
      );
    if (Date.parse(to) <= Date.parse(from))
      return refused("malformed-body", `The stretch of ${person} ends before it begins.`, {
        issues: [{ path: "to", expected: `after ${from}`, found: to }],
      });
  }
  return undefined;
}

async function summaryOf(house: House, { schedule, since }: ScheduleVersion, now: Instant): Promise<ScheduleSummary> {
  const made = await house.schedules.overrides(schedule.name);
  const { gaps } = coverageOf(shiftsOf([{ schedule, since }], made, now, now + lookedAheadMs));
  const [first] = gaps;
  return {
    name: schedule.name,
    title: schedule.title,
    zone: schedule.zone,
    since: isoOf(since),
    layers: schedule.layers.map(({ name }) => name),
    onCall: [...onCallAt(schedule, made, now).people],
    firstGap: first === undefined ? null : spanOf(first),
    gaps: gaps.length,
  };
}

async function calendarOf(
  house: House,
  versions: readonly ScheduleVersion[],
  from: Instant,
  to: Instant,
): Promise<ScheduleCalendar> {
  const newest = versions.at(-1)?.schedule as Schedule;
  const made = await house.schedules.overrides(newest.name);
  const shifts = shiftsOf(versions, made, from, to);
  const coverage = coverageOf(shifts);
  return {
    name: newest.name,
    title: newest.title,
    zone: newest.zone,
    ...spanOf({ from, to }),
    shifts: shifts.map((shift) => ({ ...spanOf(shift), people: [...shift.people], source: shift.source })),
    gaps: coverage.gaps.map(spanOf),
    covered: coverage.covered,
    load: coverage.load.map(({ person, ms }) => ({ person, hours: ms / hourMs })),
    overrides: [...newest.overrides.map((one) => overrideAnswer(newest.name, one)), ...made.map(madeAnswer)].filter(
      (one) => Date.parse(one.from) < to && Date.parse(one.to) > from,
    ),
  };
}

async function answerOf(house: House, name: string, at: Instant): Promise<OnCallAnswer | undefined> {
  const schedule = scheduleAt(await house.schedules.versions(name), at);
  if (schedule === undefined) return undefined;
  const made = await house.schedules.overrides(name);
  const answer = onCallAt(schedule, made, at);
  return {
    schedule: name,
    title: schedule.title,
    zone: schedule.zone,
    at: isoOf(at),
    people: [...answer.people],
    why: whyText(answer),
    layers: answer.layers.map(({ layer, state, people, turn }) => ({
      layer,
      state,
      people: [...people],
      turn: turn === undefined ? null : { number: turn.number, ...spanOf({ from: turn.start, to: turn.end }) },
    })),
    overrides: answer.overrides.map((one) => overrideAnswer(name, one)),
  };
}

function whyText({ because, layers }: Answered): string {
  switch (because.kind) {
    case "layer":
      return `turn ${because.turn.number + 1} of layer ${because.layer}, until ${isoOf(because.turn.end)}`;
    case "override":
      return `override until ${isoOf(because.override.to)}: ${because.override.reason}`;
    case "nobody":
      return layers.length === 0
        ? "the schedule has no layers"
        : layers.map(({ layer, state }) => `layer ${layer}: ${state.replaceAll("-", " ")}`).join("; ");
  }
}

const spanOf = ({ from, to }: { readonly from: Instant; readonly to: Instant }) => ({
  from: isoOf(from),
  to: isoOf(to),
});

function overrideAnswer(schedule: string, override: Override | MadeOverride): OncallOverride {
  const made = "schedule" in override ? override : undefined;
  return {
    id: override.id,
    schedule,
    ...spanOf(override),
    person: override.person,
    instead: override.instead ?? null,
    reason: override.reason,
    by: made?.by ?? "declared",
    at: made === undefined ? null : isoOf(made.at),
    swap: made?.swap ?? null,
  };
}

const madeAnswer = (made: MadeOverride): OncallOverride => overrideAnswer(made.schedule, made);
