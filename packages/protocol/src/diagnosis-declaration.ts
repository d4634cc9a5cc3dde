import { z } from "zod";
import { duration } from "./name.ts";

/** The section `diagnosis` of a system: thresholds that differ from the defaults. */
export const diagnosisDeclaration = z
  .strictObject({
    conditions: z.int().min(1).max(3).optional().describe("Most conditions of a found slice; 3 without it"),
    minimumRows: z.int().min(10).max(1_000_000).optional().describe("Fewest rows of a slice in a period of a half; 50"),
    minimumShare: z.number().min(0).max(0.5).optional().describe("The same as a share of the half; 0.005"),
    falseDiscoveryRate: z.number().gt(0).max(0.5).optional().describe("Among found slices, and among confirmed; 0.05"),
    mostSlices: z.int().min(1).max(50).optional().describe("10"),
    mostDimensions: z.int().min(1).max(12).optional().describe("Dimensions searched together; 12"),
    windowsBefore: z
      .int()
      .min(1)
      .max(1_000)
      .optional()
      .describe("Windows that cohort and caller are compared with; 28"),
    movedPsi: z.number().gt(0).max(5).optional().describe("Debiased PSI from which a feature counts as moved; 0.1"),
    lookBack: duration
      .optional()
      .describe("How long before the trouble changes are asked about; P7D, or seven windows"),
    namingThreshold: z.number().min(0.3).max(0.99).optional().describe("Posterior from which a cause is named; 0.5"),
    replayedRows: z.int().min(50).max(100_000).optional().describe("Most logged rows that a fix is tried on; 5000"),
    replayMargin: z
      .number()
      .gt(0)
      .max(0.2)
      .optional()
      .describe("Growth of the mean squared error a fix may bring; 0.01"),
  })
  .describe("Thresholds of diagnoses that differ from the defaults");
