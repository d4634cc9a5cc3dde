import type { ReactElement } from "react";
import type { JsonSchema } from "../../data/open-api.ts";
import { ScrollTable } from "../../part/section.tsx";
import { limitText, shapeLines, typeText } from "./schema-text.ts";

/** A JSON shape as a table of its fields. */
export function ShapeTable(props: { readonly caption: string; readonly schema: JsonSchema }): ReactElement {
  const lines = shapeLines(props.schema);
  if (lines.length === 0) {
    return (
      <p>
        {props.caption}: <code>{typeText(props.schema)}</code> {props.schema.description ?? limitText(props.schema)}
      </p>
    );
  }
  return (
    <ScrollTable caption={props.caption} label={props.caption}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Type</th>
          <th scope="col">What it is</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.path}>
            <th scope="row">
              <code>{line.path}</code>
              {line.required ? null : <span className="under">may be absent</span>}
            </th>
            <td>
              <code>{line.type}</code>
            </td>
            <td>{line.description}</td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  );
}
