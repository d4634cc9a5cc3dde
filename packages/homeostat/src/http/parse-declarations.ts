import { createHash } from "node:crypto";
import { posix } from "node:path";
import {
  type DeclarationDocument,
  dataContract,
  type OwnersDeclaration,
  ownersDeclaration,
  pipelineDeclaration,
  readSchema,
  readYaml,
} from "@homeostat/protocol";
import { canonicalText } from "../domain/canonical-text.ts";
import type { ExpressionChecker } from "../domain/engine/expression.ts";
import type { NamedChannel } from "../domain/notification/channel-declaration.ts";
import type { DeclaredOncall } from "../domain/oncall/check-paths.ts";
import type { EscalationPolicy, Person } from "../domain/oncall/escalation-policy.ts";
import type { Schedule } from "../domain/oncall/schedule.ts";
import type { Slo } from "../domain/slo/slo.ts";
import type { Owner, System } from "../domain/system/system.ts";
import { collectOncall, merged, pathIssues, peopleOf } from "./declaration/collect-oncall.ts";
import { readChannels } from "./declaration/read-channels.ts";
import { repeatedNames } from "./declaration/read-pipeline.ts";
import { readSlos } from "./declaration/read-slo.ts";
import { readSystem } from "./declaration/read-system.ts";
import type { Issue } from "./handler.ts";

export interface DeclarationFile {
  readonly path: string;
  readonly text: string;
}

interface DeclaredSystem {
  readonly system: System;
  /** SHA-256 in hex over the system with its keys in order: comments, layout and the order of keys do not change it. */
  readonly digest: string;
  /** The file it stands in. */
  readonly path: string;
  readonly document: DeclarationDocument;
}

export type DeclarationsRead =
  | {
      readonly kind: "parsed";
      readonly systems: readonly DeclaredSystem[];
      readonly owners: readonly Owner[];
      readonly channels: readonly NamedChannel[];
      readonly people: readonly Person[];
      readonly schedules: readonly Schedule[];
      readonly policies: readonly EscalationPolicy[];
    }
  /** Every issue's path is `file:line:column`. */
  | { readonly kind: "refused"; readonly issues: readonly Issue[] };

const mostIssues = 100;
const kinds = [
  "System",
  "Owners",
  "Channels",
  "Pipeline",
  "DataContract",
  "SLO",
  "SLI",
  "Schedule",
  "EscalationPolicy",
];

function readFiles(files: readonly DeclarationFile[]): {
  readonly documents: readonly DeclarationDocument[];
  readonly paths: ReadonlySet<string>;
  readonly issues: readonly Issue[];
} {
  const documents: DeclarationDocument[] = [];
  const paths = new Set<string>();
  const issues: Issue[] = [];
  for (const file of files) {
    const path = posix.normalize(file.path.replaceAll("\\", "/"));
    if (paths.has(path)) {
      issues.push({ path: `${path}:1:1`, expected: "each file once", found: "this path a second time" });
      continue;
    }
    paths.add(path);
    const read = readYaml(path, file.text);
    documents.push(...read.documents);
    issues.push(...read.issues);
  }
  return { documents, paths, issues };
}

function kindIssues(documents: readonly DeclarationDocument[]): readonly Issue[] {
  return documents.flatMap((document) =>
    kinds.includes(document.kind)
      ? []
      : [
          {
            path: document.place(["kind"]),
            expected: `kind: one of ${kinds.join(", ")}`,
            found: document.kind === "" ? "nothing" : document.kind,
          },
        ],
  );
}

function readOwners(documents: readonly DeclarationDocument[]): {
  readonly owners: readonly Owner[];
  readonly people: readonly Person[];
  readonly issues: readonly Issue[];
} {
  const owners = new Map<string, Owner>();
  const people = new Map<string, Person>();
  const issues: Issue[] = [];
  for (const document of documents.filter(({ kind }) => kind === "Owners")) {
    const read = readSchema<OwnersDeclaration>(ownersDeclaration, document);
    if ("issues" in read) {
      issues.push(...read.issues);
      continue;
    }
    issues.push(
      ...repeatedNames(
        document,
        "owners",
        read.value.owners.map((owner) => owner.name),
      ),
    );
    const own = peopleOf(document, read.value, people);
    issues.push(...own.issues);
    for (const person of own.people) people.set(person.name, person);
    for (const [index, owner] of read.value.owners.entries()) {
      const elsewhere =
        owners.has(owner.name) && read.value.owners.findIndex(({ name }) => name === owner.name) === index;
      if (elsewhere)
        issues.push({
          path: document.place(["owners", index, "name"]),
          expected: "each owner once",
          found: `\`${owner.name}\`, who stands in another document too`,
        });
      owners.set(owner.name, owner);
    }
  }
  return { owners: [...owners.values()], people: [...people.values()], issues };
}

