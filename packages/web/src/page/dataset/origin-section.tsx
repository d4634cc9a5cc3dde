import type { DatasetDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Fact, Facts } from "../../part/fact.tsx";
import { Moment, Span } from "../../part/moment.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { formatBytes } from "../../text/bytes.ts";
import { formatCount } from "../../text/number.ts";

type Origin = DatasetDetail["origin"];
const firstFew = 10;

function FileOrigin(props: { readonly origin: Extract<Origin, { kind: "files" }> }): ReactElement {
  const { files } = props.origin;
  if (files.length === 0)
    return (
      <Empty>Which files it was made of was not noted: a release before this one made it, or one upload did.</Empty>
    );
  return (
    <ShowMore items={files} first={firstFew} what="files">
      {(shown) => (
        <ScrollTable caption="The owner's files, as they were when the dataset was made" label="Files of the dataset">
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col" className="number">
                Size
              </th>
              <th scope="col">SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((file) => (
              <tr key={`${file.name} ${file.sha256}`}>
                <th scope="row">{file.name}</th>
                <td className="number">{formatBytes(file.bytes)}</td>
                <td>
                  <code>{file.sha256}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      )}
    </ShowMore>
  );
}

function PredictionOrigin(props: { readonly origin: Extract<Origin, { kind: "predictions" }> }): ReactElement {
  const { origin } = props;
  return (
    <Facts>
      <Fact name="Event time">
        <Span start={origin.since} end={origin.until} />
      </Fact>
      <Fact name="Condition">{origin.where === null ? "none" : <code>{origin.where}</code>}</Fact>
      <Fact name="Labels">
        {origin.labelledOnly ? "only rows with an outcome" : "rows with and without an outcome"}
      </Fact>
      <Fact name="Received until">
        <Moment at={origin.receivedUntil} absent="" />
      </Fact>
      <Fact name="Newest event then">
        <Moment at={origin.watermark} absent="no event was known" />
      </Fact>
    </Facts>
  );
}

/** Where the rows came from, and the parts they lie in. */
export function OriginSection(props: { readonly dataset: DatasetDetail }): ReactElement {
  const { origin, parts } = props.dataset;
  return (
    <Section id="origin" title="Manifest">
      {origin.kind === "files" ? <FileOrigin origin={origin} /> : <PredictionOrigin origin={origin} />}
      <ShowMore items={parts.map((part, index) => ({ ...part, index }))} first={firstFew} what="parts">
        {(shown) => (
          <ScrollTable caption="The parts in which its rows are stored" label="Parts of the dataset">
            <thead>
              <tr>
                <th scope="col" className="number">
                  Part
                </th>
                <th scope="col" className="number">
                  Rows
                </th>
                <th scope="col" className="number">
                  Size
                </th>
                <th scope="col">Digest</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((part) => (
                <tr key={part.index}>
                  <th scope="row" className="number">
                    {part.index}
                  </th>
                  <td className="number">{formatCount(part.rows)}</td>
                  <td className="number">{formatBytes(part.bytes)}</td>
                  <td>
                    <code>{part.digest}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </ScrollTable>
        )}
      </ShowMore>
    </Section>
  );
}
