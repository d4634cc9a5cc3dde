import { describe, expect, it } from "vitest";
import type { Contract, ContractField } from "./contract.ts";
import type { ContractDocument, DeclaredProperty } from "./contract-document.ts";
import { diffContracts } from "./diff-contracts.ts";
import { readContract } from "./read-contract.ts";

const checker = {
  check: async (expression: string) =>
    ({ kind: "scalar", expression: expression as never, resultType: "UInt8", columnsUsed: [] }) as const,
};
const contractOf = async (...properties: DeclaredProperty[]): Promise<Contract> => {
  const document: ContractDocument = { apiVersion: "v3.1.0", id: "quay", version: "1", status: "active" };
  return readContract(document, { name: "ships", properties }, checker);
};
const consumers = [
  { system: "berths", fields: new Set(["crew"]) },
  { system: "pilots", fields: new Set<ContractField["name"]>() },
];
const crew: DeclaredProperty = { name: "crew", logicalType: "number", required: true };

describe("the difference of two contracts", () => {
  it.each([
    ["a field that is removed", [crew], [], true],
    ["a field that is added", [], [crew], false],
    ["a type that narrows", [crew], [{ ...crew, logicalType: "integer" }], false],
    ["a type that becomes another", [crew], [{ ...crew, logicalType: "string" }], true],
    ["a field that may be missing now", [crew], [{ ...crew, required: false }], true],
    ["a field that may no longer be missing", [{ ...crew, required: false }], [crew], false],
    [
      "a range that starts higher and takes its end in",
      [{ ...crew, logicalTypeOptions: { exclusiveMinimum: 0 } }],
      [{ ...crew, logicalTypeOptions: { minimum: 1 } }],
      false,
    ],
    ["a column of another name", [crew], [{ ...crew, physicalName: "CREW" }], true],
    [
      "a range that widens",
      [{ ...crew, logicalTypeOptions: { maximum: 5 } }],
      [{ ...crew, logicalTypeOptions: { maximum: 6 } }],
      true,
    ],
    [
      "a range that narrows",
      [{ ...crew, logicalTypeOptions: { maximum: 5 } }],
      [{ ...crew, logicalTypeOptions: { maximum: 4 } }],
      false,
    ],
    ["a range that is lifted", [{ ...crew, logicalTypeOptions: { maximum: 5 } }], [crew], true],
    ["a new promise", [crew], [{ ...crew, unique: true }], false],
    ["a promise withdrawn", [{ ...crew, unique: true }], [crew], true],
    ["an outcome that was none", [crew], [{ ...crew, tags: ["outcome"] }], true],
  ] as const)("finds %s, and whom it breaks", async (_, before, after, breaking) => {
    const changes = diffContracts(await contractOf(...before), await contractOf(...after), consumers);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ field: "crew", breaking, consumers: breaking ? ["berths"] : [] });
  });

  it("is nothing between a contract and itself", async () => {
    const one = await contractOf(crew);
    expect(diffContracts(one, one, consumers)).toEqual([]);
  });

  it("is nothing between a contract and itself as a store gives it back, with its keys in another order", async () => {
    const one = await contractOf({ ...crew, unique: true, logicalTypeOptions: { minimum: 1, maximum: 5 } });
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .map(([key, part]) => [key, reversed(part)])
          .reverse(),
      );
    };
    expect(diffContracts(reversed(one) as Contract, one, consumers)).toEqual([]);
  });
});
