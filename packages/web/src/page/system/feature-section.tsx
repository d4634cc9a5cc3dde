import type { SystemDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { FoldedSection } from "../../part/folded-section.tsx";
import { Empty, ScrollTable } from "../../part/section.tsx";
import { formatCount } from "../../text/number.ts";

/** The SQL behind every feature, every segment and the outcome, and what is declared but not checked. */
export function FeatureSection(props: { readonly system: SystemDetail }): ReactElement {
  const { features, segments, outcome, unchecked } = props.system;
  return (
    <FoldedSection
      id="features"
      title="Features and segments"
      says={`${formatCount(features.length)} features, ${formatCount(segments.length)} segments and the outcome, with their SQL`}
    >
      <ScrollTable caption="Features, with the SQL that computes them in training and in serving" label="Features">
        <thead>
          <tr>
            <th scope="col">Feature</th>
            <th scope="col">Type</th>
            <th scope="col">SQL</th>
          </tr>
        </thead>
        <tbody>
          {features.map((feature) => (
            <tr key={feature.name}>
              <th scope="row">
                <code>{feature.name}</code>
              </th>
              <td>{feature.type}</td>
              <td className="sql">
                <code>{feature.expression}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
      <ScrollTable caption="Segments, each value watched by itself" label="Segments">
        <thead>
          <tr>
            <th scope="col">Segment</th>
            <th scope="col" className="number">
              Values
            </th>
            <th scope="col">SQL</th>
          </tr>
        </thead>
        <tbody>
          {segments.map((segment) => (
            <tr key={segment.name}>
              <th scope="row">
                <code>{segment.name}</code>
              </th>
              <td className="number">{formatCount(segment.values.length)}</td>
              <td className="sql">
                <code>{segment.expression}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </ScrollTable>
      <p>
        Outcome: <code>{outcome}</code>
      </p>
      <h3>Declared but not checked</h3>
      {unchecked.length === 0 ? (
        <Empty>Everything that is declared is checked.</Empty>
      ) : (
        <ul>
          {unchecked.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </FoldedSection>
  );
}
