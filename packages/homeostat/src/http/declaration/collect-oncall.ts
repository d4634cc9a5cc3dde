import {
  type DeclarationDocument,
  type EscalationPolicyDeclaration,
  escalationPolicyDeclaration,
  type OwnersDeclaration,
  readSchema,
  type ScheduleDeclaration,
  scheduleDeclaration,
} from "@homeostat/protocol";
import {
  type DeclaredOncall,
  missingInPolicy,
  missingInSchedule,
  missingPaths,
} from "../../domain/oncall/check-paths.ts";
import type { EscalationPolicy, Person } from "../../domain/oncall/escalation-policy.ts";
import type { Schedule } from "../../domain/oncall/schedule.ts";
import type { System } from "../../domain/system/system.ts";
import type { Issue } from "../handler.ts";
import { readPolicy, readSchedule } from "./read-schedule.ts";

/** A noun with the document it stands in. */
interface Placed<T> {
  readonly noun: T;
  readonly document: DeclarationDocument;
}

/** Schedules, policies and people of a bundle. */
export interface OncallRead {
  readonly schedules: readonly Placed<Schedule>[];
  readonly policies: readonly Placed<EscalationPolicy>[];
  readonly issues: readonly Issue[];
}

/** Reads every document of kind `Schedule` and `EscalationPolicy`. */
export function collectOncall(documents: readonly DeclarationDocument[]): OncallRead {
  const schedules: Placed<Schedule>[] = [];
  const policies: Placed<EscalationPolicy>[] = [];
  const issues: Issue[] = [];
  for (const document of documents) {
    if (document.kind === "Schedule") {
      const read = readSchema<ScheduleDeclaration>(scheduleDeclaration, document);
      const schedule = "issues" in read ? read : readSchedule(document, read.value);
      if ("issues" in schedule) issues.push(...schedule.issues);
      else schedules.push({ noun: schedule.value, document });
    }
    if (document.kind === "EscalationPolicy") {
      const read = readSchema<EscalationPolicyDeclaration>(escalationPolicyDeclaration, document);
      const policy = "issues" in read ? read : readPolicy(document, read.value);
      if ("issues" in policy) issues.push(...policy.issues);
      else policies.push({ noun: policy.value, document });
    }
  }
  return {
    schedules,
    policies,
    issues: [...issues, ...twice(schedules, "schedule"), ...twice(policies, "escalation policy")],
  };
}

function twice(placed: readonly Placed<{ readonly name: string }>[], what: string): readonly Issue[] {
  return placed.flatMap(({ noun, document }, index) => {
    const first = placed.findIndex((other) => other.noun.name === noun.name);
    return first === index
      ? []
      : [
          {
            path: document.place(["name"]),
            expected: `each ${what} once`,
            found: `\`${noun.name}\`, which stands in ${placed[first]?.document.file} too`,
          },
        ];
  });
}

/** People of documents of kind `Owners`; the same name with two meanings is an issue. */
export function peopleOf(
  document: DeclarationDocument,
  { people }: OwnersDeclaration,
  known: ReadonlyMap<string, Person>,
): { readonly people: readonly Person[]; readonly issues: readonly Issue[] } {
  const issues = people.flatMap(({ name }, index) =>
    known.has(name) || people.findIndex((other) => other.name === name) < index
      ? [
          {
            path: document.place(["people", index, "name"]),
            expected: "each person once",
            found: `\`${name}\` a second time`,
          },
        ]
      : [],
  );
  return { people, issues };
}

/** By name, what is declared now in place of what was declared before. */
export function merged<T extends { readonly name: string }>(before: readonly T[], now: readonly T[]): readonly T[] {
  return [...new Map([...before, ...now].map((noun) => [noun.name, noun])).values()];
}

/** What is missing for every alert to reach somebody, at the place where it is missing. */
export function pathIssues(
  read: OncallRead,
  systems: readonly { readonly system: System; readonly document: DeclarationDocument }[],
  declared: DeclaredOncall,
): readonly Issue[] {
  const issue = (document: DeclarationDocument, found: string): Issue => ({
    path: document.place(["name"]),
    expected: "an escalation path that reaches somebody",
    found,
  });
  return [
    ...read.schedules.flatMap(({ noun, document }) =>
      missingInSchedule(noun, declared).map((text) => issue(document, text)),
    ),
    ...read.policies.flatMap(({ noun, document }) =>
      missingInPolicy(noun, declared).map((text) => issue(document, text)),
    ),
    ...systems.flatMap(({ system, document }) => missingPaths(system, declared).map((text) => issue(document, text))),
  ];
}
