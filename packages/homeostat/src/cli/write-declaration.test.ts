import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeDeclaration } from "./write-declaration.ts";

const rule = { metric: "nullValues", mustBeLessThan: 1, unit: "percent" };
const made = {
  system: "flights",
  document: "DataContract" as const,
  place: ["schema", "departures", "properties", "origin", "quality"],
  value: rule,
};

describe("a declaration made of an action", () => {
  let folder: string;
  const contract = () => join(folder, "contract.yaml");
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "homeostat-made-"));
    await writeFile(
      join(folder, "system.yaml"),
      "kind: System\nname: flights\ncontract: ./contract.yaml # ours\nfallback: []\n",
    );
    await writeFile(
      contract(),
      "kind: DataContract\nschema:\n  - name: departures\n    properties:\n      # the airport\n      - name: origin\n        required: false\n",
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("is only shown until it is to be written", async () => {
    const shown = await writeDeclaration(folder, made, false);
    expect(shown.diff).toContain("+          - metric: nullValues");
    expect(await readFile(contract(), "utf8")).not.toContain("nullValues");
  });

  it("is written to the file of the system's contract, with its comments kept, and added to what is there", async () => {
    expect((await writeDeclaration(folder, made, true)).written).toBe(true);
    await writeDeclaration(folder, { ...made, value: { metric: "rowCount" } }, true);
    const text = await readFile(contract(), "utf8");
    expect(text).toContain("# the airport");
    expect(text).toMatch(/quality:\s+- metric: nullValues\s+mustBeLessThan: 1\s+unit: percent\s+- metric: rowCount/);
  });

  it("says what the folder lacks", async () => {
    await expect(writeDeclaration(folder, { ...made, system: "taxi" }, false)).rejects.toThrow(
      "declares the system taxi",
    );
    const place = ["schema", "departures", "properties", "gate", "quality"];
    await expect(writeDeclaration(folder, { ...made, place }, false)).rejects.toThrow("nothing called gate");
  });
});
