import { posix } from "node:path";
import { type DeclarationDocument, readSchema, type SystemDeclaration, systemDeclaration } from "@homeostat/protocol";
import type { ExpressionChecker } from "../../domain/engine/expression.ts";
import { dayMs, hourMs, minuteMs } from "../../domain/instant.ts";
import { isZone } from "../../domain/oncall/wall-clock.ts";
import type { Pipeline } from "../../domain/pipeline/pipeline.ts";
import { type OutcomeDefinition, ownedAreas, type SegmentDefinition, type System } from "../../domain/system/system.ts";
import type { Task } from "../../domain/system/task.ts";
import type { WindowRule } from "../../domain/window/window.ts";
import type { Issue } from "../handler.ts";
import { checkExpression } from "./check-expression.ts";
import { durationMsOf } from "./duration.ts";
import { readActions } from "./read-actions.ts";
import { channelIssues } from "./read-channels.ts";
import { readSystemContract, type SystemContract } from "./read-contract.ts";
import { readDiagnosis } from "./read-diagnosis.ts";
import { keepingIssues, readKeeping } from "./read-keeping.ts";
import { readMonitors } from "./read-monitors.ts";
import { oncallIssues, readOncall } from "./read-oncall.ts";
import { inputColumns, outcomeReasons, readPipeline, repeatedNames } from "./read-pipeline.ts";
import { readProbes } from "./read-probes.ts";

/** Everything a system may refer to: the documents of the bundle by file, and the names of owners. */
export interface Surroundings {
  readonly documents: readonly DeclarationDocument[];
  readonly files: ReadonlySet<string>;
  /** undefined while a document that may name them is broken: then nobody is called unknown. */
  readonly owners: ReadonlySet<string> | undefined;
  /** undefined: likewise. */
  readonly channels: ReadonlySet<string> | undefined;
  readonly checker: ExpressionChecker;
}

type Reading<T> = { readonly value: T } | { readonly issues: readonly Issue[] };

const longestWindowMs = 31 * dayMs;
const longestDurationMs = 3_660 * dayMs;

/**
 * The one document of a kind in a file that a system names. Paths are looked up among the files of the bundle and
 * nowhere else: no path reaches the server's disk.
 */
function referred(
  system: DeclarationDocument,
  key: "contract" | "pipeline",
  path: string,
  kind: string,
  around: Surroundings,
): Reading<DeclarationDocument> {
  const place = system.place([key]);
  const file = posix.normalize(posix.join(posix.dirname(system.file), path));
  if (!around.files.has(file))
    return {
      issues: [
        {
          path: place,
          expected: `${key}: the path of a file sent along, relative to this one`,
          found: `${file}, which was not sent`,
        },
      ],
    };
  const found = around.documents.filter((document) => document.file === file && document.kind === kind);
  const [only] = found;
  if (only !== undefined && found.length === 1) return { value: only };
  return {
    issues: [
      {
        path: place,
        expected: `${key}: a file with exactly one document of kind ${kind}`,
        found: `${file} with ${found.length}`,
      },
    ],
  };
}

function ownerIssues(
  document: DeclarationDocument,
  declared: SystemDeclaration,
  owners: ReadonlySet<string> | undefined,
): readonly Issue[] {
  return ownedAreas.flatMap((area) =>
    owners === undefined || owners.has(declared.owners[area])
      ? []
      : [
          {
            path: document.place(["owners", area]),
            expected: "the name of an owner in a document of kind Owners",
            found: `\`${declared.owners[area]}\``,
          },
        ],
  );
}

function readWindows(document: DeclarationDocument, declared: SystemDeclaration["windows"]): Reading<WindowRule> {
  const lengthMs = durationMsOf(declared.length);
  const latenessMs = durationMsOf(declared.lateness);
  const issues: Issue[] = [];
  if (lengthMs < minuteMs || lengthMs > longestWindowMs)
    issues.push({
      path: document.place(["windows", "length"]),
      expected: "windows.length: from PT1M to P31D",
      found: declared.length,
    });
  if (latenessMs > longestDurationMs)
    issues.push({
      path: document.place(["windows", "lateness"]),
      expected: "windows.lateness: at most P3660D",
      found: declared.lateness,
    });
  if (declared.season === "day-of-week" && dayMs % lengthMs !== 0)
    issues.push({
      path: document.place(["windows", "season"]),
      expected: "windows.season: day-of-week only with windows that divide a day, e.g. P1D, PT6H or PT1H",
      found: `windows of ${declared.length}`,
    });
  if (declared.season === "hour-of-week" && (dayMs % lengthMs !== 0 || lengthMs > 12 * hourMs))
    issues.push({
      path: document.place(["windows", "season"]),
      expected: "windows.season: hour-of-week only with windows that divide a day and are shorter, e.g. PT1H or PT6H",
      found: `windows of ${declared.length}`,
    });
  return issues.length > 0 ? { issues } : { value: { lengthMs, latenessMs, season: declared.season } };
}

