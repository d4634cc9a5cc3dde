import { canonicalText } from "../../domain/canonical-text.ts";
import type { Clock } from "../../domain/instant.ts";
import { dayMs, type Instant, isoOf } from "../../domain/instant.ts";
import type { EscalationPolicy, EscalationPolicyStore, Person } from "../../domain/oncall/escalation-policy.ts";
import type { Schedule, ScheduleStore } from "../../domain/oncall/schedule.ts";
import { coverageOf, shiftsOf } from "../../domain/oncall/shifts.ts";

export interface OncallPlanPorts {
  readonly schedules: ScheduleStore;
  readonly policies: EscalationPolicyStore;
  readonly clock: Clock;
}

interface DeclaredOncallNouns {
  readonly people: readonly Person[];
  readonly schedules: readonly Schedule[];
  readonly policies: readonly EscalationPolicy[];
}

interface OncallPlan {
  readonly steps: readonly {
    readonly action: "create" | "change" | "keep";
    readonly what: string;
    readonly detail: string;
  }[];
  readonly warnings: readonly string[];
}

const lookedAheadMs = 364 * dayMs;

/** What applying would do to schedules and policies, and which schedules leave gaps in the next 52 weeks. */
export async function planOncall(ports: OncallPlanPorts, declared: DeclaredOncallNouns): Promise<OncallPlan> {
  const [schedules, policies, people] = await Promise.all([
    ports.schedules.list(),
    ports.policies.policies(),
    ports.policies.people(),
  ]);
  const now = ports.clock.now();
  return {
    steps: [
      ...stepsOf("person", declared.people, people, ({ notify }) => `${notify.length} channels`),
      ...stepsOf(
        "schedule",
        declared.schedules,
        schedules.map(({ schedule }) => schedule),
        ({ zone, layers }) => `${zone}, ${layers.length} ${layers.length === 1 ? "layer" : "layers"}`,
      ),
      ...stepsOf(
        "escalation policy",
        declared.policies,
        policies,
        ({ steps }) => `${steps.length} ${steps.length === 1 ? "step" : "steps"} and a last resort`,
      ),
    ],
    warnings: declared.schedules.flatMap((schedule) => gapWarning(schedule, now)),
  };
}

function stepsOf<T extends { readonly name: string }>(
  what: string,
  declared: readonly T[],
  before: readonly T[],
  detail: (noun: T) => string,
): OncallPlan["steps"] {
  return declared.map((noun) => {
    const known = before.find(({ name }) => name === noun.name);
    const action = known === undefined ? "create" : canonicalText(known) === canonicalText(noun) ? "keep" : "change";
    return { action, what: `${what} ${noun.name}`, detail: action === "keep" ? "as declared" : detail(noun) };
  });
}

function gapWarning(schedule: Schedule, now: Instant): readonly string[] {
  const { gaps } = coverageOf(shiftsOf([{ schedule, since: now }], [], now, now + lookedAheadMs));
  const [first] = gaps;
  if (first === undefined) return [];
  const counted = gaps.length === 1 ? "one gap" : `${gaps.length} gaps`;
  return [
    `schedule ${schedule.name}: ${counted} in the next 52 weeks, the first from ${isoOf(first.from)} to ${isoOf(first.to)}; alerts go on to the next step then`,
  ];
}

/** Saves what is declared. An unchanged schedule keeps its version. */
export async function saveOncall(ports: OncallPlanPorts, declared: DeclaredOncallNouns, at: Instant): Promise<void> {
  await ports.policies.savePeople(declared.people);
  for (const schedule of declared.schedules) await ports.schedules.save(schedule, at);
  await ports.policies.savePolicies(declared.policies);
}
