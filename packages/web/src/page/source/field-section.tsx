import type { SourceDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { InWords } from "../../part/in-words.tsx";
import { ScrollTable, Section } from "../../part/section.tsx";

const severityWords = { error: "", warning: " (warning)", info: " (worth a note)" } as const;

function Rules(props: { readonly rules: SourceDetail["rules"] }): ReactElement {
  if (props.rules.length === 0) return <span className="quiet">nothing is promised</span>;
  return (
    <ul className="rules">
      {props.rules.map((rule) => (
        <li key={rule.id}>
          <InWords text={rule.words} />
          {severityWords[rule.severity]} <span className="under">{rule.id}</span>
        </li>
      ))}
    </ul>
  );
}

/** Fields of the contract with what is promised of each, in words. */
export function FieldSection(props: { readonly source: SourceDetail }): ReactElement {
  const { fields, rules } = props.source;
  const names = new Set(fields.map(({ name }) => name));
  const whole = rules.filter(({ field }) => field === null || !names.has(field));
  return (
    <Section id="fields" title="Fields and their rules">
      <ScrollTable caption="As the contract names them" label="Fields of the contract with their rules">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Type</th>
            <th scope="col">Promised</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.name}>
              <th scope="row">
                <code>{field.name}</code>
                {field.column === field.name ? null : (
                  <span className="under">
                    column <code>{field.column}</code>
                  </span>
                )}
              </th>
              <td>
                {field.type}
                <span className="under">{field.required ? "required" : "may be missing"}</span>
              </td>
              <td className="rules-cell">
                <Rules rules={rules.filter((rule) => rule.field === field.name)} />
              </td>
            </tr>
          ))}
          {whole.length === 0 ? null : (
            <tr>
              <th scope="row">all rows together</th>
              <td />
              <td className="rules-cell">
                <Rules rules={whole} />
              </td>
            </tr>
          )}
        </tbody>
      </ScrollTable>
    </Section>
  );
}
