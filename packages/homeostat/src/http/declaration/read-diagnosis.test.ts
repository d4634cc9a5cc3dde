import { type SystemDeclaration, systemDeclaration } from "@homeostat/protocol";
import { describe, expect, it } from "vitest";
import { settingsOf } from "../../domain/diagnosis/diagnosis-settings.ts";
import { dayMs } from "../../domain/instant.ts";
import { readDiagnosis } from "./read-diagnosis.ts";

const section = systemDeclaration.shape.diagnosis;
const read = (diagnosis: unknown) => readDiagnosis({ diagnosis: section.parse(diagnosis) } as SystemDeclaration);

describe("declared thresholds of diagnoses", () => {
  it("take the place of the defaults, one by one", () => {
    const declared = read({ conditions: 2, lookBack: "P14D", namingThreshold: 0.7 });
    expect(declared).toEqual({ diagnosis: { conditions: 2, lookBackMs: 14 * dayMs, namingThreshold: 0.7 } });
    expect(settingsOf(declared)).toMatchObject({ conditions: 2, minimumRows: 50, lookBackMs: 14 * dayMs });
  });

  it("change nothing where none is declared, so that such a system keeps its digest", () => {
    expect(read(undefined)).toEqual({});
    expect(settingsOf({})).toMatchObject({ conditions: 3, namingThreshold: 0.5 });
  });

  it("are refused where they make no sense, and where nobody knows them", () => {
    expect(section.safeParse({ conditions: 4 }).success).toBe(false);
    expect(section.safeParse({ namingThreshold: 0.1 }).success).toBe(false);
    expect(section.safeParse({ threshold: 1 }).success).toBe(false);
  });
});
