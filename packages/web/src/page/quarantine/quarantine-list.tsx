import type { QuarantineSummary } from "@homeostat/protocol";
import { type ReactElement, useDeferredValue, useMemo, useState } from "react";
import {
  type ChosenRows,
  type QuarantineFilter,
  shownRows,
  useQuarantineAct,
  useQuarantines,
} from "../../data/quarantine.ts";
import { useMayOperate } from "../../data/session.ts";
import { CommandLine } from "../../part/command-line.tsx";
import { Skeleton } from "../../part/loaded.tsx";
import { ProblemBox } from "../../part/problem-box.tsx";
import { Empty } from "../../part/section.tsx";
import { formatCount } from "../../text/number.ts";
import { ActBar } from "./act-bar.tsx";
import { QuarantineRow } from "./quarantine-row.tsx";

interface Found {
  readonly system: string;
  readonly row: QuarantineSummary;
}

const keyOf = ({ system, row }: Found): string => `${system} ${row.id}`;

function chosenRows(found: readonly Found[], chosen: ReadonlySet<string>): ChosenRows {
  const rows = new Map<string, readonly string[]>();
  for (const one of found)
    if (chosen.has(keyOf(one))) rows.set(one.system, [...(rows.get(one.system) ?? []), one.row.id]);
  return rows;
}

function NothingFound(props: { readonly systems: readonly string[]; readonly filter: QuarantineFilter }): ReactElement {
  const { filter, systems } = props;
  if (filter.reason !== null || filter.text !== "") return <Empty>No row is found. Widen the filter.</Empty>;
  if (filter.state !== "open") return <Empty>No row has been {filter.state} yet.</Empty>;
  return (
    <div className="empty">
      <p>
        Nothing is in quarantine. What would land here: a row whose text is no JSON, that lacks a field or has one of
        the wrong type, that the data engine refuses, or one half of a logged inference. Rows that merely break a
        promise of their contract are stored and marked; they show on the page of their source.
      </p>
      {systems[0] === undefined ? null : (
        <CommandLine what="The same on the command line" command={`homeostat quarantine list ${systems[0]}`} />
      )}
    </div>
  );
}

/** The rows found, newest first, with what can be done to those that are chosen. */
export function QuarantineList(props: {
  readonly systems: readonly string[];
  readonly filter: QuarantineFilter;
}): ReactElement {
  const { systems, filter } = props;
  const text = useDeferredValue(filter.text);
  const queries = useQuarantines(systems, { ...filter, text });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<Found | null>(null);
  const mayOperate = useMayOperate();
  const act = useQuarantineAct((acted) => {
    setChosen(new Set());
    if (acted.refusedCount === 0) setOpened(null);
  });
  const found = useMemo(
    () =>
      systems
        .flatMap((system, index): readonly Found[] =>
          (queries[index]?.data?.items ?? []).map((row) => ({ system, row })),
        )
        .sort((a, b) => Date.parse(b.row.receivedAt) - Date.parse(a.row.receivedAt)),
    [systems, queries],
  );
  const failed = queries.find((query) => query.error !== null && query.data === undefined);
  if (failed?.error != null) return <ProblemBox error={failed.error} doing="Loading the quarantine" />;
  if (queries.some((query) => query.data === undefined)) return <Skeleton lines={5} what="the quarantine" />;

  const total = queries.reduce((sum, query) => sum + (query.data?.counts[filter.state] ?? 0), 0);
  const rows = chosenRows(found, chosen);
  const choosable = filter.state === "open" && mayOperate;
  const toggle = (key: string): void => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    setChosen(next);
  };
  // What is being read or edited stays, even when by now the search does not find it.
  const isFound = opened === null || found.some((one) => keyOf(one) === keyOf(opened));
  const shown = isFound ? found : [opened, ...found];
  const all = found.length > 0 && found.every((one) => chosen.has(keyOf(one)));
  return (
    <section className="section" aria-label="Rows found">
      {choosable ? (
        <ActBar
          act={act}
          rows={rows}
          all={all}
          shown={found.length}
          onAll={() => setChosen(all ? new Set() : new Set(found.map(keyOf)))}
        />
      ) : null}
      {shown.length === 0 ? (
        <NothingFound systems={systems} filter={filter} />
      ) : (
        <>
          <p className="quiet">
            {formatCount(found.length)} of {formatCount(total)} {total === 1 ? "row" : "rows"}{" "}
            {filter.state === "open" ? "waiting" : filter.state}, newest first
            {found.length < total && filter.text === "" && filter.reason === null
              ? `; at most ${shownRows} of each system are shown`
              : ""}
            .{mayOperate ? "" : " Replaying and discarding need a session with the scope “operate”."}
          </p>
          <ul className="quarantine">
            {shown.map((one) => {
              const key = keyOf(one);
              return (
                <QuarantineRow
                  key={key}
                  system={one.system}
                  row={one.row}
                  opened={opened !== null && keyOf(opened) === key}
                  onOpen={() => setOpened(opened !== null && keyOf(opened) === key ? null : one)}
                  chosen={choosable ? chosen.has(key) : null}
                  onChoose={() => toggle(key)}
                  act={act}
                />
              );
            })}
          </ul>
        </>
      )}
    </section>
  );
}
