import type { ReactElement } from "react";

/** What to do on an empty server. */
export function NoSystems(): ReactElement {
  return (
    <div className="empty">
      <p>No system is under care yet. A system is declared in text files and applied with one command:</p>
      <ol>
        <li>
          Write <code>system.yaml</code>, <code>pipeline.yaml</code>, <code>owners.yaml</code> and the source's data
          contract, in one folder.
        </li>
        <li>
          See what would be created: <code>homeostat plan systems/</code>
        </li>
        <li>
          Create it: <code>homeostat apply systems/</code>
        </li>
      </ol>
      <p>It appears here as soon as it is applied.</p>
    </div>
  );
}
