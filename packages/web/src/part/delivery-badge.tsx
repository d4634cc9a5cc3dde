import type { Delivery } from "@homeostat/protocol";
import type { ReactElement } from "react";

const words = { waiting: "Waiting", sent: "Sent", failed: "Failed", dropped: "Not needed" } as const;

/** Where a message to a channel stands. */
export function DeliveryBadge(props: { readonly state: Delivery["state"] }): ReactElement {
  return <span className={`badge sent-${props.state}`}>{words[props.state]}</span>;
}
