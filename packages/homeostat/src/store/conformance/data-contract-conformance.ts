import { expect, it } from "vitest";
import type { Contract, ContractRule } from "../../domain/contract/contract.ts";
import { hourMs } from "../../domain/instant.ts";
import type { InputRow } from "../../domain/pipeline/pipeline.ts";
import { predictionLine } from "../../domain/prediction/prediction.ts";
import type { System } from "../../domain/system/system.ts";
import type { DataBench } from "./data-bench.ts";
import { blocksOf, firstWindow, inputsAt, samplePrediction, sampleShop } from "./data-sample.ts";

const none = {
  limit: { operator: "mustBe", value: 0, unit: "rows" },
  declaredLimit: false,
  severity: "error",
} as const;
const row = (
  id: string,
  field: string,
  breach: Extract<ContractRule, { kind: "row" }>["breach"],
): Extract<ContractRule, { kind: "row" }> => ({ ...none, id, field, words: id, kind: "row", breach });

const rules: readonly ContractRule[] = [
  row("label.required", "label", { kind: "missing" }),
  row("amount.range", "amount", {
    kind: "outside",
    minimum: 0,
    maximum: 100,
    excludesMinimum: false,
    excludesMaximum: true,
  }),
  row("label.domain", "label", { kind: "not-one-of", values: ["tea", 'it\'s \\ "odd"'] }),
  row("amount.sql", "amount", {
    kind: "expression",
    expression: "amount / pieces" as never,
    columns: ["amount", "pieces"],
    holds: { operator: "mustBeLessThan", value: 50, unit: "value" },
  }),
  row("returned.required", "returned", { kind: "missing" }),
  {
    ...none,
    id: "pieces.unique",
    field: "pieces",
    words: "",
    kind: "set",
    measure: { kind: "duplicates", fields: ["pieces"] },
  },
  {
    ...none,
    id: "fresh",
    field: "sold",
    words: "",
    kind: "set",
    limit: { operator: "mustBeLessOrEqualTo", value: 1_000, unit: "value" },
    measure: { kind: "freshness", field: "sold" },
  },
];

function promising(name: string, change: Partial<Contract> = {}): System {
  const system = sampleShop(name);
  const types = {
    timestamp: "timestamp",
    number: "number",
    integer: "integer",
    string: "string",
    boolean: "boolean",
  } as const;
  const contract: Contract = {
    id: "till",
    version: "1.2.0",
    status: "active",
    object: "sales",
    fields: system.pipeline.inputs.map((field) => ({
      name: field.name,
      physicalName: field.physicalName,
      type: types[field.type],
      required: false,
      isOutcome: false,
    })),
    rules,
    unchecked: [],
    ...change,
  };
  return { ...system, source: { ...system.source, contract } };
}

const window = { start: firstWindow, end: firstWindow + hourMs };

