import { readFile } from "node:fs/promises";
import { publicErrors } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { faults } from "../domain/fault.ts";
import { errorPage } from "./error-page.ts";

const page = new URL("../../../../docs/errors.md", import.meta.url);

describe("docs/errors.md", () => {
  it("is what the catalogues say (vitest -u writes it)", async () => {
    await expect(errorPage()).toMatchFileSnapshot(page.pathname);
  });

  it("has a section for every public code and no other, and names every fault once", async () => {
    const text = await readFile(page, "utf8");
    expect([...text.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual(Object.keys(publicErrors));
    expect([...text.matchAll(/^- `([a-z-]+)`:/gm)].map((match) => match[1]).sort()).toEqual(Object.keys(faults).sort());
  });
});