/** What the outcome's expression must give, by task. */
const labelType = {
  "binary-classification": "boolean",
  regression: "number",
  "multiclass-classification": "text",
} as const satisfies Record<Task["type"], string>;

async function readOutcome(
  document: DeclarationDocument,
  declared: SystemDeclaration,
  contract: SystemContract,
  checker: ExpressionChecker,
): Promise<Reading<OutcomeDefinition & { readonly usesOutcomeColumn: boolean }>> {
  const { name, expression, maturity } = declared.outcome;
  const place = document.place(["outcome", "expression"]);
  const { outcomeColumns } = contract.source;
  const answer = await checkExpression(checker, {
    what: "the outcome",
    expression,
    columns: [...inputColumns(contract), ...outcomeColumns.map((column) => ({ name: column.name, type: column.type }))],
    wanted: labelType[declared.task.type],
    contractId: contract.id,
    forbidden: new Map(),
    place,
  });
  if (answer.kind === "wrong") return { issues: [answer.issue] };
  const usesOutcomeColumn = answer.columnsUsed.some((used) => outcomeColumns.some((column) => column.name === used));
  const issues: Issue[] = [];
  // a model trained on an outcome that follows from its inputs learns the rule, not the world
  if (!usesOutcomeColumn && declared.serving === "gateway")
    issues.push({
      path: place,
      expected: "outcome.expression: at least one field tagged `outcome` in the contract",
      found: `only inputs: ${answer.columnsUsed.join(", ") || "none"}`,
    });
  const maturityMs = durationMsOf(maturity);
  if (maturityMs > longestDurationMs)
    issues.push({
      path: document.place(["outcome", "maturity"]),
      expected: "outcome.maturity: at most P3660D",
      found: maturity,
    });
  return issues.length > 0
    ? { issues }
    : { value: { name, expression: answer.expression, maturityMs, usesOutcomeColumn } };
}

async function readSegments(
  document: DeclarationDocument,
  declared: SystemDeclaration,
  contract: SystemContract,
  pipeline: Pipeline,
  checker: ExpressionChecker,
): Promise<Reading<readonly SegmentDefinition[]>> {
  const columns = inputColumns(contract);
  const isInput = new Set(columns.map((column) => column.name));
  const features = pipeline.features.filter((feature) => !isInput.has(feature.name));
  const forbidden = new Map([
    ...outcomeReasons(contract),
    ...features.map(
      ({ name }) => [name, "which is a feature: segments are expressions over the contract's fields"] as const,
    ),
  ]);
  const checked = await Promise.all(
    declared.segments.map(async ({ name, expression, top, consistent }, index) => {
      const place = document.place(["segments", index, "expression"]);
      const answer = await checkExpression(checker, {
        what: `segment ${name}`,
        expression,
        columns,
        wanted: "text",
        contractId: contract.id,
        forbidden,
        place,
      });
      return { name, top, consistent, answer };
    }),
  );
  const issues = [
    ...repeatedNames(
      document,
      "segments",
      declared.segments.map((segment) => segment.name),
    ),
    ...checked.flatMap(({ answer }) => (answer.kind === "wrong" ? [answer.issue] : [])),
  ];
  if (issues.length > 0) return { issues };
  return {
    value: checked.flatMap(({ name, top, consistent, answer }) =>
      answer.kind === "checked"
        ? [{ name, top, expression: answer.expression, ...(consistent ? { consistent } : {}) }]
        : [],
    ),
  };
}

function reviewIssues(document: DeclarationDocument, { review }: SystemDeclaration): readonly Issue[] {
  if (review === undefined || isZone(review.zone)) return [];
  const path = document.place(["review", "zone"]);
  return [{ path, expected: "review.zone: an IANA zone, e.g. Europe/Berlin", found: `\`${review.zone}\`` }];
}

function taskIssues(document: DeclarationDocument, { task, serving }: SystemDeclaration): readonly Issue[] {
  if (serving === "gateway" && task.type !== "binary-classification")
    return [
      {
        path: document.place(["task", "type"]),
        expected: "task.type: binary-classification while serving is gateway; serving: monitor-only watches every task",
        found: task.type,
      },
    ];
  if (task.type !== "multiclass-classification" || task.classes === "open") return [];
  const { classes } = task;
  return classes.flatMap((name, index) =>
    classes.indexOf(name) < index
      ? [{ path: document.place(["task", "classes", index]), expected: "each class once", found: name }]
      : [],
  );
}

