import type { VerdictState } from "@homeostat/protocol";
import type { ReactElement } from "react";

/** Six outlines that differ in silhouette, so that the state can be read without colour. */
const shapes: { readonly [S in VerdictState]: ReactElement } = {
  healthy: (
    <>
      <circle cx="8" cy="8" r="6.5" />
      <path d="M4.8 8.2l2.2 2.3 4.2-4.8" />
    </>
  ),
  warning: (
    <>
      <path d="M8 1.8L15 14H1z" />
      <path d="M8 6.2v3.6M8 11.8v.4" />
    </>
  ),
  critical: (
    <>
      <path className="filled" d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z" />
      <path className="reversed" d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2" />
    </>
  ),
  "not-enough-data": (
    <>
      <rect x="1.5" y="1.5" width="13" height="13" rx="2" strokeDasharray="2.6 1.8" />
      <path d="M4.6 8h.3M7.85 8h.3M11.1 8h.3" strokeWidth="2.2" />
    </>
  ),
  "waiting-for-labels": (
    <path d="M3.5 1.5h9M3.5 14.5h9M4.5 1.5c0 4 3.5 4.5 3.5 6.5s-3.5 2.5-3.5 6.5M11.5 1.5c0 4-3.5 4.5-3.5 6.5s3.5 2.5 3.5 6.5" />
  ),
  "not-checked": (
    <>
      <circle cx="8" cy="8" r="6.5" strokeDasharray="1.5 2.2" />
      <path d="M5 8h6" />
    </>
  ),
};

/** The sign of a verdict. It is decoration: whoever uses it says the word beside it or in a label. */
export function VerdictIcon(props: { readonly state: VerdictState }): ReactElement {
  return (
    <svg className="verdict-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {shapes[props.state]}
    </svg>
  );
}
