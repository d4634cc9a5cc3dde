import type { ReactElement } from "react";
import { useSearchParams } from "wouter";
import { useSystems } from "../../data/system.ts";
import { Choice } from "../../part/choice.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { useTitle } from "../../part/use-title.ts";
import { entryStateWords, reasonWords } from "../../text/quarantine.ts";
import { QuarantineList } from "./quarantine-list.tsx";

const keyIn = <K extends string>(words: Readonly<Record<K, string>>, text: string | null): K | null =>
  text !== null && Object.hasOwn(words, text) ? (text as K) : null;

/** Rows that could not be stored: found, read, put right, replayed, discarded. The filter stands in the address. */
export function QuarantinePage(): ReactElement {
  useTitle("Quarantine");
  const systems = useSystems();
  const [search, setSearch] = useSearchParams();
  const asked = search.get("system");
  const state = keyIn(entryStateWords, search.get("state")) ?? "open";
  const reason = keyIn(reasonWords, search.get("reason"));
  const text = search.get("text") ?? "";
  const choose = (name: string, value: string): void =>
    setSearch(
      (previous) => {
        const next = new URLSearchParams(previous);
        if (value === "") next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return (
    <>
      <h1>Quarantine</h1>
      <p className="lead">
        Rows that were sent and could not be stored. They are kept as they came, until somebody replays or discards
        them.
      </p>
      <search className="controls">
        <Choice name="System" value={asked ?? ""} onChoose={(name) => choose("system", name)}>
          <option value="">Every system</option>
          {(systems.data?.items ?? []).map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Choice>
        <Choice name="State" value={state} onChoose={(name) => choose("state", name)}>
          {Object.entries(entryStateWords).map(([name, word]) => (
            <option key={name} value={name}>
              {word}
            </option>
          ))}
        </Choice>
        <Choice name="Reason" value={reason ?? ""} onChoose={(name) => choose("reason", name)}>
          <option value="">Every reason</option>
          {Object.entries(reasonWords).map(([name, words]) => (
            <option key={name} value={name}>
              {name}: {words}
            </option>
          ))}
        </Choice>
        <label className="choice">
          Search{" "}
          <input
            type="search"
            value={text}
            maxLength={200}
            placeholder="payload, path, finding"
            onChange={(event) => choose("text", event.target.value)}
          />
        </label>
      </search>
      <Loaded query={systems} what="systems" lines={4}>
        {({ items }) => (
          <QuarantineList
            key={`${asked ?? ""} ${state}`}
            systems={items.map(({ name }) => name).filter((name) => asked === null || name === asked)}
            filter={{ state, reason, text }}
          />
        )}
      </Loaded>
    </>
  );
}
