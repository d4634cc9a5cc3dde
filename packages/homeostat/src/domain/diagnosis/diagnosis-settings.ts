import { dayMs } from "../instant.ts";

/** The thresholds of a diagnosis; each may be declared per system. */
export interface DiagnosisSettings {
  /** Most conditions of a found slice: 1, 2 or 3. */
  readonly conditions: number;
  /** Fewest rows of a slice in each period of each half, and the same as a share of the half. */
  readonly minimumRows: number;
  readonly minimumShare: number;
  /** Share of false discoveries tolerated among the slices that are found, and again among those confirmed. */
  readonly falseDiscoveryRate: number;
  readonly mostSlices: number;
  /** More dimensions than this are first tried one by one, and the most telling are searched together. */
  readonly mostDimensions: number;
  /** How many windows before the trouble the ways of arrival (cohort, caller) are compared with. */
  readonly windowsBefore: number;
  /** Debiased PSI from which a feature counts as moved. */
  readonly movedPsi: number;
  /** Logged changes older than this before the trouble are not asked about. */
  readonly lookBackMs: number;
  /** A cause is named from this posterior on. */
  readonly namingThreshold: number;
  /** Most logged rows that a fix is tried on. */
  readonly replayedRows: number;
  /** Growth of the mean loss that a fix may bring. */
  readonly replayMargin: number;
}

const defaultDiagnosisSettings: DiagnosisSettings = {
  conditions: 3,
  minimumRows: 50,
  minimumShare: 0.005,
  falseDiscoveryRate: 0.05,
  mostSlices: 10,
  mostDimensions: 12,
  windowsBefore: 28,
  movedPsi: 0.1,
  lookBackMs: 7 * dayMs,
  namingThreshold: 0.5,
  replayedRows: 5_000,
  replayMargin: 0.01,
};

/** What a system declares, and the defaults for the rest. */
export function settingsOf({
  diagnosis,
}: {
  readonly diagnosis?: Partial<DiagnosisSettings> | undefined;
}): DiagnosisSettings {
  return { ...defaultDiagnosisSettings, ...diagnosis };
}
