import type { Dataset } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "wouter";
import { useDatasets } from "../../data/dataset.ts";
import { useSystems } from "../../data/system.ts";
import { Choice } from "../../part/choice.tsx";
import { CommandLine } from "../../part/command-line.tsx";
import { Hint } from "../../part/hint.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Moment } from "../../part/moment.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { ShowMore } from "../../part/show-more.tsx";
import { useTitle } from "../../part/use-title.ts";
import { formatCount } from "../../text/number.ts";
import { createCommands, datasetHref, kindWords, shortDigest } from "../dataset/dataset-name.ts";

const firstFew = 10;

function DatasetTable(props: { readonly system: string; readonly datasets: readonly Dataset[] }): ReactElement {
  return (
    <ShowMore items={props.datasets} first={firstFew} what="datasets">
      {(datasets) => (
        <ScrollTable caption="Newest first" label={`Datasets of ${props.system}`}>
          <thead>
            <tr>
              <th scope="col">
                Name <Hint term="digest" />
              </th>
              <th scope="col" className="number">
                Rows
              </th>
              <th scope="col" className="number">
                Erased
              </th>
              <th scope="col">Made of</th>
              <th scope="col" className="number">
                Columns
              </th>
              <th scope="col">Created</th>
            </tr>
          </thead>
          <tbody>
            {datasets.map((dataset) => (
              <tr key={dataset.digest}>
                <th scope="row">
                  <Link href={datasetHref(props.system, dataset.digest)} title={dataset.digest}>
                    <code>{shortDigest(dataset.digest)}</code>
                  </Link>
                </th>
                <td className="number">{formatCount(dataset.rows)}</td>
                <td className="number">{formatCount(dataset.erasedRows)}</td>
                <td>{kindWords[dataset.kind]}</td>
                <td className="number">{formatCount(dataset.columns.length)}</td>
                <td>
                  <Moment at={dataset.createdAt} absent="" />
                  {dataset.createdBy === "" ? null : <span className="under">by {dataset.createdBy}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      )}
    </ShowMore>
  );
}

function CreateCommands(props: { readonly system: string }): ReactElement {
  return (
    <>
      {createCommands(props.system).map(({ what, command }) => (
        <CommandLine key={what} what={what} command={command} />
      ))}
    </>
  );
}

function SystemDatasets(props: { readonly systems: readonly string[] }): ReactElement {
  const queries = useDatasets(props.systems);
  return (
    <>
      {props.systems.map((system, index) => {
        const query = queries[index];
        return query === undefined ? null : (
          <Section key={system} id={`datasets-${system}`} title={<Link href={`/systems/${system}`}>{system}</Link>}>
            <Loaded query={query} what={`datasets of ${system}`}>
              {({ items }) =>
                items.length === 0 ? (
                  <>
                    <Empty>
                      No dataset yet. A dataset is an immutable snapshot of rows: what models are trained on.
                    </Empty>
                    <CreateCommands system={system} />
                  </>
                ) : (
                  <>
                    <DatasetTable system={system} datasets={items} />
                    <details className="more">
                      <summary>Make another one</summary>
                      <CreateCommands system={system} />
                    </details>
                  </>
                )
              }
            </Loaded>
          </Section>
        );
      })}
    </>
  );
}

/** Datasets, system by system, and how to make them. */
export function DatasetsPage(): ReactElement {
  useTitle("Datasets");
  const systems = useSystems();
  const [search, setSearch] = useSearchParams();
  const asked = search.get("system");
  return (
    <>
      <h1>Datasets</h1>
      <p className="lead">Immutable snapshots of rows, named by what is in them.</p>
      <Loaded query={systems} what="systems" lines={4}>
        {({ items }) => {
          const names = items.map(({ name }) => name);
          return names.length === 0 ? (
            <Empty>
              No system is under care yet, so there are no datasets. <Link href="/">Systems</Link> says how to begin.
            </Empty>
          ) : (
            <>
              {names.length < 2 ? null : (
                <div className="controls">
                  <Choice
                    name="System"
                    value={asked ?? ""}
                    onChoose={(name) => setSearch(name === "" ? {} : { system: name }, { replace: true })}
                  >
                    <option value="">Every system</option>
                    {names.map((name) => (
                      <option key={name} value={name}>
                        {name}
                      </option>
                    ))}
                  </Choice>
                </div>
              )}
              <SystemDatasets systems={names.filter((name) => asked === null || name === asked)} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}
