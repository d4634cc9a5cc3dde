import type { ScheduleCalendar, ScheduleSummary } from "@homeostat/protocol";
import { type ReactElement, useState } from "react";
import { Link } from "wouter";
import { useCalendar, useSchedules } from "../../data/oncall.ts";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { useNow } from "../../part/use-now.ts";
import { useTitle } from "../../part/use-title.ts";
import { colourOf, midnightsOf, mondayOf, placeIn } from "./week.ts";

const percent = (share: number): string => `${share * 100}%`;
const weekdayText = (day: Date): string => day.toLocaleDateString(undefined, { weekday: "short" });
const dateText = (day: Date): string => day.toLocaleDateString(undefined, { day: "numeric", month: "short" });

/** The week as one lane per schedule: who is on call when, gaps marked. */
function WeekLane(props: {
  readonly calendar: ScheduleCalendar;
  readonly days: readonly Date[];
  readonly nowMs: number;
}): ReactElement {
  const { calendar, days, nowMs } = props;
  const week = { from: Date.parse(calendar.from), to: Date.parse(calendar.to) };
  return (
    <div className="week" role="img" aria-label={`Week of ${calendar.name}; the same stands in the table below`}>
      {days.slice(0, 7).map((day, index) => {
        const next = days[index + 1] ?? day;
        const { left, width } = placeIn(week, day.toISOString(), next.toISOString());
        return (
          <div key={day.getTime()} className="week-day" style={{ left: percent(left), width: percent(width) }}>
            {weekdayText(day)} <span className="week-date">{dateText(day)}</span>
          </div>
        );
      })}
      {calendar.shifts.map(({ from, to, people, source }) => {
        const { left, width } = placeIn(week, from, to);
        const look = people.length === 0 ? "gap" : `person-${colourOf(people[0] ?? "")}`;
        return (
          <div
            key={from}
            className={`week-shift ${look}${source.kind === "override" ? " override" : ""}`}
            style={{ left: percent(left), width: percent(width) }}
            title={people.length === 0 ? "nobody" : `${people.join(", ")} (${source.kind} ${source.name})`}
          >
            {people.length === 0 ? "nobody" : people.join(", ")}
          </div>
        );
      })}
      {nowMs < week.from || nowMs >= week.to ? null : (
        <div className="week-now" style={{ left: percent((nowMs - week.from) / (week.to - week.from)) }} />
      )}
    </div>
  );
}

function ShiftTable(props: { readonly calendar: ScheduleCalendar }): ReactElement {
  const { shifts, name } = props.calendar;
  return (
    <ScrollTable caption={`Shifts of ${name} in this week`} label={`Shifts of ${name}`}>
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">To</th>
          <th scope="col">On call</th>
          <th scope="col">By</th>
        </tr>
      </thead>
      <tbody>
        {shifts.map(({ from, to, people, source }) => (
          <tr key={from}>
            <td>
              <Moment at={from} absent="" />
            </td>
            <td>
              <Moment at={to} absent="" />
            </td>
            <th scope="row">{people.length === 0 ? "nobody" : people.join(", ")}</th>
            <td>{source.kind === "nobody" ? "" : `${source.kind} ${source.name}`}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

function sentenceOf({ onCall, gaps, firstGap }: ScheduleSummary): ReactElement {
  return (
    <p>
      {onCall.length === 0 ? <strong>Nobody is on call now.</strong> : <>On call now: {onCall.join(", ")}.</>}{" "}
      {firstGap === null ? (
        "No gap in the next 52 weeks."
      ) : (
        <>
          {gaps === 1 ? "One gap" : `${gaps} gaps`} in the next 52 weeks, the first from{" "}
          <Moment at={firstGap.from} absent="" /> to <Moment at={firstGap.to} absent="" />: alerts go on to the next
          step of their policy then.
        </>
      )}
    </p>
  );
}

function ScheduleSection(props: { readonly schedule: ScheduleSummary; readonly days: readonly Date[] }): ReactElement {
  const { schedule, days } = props;
  const nowMs = useNow();
  const [first, last] = [days[0] ?? new Date(nowMs), days[7] ?? new Date(nowMs)];
  const query = useCalendar(schedule.name, first.toISOString(), last.toISOString());
  return (
    <Section id={schedule.name} title={schedule.title === "" ? schedule.name : schedule.title} aside={schedule.zone}>
      {sentenceOf(schedule)}
      <Loaded query={query} what="the week">
        {(calendar) => (
          <>
            <WeekLane calendar={calendar} days={days} nowMs={nowMs} />
            <details className="as-table">
              <summary>The week as a table</summary>
              <ShiftTable calendar={calendar} />
            </details>
          </>
        )}
      </Loaded>
    </Section>
  );
}

/** Who is on call: a week at a time, one lane per schedule. */
export function OncallPage(): ReactElement {
  useTitle("On call");
  const [weeks, setWeeks] = useState(0);
  const nowMs = useNow();
  const days = midnightsOf(mondayOf(nowMs, weeks));
  const schedules = useSchedules();
  return (
    <>
      <h1>On call</h1>
      <p>
        Who is called when something breaks, a week at a time. When nobody is to be told:{" "}
        <Link href="/silences">silences</Link>.
      </p>
      <div className="controls">
        <button type="button" onClick={() => setWeeks(weeks - 1)}>
          Week before
        </button>
        <button type="button" onClick={() => setWeeks(0)} disabled={weeks === 0}>
          This week
        </button>
        <button type="button" onClick={() => setWeeks(weeks + 1)}>
          Week after
        </button>
      </div>
      <Loaded query={schedules} what="schedules" lines={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>
              No schedule is declared: alerts go to the channels of their systems. Write a document of kind Schedule
              beside your systems and apply it with <code>homeostat apply</code>.
            </Empty>
          ) : (
            items.map((schedule) => <ScheduleSection key={schedule.name} schedule={schedule} days={days} />)
          )
        }
      </Loaded>
    </>
  );
}
