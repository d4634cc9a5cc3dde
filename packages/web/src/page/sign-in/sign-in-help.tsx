import type { ReactElement } from "react";
import { useTitle } from "../../part/use-title.ts";

/** How to get in: a one-time link, made on the machine that runs the server. */
export function SignInHelp(): ReactElement {
  useTitle("Sign in");
  return (
    <div className="narrow">
      <h1>Sign in</h1>
      <p>These pages open with a one-time link. On the machine that runs Homeostat, with an admin key at hand, run</p>
      <pre>
        <code>homeostat keys sign-in-link</code>
      </pre>
      <p>
        and open the link it prints in this browser. A link works once and for a short time. The first start of{" "}
        <code>homeostat up</code> prints one too.
      </p>
    </div>
  );
}
