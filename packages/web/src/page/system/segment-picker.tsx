import type { SystemDetail } from "@homeostat/protocol";
import type { ReactElement } from "react";
import { Choice } from "../../part/choice.tsx";
import { Hint } from "../../part/hint.tsx";
import { segmentKey } from "../../text/segment.ts";

/** All rows, or one value of one declared segment. */
export function SegmentPicker(props: {
  readonly segments: SystemDetail["segments"];
  readonly chosen: string | null;
  readonly onChoose: (key: string | null) => void;
}): ReactElement {
  return (
    <span>
      <Choice name="Rows" value={props.chosen ?? ""} onChoose={(key) => props.onChoose(key === "" ? null : key)}>
        <option value="">All rows</option>
        {props.segments.map(({ name, values }) => (
          <optgroup key={name} label={`By ${name}`}>
            {values.map((value) => (
              <option key={value} value={segmentKey({ name, value }) ?? ""}>
                {name} = {value === "" ? "(empty)" : value}
              </option>
            ))}
          </optgroup>
        ))}
      </Choice>{" "}
      <Hint term="segment" />
    </span>
  );
}
