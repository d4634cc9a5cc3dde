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

/** The same system under another name, with a row to probe it with. */
export function probed(): DeclarationFile[] {
  const probes = `probes:
  repeats: 3
  rows:
    - name: evening-flight
      inputs: { departure: "2001-02-01T21:00:00Z", origin: ORD, destination: DFW, distance: 802 }
`;
  return flightDelay({
    "system.yaml": (text) => `${text.replace("name: flight-delay\n", "name: probed\n").trimEnd()}\n${probes}`,
  });
}

/** The same system as if somebody else served it: Homeostat only watches. */
export function monitoredElsewhere(): DeclarationFile[] {
  return flightDelay({
    "system.yaml": (text) =>
      text.replace("serving: gateway", "serving: monitor-only").replace(/\nfallback:\n(?: .*\n)+/, "\n"),
  });
}

/** An objective of a system: at most a hundredth of the predictions fails, over four weeks. */
export function availabilityObjective(service: string): string {
  return `apiVersion: openslo/v1
kind: SLO
metadata:
  name: answers
  annotations: { homeostat.io/runbook: Look at the model server. }
spec:
  service: ${service}
  indicator:
    spec:
      ratioMetric:
        counter: true
        good: { metricSource: { type: homeostat, spec: { metric: answered } } }
        total: { metricSource: { type: homeostat, spec: { metric: predictions } } }
  timeWindow:
    - { duration: 28d, isRolling: true }
  budgetingMethod: Occurrences
  objectives:
    - target: 0.99
`;
}
/** Rules that ask before they act on trouble in an origin. */
export const askingActions = `actions:
  - { name: calm, when: { segment: origin }, do: fallback, coolDown: PT0S }
  - { name: still, when: { feature: departure_hour }, do: freeze-feature, feature: departure_hour }
  - { name: back, when: { layer: pipeline, severity: critical }, do: rollback }
`;
