import { type ReactElement, useMemo } from "react";
import { useDrift } from "../../data/sensing.ts";
import { Hint } from "../../part/hint.tsx";
import { Loaded } from "../../part/loaded.tsx";
import { Empty, Section } from "../../part/section.tsx";
import { HeatMap } from "../../plot/heat-map.tsx";
import type { Marker } from "../../plot/series.ts";
import { parseSegmentKey, segmentKey, segmentName } from "../../text/segment.ts";
import { formatTick } from "../../text/time.ts";
import { SegmentPicker } from "./segment-picker.tsx";
import type { SensingProps } from "./sensing-props.ts";

/** The PSI of every feature in one segment, window by window. */
export function DriftSection(props: SensingProps & { readonly markers: readonly Marker[] }): ReactElement {
  const { system, windows, range, nameWindow, view } = props;
  const query = useDrift(system.name, range, view.segment);
  const starts = useMemo(() => windows.map(({ start }) => start), [windows]);
  const { lengthMs } = system.windows;
  const cells = useMemo(
    () => (query.data?.items ?? []).filter((cell) => segmentKey(cell.segment) === view.segment),
    [query.data, view.segment],
  );
  return (
    <Section
      id="drift"
      title={
        <>
          Input drift: debiased <Hint term="debiased" /> PSI <Hint term="psi" />
        </>
      }
      aside={
        <SegmentPicker
          segments={system.segments}
          chosen={view.segment}
          onChoose={(key) => view.choose("segment", key)}
        />
      }
    >
      {range === null ? (
        <Empty>No window has begun, so nothing could drift yet.</Empty>
      ) : (
        <Loaded query={query} what="drift" lines={8}>
          {() =>
            cells.length === 0 ? (
              <Empty>
                Not checked: there is no drift picture of {segmentName(parseSegmentKey(view.segment)).toLowerCase()} in
                these windows. It needs a release with a baseline and a judged window.
              </Empty>
            ) : (
              <HeatMap
                caption={`Debiased PSI of each feature in each window: ${segmentName(parseSegmentKey(view.segment))}`}
                cells={cells}
                windows={starts}
                markers={props.markers}
                windowMs={lengthMs}
                formatTime={(epochMs) => formatTick(epochMs, lengthMs)}
                nameWindow={nameWindow}
              />
            )
          }
        </Loaded>
      )}
    </Section>
  );
}
