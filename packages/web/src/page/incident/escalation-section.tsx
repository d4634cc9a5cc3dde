import type { EscalationAnswer } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { useEscalations } from "../../data/oncall.ts";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, Section } from "../../part/section.tsx";

const phaseWords: { readonly [P in EscalationAnswer["phase"]]: string } = {
  waiting: "Waits for what belongs together; nobody is told yet.",
  muted: "Nobody is told.",
  escalating: "Told, and nobody has answered yet.",
  told: "Everybody on the path was told.",
  quiet: "Nobody is told: no finding stands any more.",
  acknowledged: "Somebody has it: nobody else is told.",
  ended: "It is over, and those who were told know.",
};

function placeOf({ phase, step, steps, round }: EscalationAnswer): string {
  if (phase !== "escalating" && phase !== "told") return "";
  const place = step > steps ? "the last resort" : `step ${step} of ${steps}`;
  return round > 1 ? ` At ${place}, round ${round}.` : ` At ${place}.`;
}

/** Who was told by which policy, where it stands and when it goes on. */
export function EscalationSection(props: { readonly incident: number }): ReactElement {
  const query = useEscalations(props.incident);
  return (
    <Section id="escalation" title="Who is told">
      <Loaded query={query} what="who is told">
        {({ items }) =>
          items.length === 0 ? (
            <Empty>Nobody is told yet: that begins when the diagnosis is there.</Empty>
          ) : (
            items.map((one) => (
              <div key={one.policy} className="escalation">
                <p>
                  <strong>{phaseWords[one.phase]}</strong>
                  {placeOf(one)}
                  {one.mutedBy === null ? "" : ` ${one.mutedBy}.`}
                  {one.nextAt === null ? null : (
                    <>
                      {" "}
                      Goes on <Moment at={one.nextAt} absent="" />.
                    </>
                  )}
                </p>
                <p className="quiet">
                  By {one.policy}: {one.why}
                </p>
                {one.told.length === 0 ? null : (
                  <ul>
                    {one.told.map(({ person, channel, why }) => (
                      <li key={`${person} ${channel} ${why}`}>
                        {person ?? channel}{" "}
                        <span className="quiet">{person === null ? why : `by ${channel}, ${why}`}</span>
                      </li>
                    ))}
                  </ul>
                )}
              </div>
            ))
          )
        }
      </Loaded>
    </Section>
  );
}
