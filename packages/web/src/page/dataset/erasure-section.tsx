import type { DatasetDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Moment } from "../../part/moment.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { formatCount } from "../../text/number.ts";

const firstFew = 10;

/** Rows that were taken out on request: of whom is told by a keyed hash only. */
export function ErasureSection(props: { readonly erasures: DatasetDetail["erasures"] }): ReactElement {
  return (
    <Section id="erasures" title="Erasures">
      {props.erasures.length === 0 ? (
        <Empty>No row of it was erased.</Empty>
      ) : (
        <ShowMore items={props.erasures} first={firstFew} what="erasures">
          {(erasures) => (
            <ScrollTable
              caption="Rows that were erased on request; a subject is known by a keyed hash only"
              label="Erasures"
            >
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Subject</th>
                  <th scope="col" className="number">
                    Part
                  </th>
                  <th scope="col" className="number">
                    Rows
                  </th>
                  <th scope="col">Digest of the part, before and after</th>
                </tr>
              </thead>
              <tbody>
                {erasures.map((erasure) => (
                  <tr key={`${erasure.at} ${erasure.subject} ${erasure.part} ${erasure.before}`}>
                    <th scope="row">
                      <Moment at={erasure.at} absent="" />
                    </th>
                    <td>
                      <code>{erasure.subject}</code>
                    </td>
                    <td className="number">{erasure.part}</td>
                    <td className="number">{formatCount(erasure.positions.length)}</td>
                    <td>
                      <code>{erasure.before}</code>
                      <code className="under">{erasure.after}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </ScrollTable>
          )}
        </ShowMore>
      )}
    </Section>
  );
}
