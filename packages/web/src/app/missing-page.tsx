import type { ReactElement } from "react";
import { Link } from "wouter";
import { useTitle } from "../part/use-title.ts";

/** Shown at addresses that no page has. */
export function MissingPage(): ReactElement {
  useTitle("No such page");
  return (
    <>
      <h1>There is no page at this address</h1>
      <p>
        Go to the <Link href="/">systems</Link>, the <Link href="/incidents">incidents</Link> or the{" "}
        <Link href="/docs">API reference</Link>.
      </p>
    </>
  );
}
