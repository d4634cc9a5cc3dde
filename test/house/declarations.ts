import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface DeclarationFile {
  readonly path: string;
  readonly text: string;
}

const names = ["system.yaml", "contract.odcs.yaml", "pipeline.yaml", "owners.yaml"] as const;
const exampleOf = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../examples/flight-delay/${name}`, import.meta.url)), "utf8");

/** The files of the example system, each passed through an edit of its text. An edit that changes nothing is a mistake. */
export function flightDelay(
  edits: Partial<Record<(typeof names)[number], (text: string) => string>> = {},
): DeclarationFile[] {
  return names.map((name) => {
    const text = exampleOf(name);
    const edited = edits[name]?.(text);
    if (edited === text) throw new Error(`the edit of ${name} changes nothing`);
    return { path: `flight-delay/${name}`, text: edited ?? text };
  });
}

/** The same system as if somebody else served it: Homeostat only watches. */
export function monitoredElsewhere(): DeclarationFile[] {
  return flightDelay({
    "system.yaml": (text) =>
      text.replace("serving: gateway", "serving: monitor-only").replace(/\nfallback:\n(?: .*\n)+/, "\n"),
  });
}
