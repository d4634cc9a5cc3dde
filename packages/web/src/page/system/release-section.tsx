import type { ReactElement } from "react";
import { useReleases } from "../../data/system.ts";
import { FoldedSection } from "../../part/folded-section.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, ScrollTable } from "../../part/section.tsx";
import { Unknown } from "../../part/unknown.tsx";

/** Releases, newest first. */
export function ReleaseSection(props: { readonly system: string }): ReactElement {
  const query = useReleases(props.system);
  return (
    <FoldedSection id="releases" title="Releases" says="Every release with model, pipeline and baseline">
      <Loaded query={query} what="releases">
        {({ items }) =>
          items.length === 0 ? (
            <Empty>There is no release. Without one there is no baseline, and nothing can be compared.</Empty>
          ) : (
            <ScrollTable caption="Releases, newest first" label="Releases">
              <thead>
                <tr>
                  <th scope="col" className="number">
                    No.
                  </th>
                  <th scope="col">Stage</th>
                  <th scope="col">Model</th>
                  <th scope="col">Pipeline</th>
                  <th scope="col">Baseline</th>
                  <th scope="col">Live since</th>
                  <th scope="col">Retired</th>
                </tr>
              </thead>
              <tbody>
                {items.map((release) => (
                  <tr key={release.id}>
                    <th scope="row" className="number" title={release.id}>
                      {release.number}
                    </th>
                    <td>
                      <span className={`badge stage-${release.stage}`}>{release.stage}</span>
                    </td>
                    <td>
                      {release.model === null ? <Unknown reason="served elsewhere" /> : <code>{release.model}</code>}
                    </td>
                    <td>
                      <code>{release.pipeline}</code>
                    </td>
                    <td>
                      {release.baseline === null ? <Unknown reason="not frozen" /> : <code>{release.baseline}</code>}
                    </td>
                    <td>
                      <Moment at={release.liveSince} absent="never live" />
                    </td>
                    <td>
                      <Moment at={release.retiredAt} absent="not retired" />
                    </td>
                  </tr>
                ))}
              </tbody>
            </ScrollTable>
          )
        }
      </Loaded>
    </FoldedSection>
  );
}
