import { type ReactElement, useState } from "react";
import type { ApiParameter } from "../../data/open-api.ts";
import { ScrollTable } from "../../part/section.tsx";
import type { ListedOperation } from "./api-operation.ts";
import { typeText } from "./schema-text.ts";
import { ShapeTable } from "./shape-table.tsx";

function ParameterTable(props: { readonly parameters: readonly ApiParameter[] }): ReactElement {
  return (
    <ScrollTable caption="Parameters" label="Parameters">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">In</th>
          <th scope="col">Type</th>
          <th scope="col">What it is</th>
        </tr>
      </thead>
      <tbody>
        {props.parameters.map((parameter) => (
          <tr key={parameter.name}>
            <th scope="row">
              <code>{parameter.name}</code>
              {parameter.required ? null : <span className="under">may be absent</span>}
            </th>
            <td>{parameter.in}</td>
            <td>
              <code>{typeText(parameter.schema)}</code>
            </td>
            <td>{parameter.schema.description ?? ""}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}

function OperationDetail(props: { readonly listed: ListedOperation }): ReactElement {
  const { parameters, requestBody, responses } = props.listed.operation;
  const bodies = Object.entries(requestBody?.content ?? {});
  const answers = Object.entries(responses).filter(([status]) => status !== "default");
  return (
    <>
      {parameters.length === 0 ? null : <ParameterTable parameters={parameters} />}
      {bodies.map(([type, { schema }]) =>
        type === "application/x-ndjson" ? (
          <p key={type}>Body, {type}: one of the rows above per line.</p>
        ) : (
          <ShapeTable key={type} caption={`Body, ${type}`} schema={schema} />
        ),
      )}
      {answers.map(([status, { content }]) => {
        const schema = content?.["application/json"]?.schema;
        return schema === undefined ? (
          <p key={status}>Answer {status}: no body.</p>
        ) : (
          <ShapeTable key={status} caption={`Answer ${status}, application/json`} schema={schema} />
        );
      })}
    </>
  );
}

/** One route, opened on demand: with every shape unfolded the page would be thousands of rows long. */
export function OperationEntry(props: { readonly listed: ListedOperation }): ReactElement {
  const { method, path, operation } = props.listed;
  const [opened, setOpened] = useState(false);
  const scope = operation["x-scope"];
  return (
    <details className="operation" id={operation.operationId} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>
        <span className={`method method-${method.toLowerCase()}`}>{method}</span> <code>{path}</code>{" "}
        <span className="operation-summary">{operation.summary}</span>{" "}
        <span className="badge">{scope === "none" ? "no key" : `scope: ${scope}`}</span>
      </summary>
      {opened ? <OperationDetail listed={props.listed} /> : null}
    </details>
  );
}