/** Contracts and pipelines are read by the systems that use them; what no system uses is still held to its schema. */
function unusedIssues(documents: readonly DeclarationDocument[]): readonly Issue[] {
  return documents.flatMap((document) => {
    if (document.kind === "DataContract") {
      const read = readSchema(dataContract, document);
      return "issues" in read ? read.issues : [];
    }
    if (document.kind !== "Pipeline") return [];
    const read = readSchema(pipelineDeclaration, document);
    return "issues" in read ? read.issues : [];
  });
}

function withoutRepeats(issues: readonly Issue[]): readonly Issue[] {
  const unique = new Map(issues.map((issue) => [`${issue.path} ${issue.expected} ${issue.found}`, issue]));
  return [...unique.values()].slice(0, mostIssues);
}

async function readSystems(
  documents: readonly DeclarationDocument[],
  around: Parameters<typeof readSystem>[1],
): Promise<{ readonly systems: readonly DeclaredSystem[]; readonly issues: readonly Issue[] }> {
  const systems: Omit<DeclaredSystem, "digest">[] = [];
  const issues: Issue[] = [];
  for (const document of documents.filter(({ kind }) => kind === "System")) {
    const read = await readSystem(document, around);
    if ("issues" in read) {
      issues.push(...read.issues);
      continue;
    }
    const system = read.value;
    const first = systems.find((other) => other.system.name === system.name);
    if (first !== undefined)
      issues.push({
        path: document.place(["name"]),
        expected: "each system once",
        found: `\`${system.name}\`, which stands in ${first.path} too`,
      });
    systems.push({ system, path: document.file, document });
  }
  // A broken system is not called unknown by the objectives that name it.
  const slos =
    issues.length > 0
      ? { bySystem: new Map<string, readonly Slo[]>(), issues: [] }
      : readSlos(
          documents,
          systems.map(({ system }) => system),
        );
  const whole = systems.map(({ system, path, document }): DeclaredSystem => {
    const own = slos.bySystem.get(system.name);
    const complete = own === undefined ? system : { ...system, slos: own };
    return {
      system: complete,
      digest: createHash("sha256").update(canonicalText(complete)).digest("hex"),
      path,
      document,
    };
  });
  return { systems: whole, issues: [...issues, ...slos.issues] };
}

/**
 * Text files as they stand in git become systems and owners, or issues at file, line and column: at most 100, schema
 * and cross-check issues together, so that one round trip tells everything. Files are never looked for on disk.
 * `known` was applied earlier and need not be declared again.
 * Cost: one engine round trip per expression, features of a pipeline at once.
 * @throws Fault of the engine.
 */
export async function parseDeclarations(
  files: readonly DeclarationFile[],
  checker: ExpressionChecker,
  known: DeclaredOncall = { owners: [], people: [], schedules: [], policies: [], channels: [] },
): Promise<DeclarationsRead> {
  const { documents, paths, issues: broken } = readFiles(files);
  const { owners, people, issues: ownerIssues } = readOwners(documents);
  const { channels, issues: channelIssues } = readChannels(documents);
  const oncall = collectOncall(documents);
  const namesOf = (issues: readonly Issue[], named: readonly { readonly name: string }[]) =>
    broken.length + issues.length === 0 ? new Set(named.map(({ name }) => name)) : undefined;
  const { systems, issues: systemIssues } = await readSystems(documents, {
    documents,
    files: paths,
    owners: namesOf(ownerIssues, [...known.owners, ...owners]),
    channels: namesOf(channelIssues, [...known.channels, ...channels]),
    checker,
  });
  const schedules = oncall.schedules.map(({ noun }) => noun);
  const policies = oncall.policies.map(({ noun }) => noun);
  const declared = {
    owners: merged(known.owners, owners),
    people: merged(known.people, people),
    schedules: merged(known.schedules, schedules),
    policies: merged(known.policies, policies),
    channels: [...known.channels, ...channels],
  };
  const own = [
    ...broken,
    ...kindIssues(documents),
    ...ownerIssues,
    ...channelIssues,
    ...oncall.issues,
    ...systemIssues,
  ];
  // What a broken document would have declared is not called missing.
  const missing = own.length > 0 ? [] : pathIssues(oncall, systems, declared);
  const issues = [...own, ...unusedIssues(documents), ...missing];
  if (issues.length > 0) return { kind: "refused", issues: withoutRepeats(issues) };
  if (systems.length + owners.length + people.length + channels.length + schedules.length + policies.length === 0)
    return {
      kind: "refused",
      issues: [
        {
          path: `${files[0]?.path ?? "bundle"}:1:1`,
          expected: "a document of kind System, Owners, Channels, Schedule or EscalationPolicy",
          found: "none in any file",
        },
      ],
    };
  return { kind: "parsed", systems, owners, people, channels, schedules, policies };
}
