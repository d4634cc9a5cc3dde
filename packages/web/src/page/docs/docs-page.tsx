import { type ReactElement, useState } from "react";
import { type ApiDocument, useApiDocument } from "../../data/open-api.ts";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, ScrollTable, Section } from "../../part/section.tsx";
import { useTitle } from "../../part/use-title.ts";
import { byTag, isFound, listOperations } from "./api-operation.ts";
import { OperationEntry } from "./operation-entry.tsx";
import { ShapeTable } from "./shape-table.tsx";

function ProblemTable(props: { readonly document: ApiDocument }): ReactElement {
  return (
    <ScrollTable caption="Every refusal carries one of these codes" label="Problem codes">
      <thead>
        <tr>
          <th scope="col">Code</th>
          <th scope="col" className="number">
            Status
          </th>
          <th scope="col">Meaning</th>
          <th scope="col">What to do next</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(props.document["x-problems"]).map(([code, problem]) => (
          <tr key={code}>
            <th scope="row">
              <code>{code}</code>
            </th>
            <td className="number">{problem.status}</td>
            <td>{problem.title}</td>
            <td>{problem.next}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

function Reference(props: { readonly document: ApiDocument }): ReactElement {
  const [search, setSearch] = useState("");
  const operations = listOperations(props.document);
  const found = operations.filter((listed) => isFound(listed, search));
  const problemSchema = props.document.components.schemas.Problem;
  return (
    <>
      <p>
        Version {props.document.info.version}. The same as a document for tools:{" "}
        <a href="/v1/openapi.json">/v1/openapi.json</a> (OpenAPI 3.1). Send a key as{" "}
        <code>Authorization: Bearer …</code>; <code>homeostat keys create</code> makes one.
      </p>
      <nav className="contents" aria-label="On this page">
        <a href="#routes">Routes</a>
        <a href="#problems">Problem codes</a>
      </nav>
      <Section
        id="routes"
        title="Routes"
        aside={
          <label>
            Search{" "}
            <input
              type="search"
              value={search}
              placeholder="outcomes, POST, admin …"
              onChange={(event) => setSearch(event.target.value)}
            />
          </label>
        }
      >
        <p role="status" className="quiet">
          {found.length === operations.length
            ? `${operations.length} routes`
            : `${found.length} of ${operations.length} routes`}
        </p>
        {found.length === 0 ? <Empty>No route has all of these words.</Empty> : null}
        {byTag(found, operations).map(([tag, group]) => (
          <div key={tag}>
            <h3>{tag}</h3>
            {group.map((listed) => (
              <OperationEntry key={listed.operation.operationId} listed={listed} />
            ))}
          </div>
        ))}
      </Section>
      <Section id="problems" title="Problem codes">
        <ProblemTable document={props.document} />
        {problemSchema === undefined ? null : (
          <ShapeTable caption="A problem, application/problem+json (RFC 9457)" schema={problemSchema} />
        )}
      </Section>
    </>
  );
}

/** The API reference, made from the server's own OpenAPI document. */
export function DocsPage(): ReactElement {
  useTitle("API reference");
  const query = useApiDocument();
  return (
    <>
      <h1>API reference</h1>
      <Loaded query={query} what="the API's document" lines={8}>
        {(document) => <Reference document={document} />}
      </Loaded>
    </>
  );
}
