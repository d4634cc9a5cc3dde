import type { SilenceAnswer } from "@homeostat/protocol";
import { type FormEvent, type ReactElement, useState } from "react";
import { useAddSilence, useExpireSilence, useSilences } from "../../data/oncall.ts";
import { useMayOperate } from "../../data/session.ts";
import { Choice } from "../../part/choice.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { ProblemBox } from "../../part/problem-box.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { useTitle } from "../../part/use-title.ts";

const hourMs = 3_600_000;
const lengths = [1, 2, 6, 24, 72, 168] as const;
const lengthText = (hours: number): string => (hours < 24 ? `${hours} h` : `${hours / 24} d`);

function AddForm(): ReactElement {
  const [conditions, setConditions] = useState("");
  const [reason, setReason] = useState("");
  const [hours, setHours] = useState(2);
  const add = useAddSilence();
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const matchers = conditions
      .split(/\s+/)
      .map((text) => text.trim())
      .filter((text) => text !== "");
    const to = new Date(Date.now() + hours * hourMs).toISOString();
    add.mutate({ matchers, to, reason }, { onSuccess: () => setConditions("") });
  };
  return (
    <form className="act" onSubmit={onSubmit}>
      <label>
        Alerts that meet all of
        <input
          type="text"
          required
          placeholder="system=flight-delay segment.origin=~JFK|LGA"
          value={conditions}
          onChange={(event) => setConditions(event.target.value)}
        />
      </label>
      <label>
        Why
        <input
          type="text"
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <Choice name="For" value={hours} onChoose={(value) => setHours(Number(value))}>
        {lengths.map((length) => (
          <option key={length} value={length}>
            {lengthText(length)}
          </option>
        ))}
      </Choice>
      <button type="submit" className="primary" disabled={add.isPending}>
        Silence
      </button>
      {add.error === null ? null : <ProblemBox error={add.error} doing="Silencing" />}
    </form>
  );
}

function SilenceRow(props: { readonly silence: SilenceAnswer; readonly mayOperate: boolean }): ReactElement {
  const { silence, mayOperate } = props;
  const expire = useExpireSilence();
  return (
    <tr>
      <th scope="row">
        <code>{silence.matchers.join(" ")}</code>
      </th>
      <td>{silence.state}</td>
      <td>
        <Moment at={silence.from} absent="" />
      </td>
      <td>
        <Moment at={silence.expiredAt ?? silence.to} absent="" />
      </td>
      <td>{silence.by}</td>
      <td className="sentence-cell">{silence.reason}</td>
      <td>
        {silence.state === "expired" || !mayOperate ? null : (
          <button type="button" disabled={expire.isPending} onClick={() => expire.mutate(silence.id)}>
            End now
          </button>
        )}
        {expire.error === null ? null : <ProblemBox error={expire.error} doing="Ending the silence" />}
      </td>
    </tr>
  );
}

/** Alerts that nobody is told of, for a time: who said so, until when and why. */
export function SilencesPage(): ReactElement {
  useTitle("Silences");
  const silences = useSilences();
  const mayOperate = useMayOperate();
  return (
    <>
      <h1>Silences</h1>
      <p>
        Nobody is told of an incident while every finding of it is silenced. It opens all the same, and is told when the
        silence ends and the findings still stand.
      </p>
      {mayOperate ? (
        <Section id="add" title="Silence alerts">
          <AddForm />
        </Section>
      ) : null}
      <Loaded query={silences} what="silences" lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>No silences: everybody is told of everything.</Empty>
          ) : (
            <Section id="silences" title="Who is not told of what">
              <ScrollTable caption="Silences, newest first" label="Silences">
                <thead>
                  <tr>
                    <th scope="col">Alerts</th>
                    <th scope="col">State</th>
                    <th scope="col">From</th>
                    <th scope="col">Until</th>
                    <th scope="col">By</th>
                    <th scope="col">Why</th>
                    <th scope="col">Change</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((silence) => (
                    <SilenceRow key={silence.id} silence={silence} mayOperate={mayOperate} />
                  ))}
                </tbody>
              </ScrollTable>
            </Section>
          )
        }
      </Loaded>
    </>
  );
}