/** Contracts held to rows: marks on rows as they are stored, and counts of windows. */
export function contractConformance(bench: () => DataBench): void {
  const store = async (system: System, inputs: readonly InputRow[], receivedAt = firstWindow + 5) =>
    bench().events.storePredictions(
      system,
      blocksOf(
        ...inputs.map((change, index) =>
          predictionLine(samplePrediction(`p${index}`, { receivedAt, inputs: inputsAt(firstWindow, change) })),
        ),
      ),
    );

  it("mark the rows that break a rule, and keep them with the version of the contract", async () => {
    const system = promising("marked");
    await bench().events.ensureTables(system);
    await store(system, [
      {},
      { label: null },
      { amount: 100 },
      { amount: null },
      { label: 'it\'s \\ "odd"' },
      { label: "gin", amount: -1 },
    ]);
    const rows = await bench().place.client.rows<{ id: string; breaches: string[]; contract: string }>(
      "SELECT id, breaches, contract FROM predictions_marked ORDER BY id",
    );
    expect(rows.map((one) => one.breaches)).toEqual([
      [],
      ["label.required"],
      ["amount.range", "amount.sql"],
      [],
      [],
      ["amount.range", "label.domain"],
    ]);
    expect(new Set(rows.map((one) => one.contract))).toEqual(new Set(["1.2.0"]));
  });

  it("are counted by window with the offending values, and what nobody can know yet is not checked", async () => {
    const system = promising("counted");
    await bench().events.ensureTables(system);
    await store(system, [
      { pieces: 1 },
      { pieces: 2, label: "gin" },
      { pieces: 2, label: "gin" },
      { pieces: 3, label: null },
    ]);
    const { results, health, contractVersion } = await bench().contracts.check(system, window);
    const of = (rule: string) => results.find((result) => result.rule === rule);
    expect(of("label.domain")).toMatchObject({
      state: "failed",
      counted: 2,
      values: [{ value: "gin", count: 2 }],
      examples: ["p1", "p2"],
    });
    expect(of("label.required")).toMatchObject({ state: "failed", counted: 1, grade: "critical", examples: ["p3"] });
    expect(of("pieces.unique")).toMatchObject({ state: "failed", counted: 1, values: [{ value: "2", count: 2 }] });
    expect(of("amount.range")).toMatchObject({ state: "passed", counted: 0 });
    expect(of("fresh")).toMatchObject({ state: "passed", counted: 5 });
    expect(of("returned.required")).toMatchObject({ state: "not-checked" });
    expect(contractVersion).toBe("1.2.0");
    expect(health).toMatchObject({ rows: 4, freshnessMs: 5, delayMs: 5, completeness: 0.25 });
    expect(health.processingMs).toBeGreaterThan(0);
    const [batch, ...others] = await bench().contracts.batches(system, 10);
    expect(others).toEqual([]);
    expect(batch).toMatchObject({ rows: 4, freshnessMs: 5, completeness: 0.25 });
    expect(batch?.processingMs).toBe(health.processingMs);
    expect(health.nulls.find(({ field }) => field === "label")?.share).toBe(0.25);
  });

  it("take rows of long ago for a replay: their age is not checked", async () => {
    const system = promising("replayed");
    await bench().events.ensureTables(system);
    await store(system, [{}, {}], firstWindow + 30 * 24 * hourMs);
    const { results } = await bench().contracts.check(system, window);
    expect(results.find((result) => result.rule === "fresh")).toMatchObject({
      state: "not-checked",
      reason: "the rows were sent about 30 days after their events: a replay or a backfill",
    });
  });

  it("say of an empty window that nothing was checked, and of a system without a contract nothing", async () => {
    const system = promising("nothing-there");
    await bench().events.ensureTables(system);
    const empty = await bench().contracts.check(system, window);
    expect(new Set(empty.results.map((result) => result.state))).toEqual(new Set(["not-checked"]));
    expect(empty.health).toMatchObject({ rows: 0, freshnessMs: undefined, completeness: undefined });
    const plain = sampleShop("no-promise");
    await bench().events.ensureTables(plain);
    await store(plain, [{}]);
    const { results, health } = await bench().contracts.check(plain, window);
    expect(results).toEqual([]);
    expect(health.completeness, "no row was held to rules").toBeUndefined();
  });

  it("are kept by window: the last check counts", async () => {
    const system = promising("kept");
    await bench().events.ensureTables(system);
    const checked = await bench().contracts.check(system, window);
    await bench().contracts.save("kept", checked, 3, firstWindow);
    await bench().contracts.save("kept", { ...checked, contractVersion: "9" }, 4, firstWindow + 1);
    expect((await bench().contracts.list("kept", {})).map((one) => one.contractVersion)).toEqual(["9"]);
    expect(await bench().contracts.list("kept", { from: window.end })).toEqual([]);
    await store(system, [{ label: null }, { pieces: 4 }]);
    const broken = await bench().contracts.check(system, window);
    await bench().contracts.save("kept", { ...broken, isSlow: true }, 4, firstWindow + 2);
    const count = (state: string) => broken.results.filter((result) => result.state === state).length;
    expect(await bench().contracts.tallies("kept", { from: firstWindow, to: window.end })).toEqual([
      {
        start: firstWindow,
        rows: broken.health.rows,
        passed: count("passed"),
        critical: 1,
        warning: 0,
        info: 0,
        notChecked: count("not-checked"),
        isSlow: true,
      },
    ]);
    expect(count("passed")).toBeGreaterThan(0);
    expect(count("not-checked")).toBeGreaterThan(0);
    expect(await bench().contracts.tallies("kept", { from: window.end })).toEqual([]);
    const next = { start: window.end, end: window.end + (window.end - window.start) };
    await bench().contracts.save("kept", { ...checked, window: next }, 1, firstWindow + 2);
    const starts = async (last?: number) =>
      (await bench().contracts.list("kept", last === undefined ? {} : { last })).map((one) => one.window.start);
    expect([await starts(), await starts(1), await starts(9)]).toEqual([
      [window.start, next.start],
      [next.start],
      [window.start, next.start],
    ]);
    expect(await bench().contracts.checkedTouches("kept")).toEqual(
      new Map([
        [firstWindow, 4],
        [next.start, 1],
      ]),
    );
    expect(await bench().contracts.checkedTouches("other")).toEqual(new Map());
  });

  it("name the columns that exist with another type", async () => {
    const system = promising("typed");
    await bench().events.ensureTables(system);
    expect(await bench().events.typeConflicts(system)).toEqual([]);
    const { pipeline } = system;
    const inputs = pipeline.inputs.map((field) =>
      field.name === "amount" ? { ...field, type: "string" as const } : field,
    );
    expect(await bench().events.typeConflicts({ ...system, pipeline: { ...pipeline, inputs } })).toEqual([
      { field: "amount", stored: "Nullable(Float64)", declared: "Nullable(String)" },
    ]);
  });
}
