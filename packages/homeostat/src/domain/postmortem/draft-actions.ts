import type { PostmortemAction } from "./actions-in.ts";
import { plainMarkdown } from "./markdown-text.ts";
import type { PostmortemFacts } from "./postmortem-facts.ts";

type Proposal = Omit<PostmortemAction, "id" | "done">;

/** What follows from the facts. A person strikes out what is not wanted and adds the rest. Pure. */
export function draftActions(facts: PostmortemFacts): readonly PostmortemAction[] {
  return [...sourceActions(facts), ...causeActions(facts), ...pageActions(facts)].map((proposal, index) => ({
    ...proposal,
    id: `A${index + 1}`,
    done: false,
  }));
}

function sourceActions({ system, findings }: PostmortemFacts): readonly Proposal[] {
  const owner = system.owners["upstream-data"];
  const about = (monitor: "null-rate" | "new-category"): readonly string[] => [
    ...new Set(
      findings.flatMap((finding) =>
        finding.monitor === monitor && finding.feature !== undefined ? [finding.feature] : [],
      ),
    ),
  ];
  return [
    ...about("null-rate").map((feature) => ({
      owner,
      text: `Promise in the contract that \`${feature}\` is present`,
      make: "rule" as const,
    })),
    ...about("new-category").map((feature) => ({
      owner,
      text: `List the values of \`${feature}\` in the contract`,
      make: "rule" as const,
    })),
  ];
}

function causeActions({ incident, system, findings }: PostmortemFacts): readonly Proposal[] {
  const { diagnosis, linkedCause, falseAlarm } = incident;
  if (falseAlarm !== undefined) {
    const monitors = [...new Set(findings.map(({ monitor }) => monitor))].join(", ");
    const text = `Make the monitor ${monitors} deaf to this: ${plainMarkdown(falseAlarm.reason)}`;
    return [{ owner: incident.owner, text, make: "monitor" }];
  }
  const cause = linkedCause ?? diagnosis?.namedCause?.change;
  if (cause === undefined) {
    const text = "Find out what changed, and let its source tell the change log (a hook, or `homeostat change record`)";
    return [{ owner: system.owners["upstream-data"], text, make: undefined }];
  }
  const component = plainMarkdown(cause.component);
  const isOurs = cause.component.startsWith("release:") || cause.component.startsWith("pipeline:");
  return [
    isOurs
      ? {
          owner: system.owners["training-pipeline"],
          text: `Roll back by itself when a release of ${component} does this again`,
          make: "action" as const,
        }
      : {
          owner: system.owners["upstream-data"],
          text: `Agree with the owner of ${component} that such changes are announced before they take effect`,
          make: undefined,
        },
  ];
}

function pageActions({ incident, system, deliveries, timeline }: PostmortemFacts): readonly Proposal[] {
  const failed = [...new Set(deliveries.filter(({ state }) => state === "failed").map(({ channel }) => channel))];
  const slow = incident.detectedAtEventTime - incident.since > system.windows.lengthMs;
  const acknowledged = timeline.some(({ kind }) => kind === "acknowledged");
  return [
    ...(failed.length === 0
      ? []
      : [
          {
            owner: system.owners.serving,
            text: `Repair the channel ${plainMarkdown(failed.join(", "))}: its messages did not arrive`,
            make: undefined,
          },
        ]),
    ...(slow
      ? [
          {
            owner: system.owners["production-performance"],
            text: "Detect it within one window: a monitor of its own for the slice or the feature",
            make: "monitor" as const,
          },
        ]
      : []),
    ...(acknowledged
      ? []
      : [{ owner: incident.owner, text: "Say who acknowledges such a page, and until when", make: undefined }]),
  ];
}
