import type { ReactElement } from "react";
import { Link, useSearchParams } from "wouter";
import { useReview, useReviews } from "../../data/learning.ts";
import { useSystems } from "../../data/system.ts";
import { Choice } from "../../part/choice.tsx";
import { DocumentText } from "../../part/document-text.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, ScrollTable } from "../../part/section.tsx";
import { useTitle } from "../../part/use-title.ts";

/** Health reviews that were written, newest month first. */
export function ReviewsPage(): ReactElement {
  useTitle("Reviews");
  const [search, setSearch] = useSearchParams();
  const system = search.get("system");
  const query = useReviews(system);
  const systems = useSystems();
  return (
    <>
      <h1>Health reviews</h1>
      <p>What each month was like: windows, incidents, false alarms, what was lost, and what to do next.</p>
      <div className="controls">
        <Choice
          name="System"
          value={system ?? ""}
          onChoose={(name) => setSearch(name === "" ? {} : { system: name }, { replace: true })}
        >
          <option value="">Every system</option>
          {(systems.data?.items ?? []).map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Choice>
      </div>
      <Loaded query={query} what="the reviews" lines={4}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>
              None yet: each month one is written by itself when it is over, and{" "}
              <code>homeostat review {system ?? "SYSTEM"} --month 2026-10</code> writes one now.
            </Empty>
          ) : (
            <ScrollTable caption="Newest month first" label="Health reviews">
              <thead>
                <tr>
                  <th scope="col">Month</th>
                  <th scope="col">System</th>
                  <th scope="col">In a sentence</th>
                  <th scope="col">Written</th>
                </tr>
              </thead>
              <tbody>
                {items.map((one) => (
                  <tr key={`${one.system} ${one.month}`}>
                    <th scope="row">
                      <Link href={`/reviews/${one.system}/${one.month}`}>{one.month}</Link>
                    </th>
                    <td>
                      <Link href={`/systems/${one.system}`}>{one.system}</Link>
                    </td>
                    <td>{one.headline}</td>
                    <td>
                      <Moment at={one.writtenAt} absent="" />
                    </td>
                  </tr>
                ))}
              </tbody>
            </ScrollTable>
          )
        }
      </Loaded>
    </>
  );
}

/** One health review. */
export function ReviewPage(props: { readonly system: string; readonly month: string }): ReactElement {
  const { system, month } = props;
  useTitle(`Review of ${system}, ${month}`);
  const query = useReview(system, month);
  return (
    <>
      <p>
        <Link href="/reviews">All reviews</Link> · <Link href={`/systems/${system}`}>{system}</Link>
      </p>
      <Loaded query={query} what="the review" lines={10}>
        {(review) => <DocumentText html={review.html} />}
      </Loaded>
    </>
  );
}