function fallbackIssues(document: DeclarationDocument, declared: SystemDeclaration): readonly Issue[] {
  const constant = declared.fallback.findIndex((step) => step.kind === "constant");
  return declared.fallback.flatMap((step, index) => {
    const path = document.place(["fallback", index]);
    if (constant >= 0 && index > constant)
      return [{ path, expected: "a constant as the last step: it always answers", found: `${step.kind} behind it` }];
    const repeated = declared.fallback.findIndex((other) => other.kind === step.kind) < index;
    return repeated ? [{ path, expected: "each kind of step once", found: `${step.kind} a second time` }] : [];
  });
}

function uncheckedOf(
  declared: SystemDeclaration,
  contract: SystemContract,
  usesOutcomeColumn: boolean,
): readonly string[] {
  const unchecked = [...contract.unchecked];
  if (declared.serving === "monitor-only" && declared.fallback.length > 0)
    unchecked.push("fallback: not used, because predictions are made elsewhere");
  if (!usesOutcomeColumn)
    unchecked.push("outcome.expression: uses no field tagged `outcome`; outcomes come only as they are posted");
  return unchecked;
}

function issuesIn(readings: readonly Reading<unknown>[]): readonly Issue[] {
  return readings.flatMap((reading) => ("issues" in reading ? reading.issues : []));
}

async function assemble(
  document: DeclarationDocument,
  declared: SystemDeclaration,
  used: { readonly contract: SystemContract; readonly pipeline: Pipeline; readonly windows: WindowRule },
  { checker, owners }: Surroundings,
): Promise<Reading<System>> {
  const { contract, pipeline, windows } = used;
  const outcome = await readOutcome(document, declared, contract, checker);
  const segments = await readSegments(document, declared, contract, pipeline, checker);
  const monitors = readMonitors(document, declared, { pipeline, owners });
  const actions = readActions(document, declared, pipeline);
  const probes = readProbes(document, declared, pipeline);
  if ("issues" in outcome || "issues" in segments || "issues" in monitors || "issues" in actions || "issues" in probes)
    return { issues: issuesIn([outcome, segments, monitors, actions, probes]) };
  const { usesOutcomeColumn, ...definition } = outcome.value;
  return {
    value: {
      name: declared.name,
      description: declared.description ?? "",
      domain: declared.domain,
      serving: declared.serving,
      task: declared.task,
      source: contract.source,
      pipeline,
      outcome: definition,
      segments: segments.value,
      windows,
      fallback: declared.fallback,
      owners: declared.owners,
      notify: declared.notify,
      unchecked: uncheckedOf(declared, contract, usesOutcomeColumn),
      ...readKeeping(declared),
      ...readOncall(declared.oncall),
      ...readDiagnosis(declared),
      // left out where none is declared: a system that declares none keeps its digest
      ...(declared.budget === undefined ? {} : { budget: declared.budget }),
      ...(monitors.value.length === 0 ? {} : { monitors: monitors.value }),
      ...(declared.review === undefined ? {} : { review: declared.review }),
      ...(actions.value.length === 0 ? {} : { actions: actions.value }),
      ...(probes.value === undefined ? {} : { probes: probes.value }),
    },
  };
}

/**
 * Reads one system with the contract and pipeline it names, and checks them against each other.
 * @throws Fault of the engine.
 */
export async function readSystem(document: DeclarationDocument, around: Surroundings): Promise<Reading<System>> {
  const read = readSchema<SystemDeclaration>(systemDeclaration, document);
  if ("issues" in read) return read;
  const declared = read.value;
  const windows = readWindows(document, declared.windows);
  const own = [
    ...ownerIssues(document, declared, around.owners),
    ...channelIssues(document, declared, around.channels),
    ...fallbackIssues(document, declared),
    ...taskIssues(document, declared),
    ...oncallIssues(document, declared.oncall),
    ...reviewIssues(document, declared),
    ...issuesIn([windows]),
  ];
  const contractDocument = referred(document, "contract", declared.contract, "DataContract", around);
  const pipelineDocument = referred(document, "pipeline", declared.pipeline, "Pipeline", around);
  if ("issues" in contractDocument || "issues" in pipelineDocument)
    return { issues: [...own, ...issuesIn([contractDocument, pipelineDocument])] };
  const contract = await readSystemContract(contractDocument.value, around.checker);
  if ("issues" in contract) return { issues: [...own, ...contract.issues] };
  const pipeline = await readPipeline(pipelineDocument.value, contract.value, around.checker);
  if ("issues" in pipeline) return { issues: [...own, ...pipeline.issues] };
  if ("issues" in windows) return { issues: own };
  const used = { contract: contract.value, pipeline: pipeline.value, windows: windows.value };
  const system = await assemble(document, declared, used, around);
  const issues = [...own, ...keepingIssues(document, declared, pipeline.value), ...issuesIn([system])];
  return issues.length > 0 ? { issues } : system;
}
