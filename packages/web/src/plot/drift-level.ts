/** Debiased PSI from which a feature is worth a look. */
export const warningPsi = 0.1;
/** Debiased PSI from which a significant shift opens an incident. */
export const incidentPsi = 0.25;

/** One colour of the heat map: `from` (included) up to the next level's. */
export interface DriftLevel {
  readonly name: "still" | "slight" | "some" | "warning" | "incident" | "far";
  readonly from: number;
  readonly words: string;
}

/** Lowest first. Two thresholds are borders here, so that no colour ever spans one of them. */
export const driftLevels: readonly [DriftLevel, ...DriftLevel[]] = [
  { name: "still", from: Number.NEGATIVE_INFINITY, words: "under 0.02" },
  { name: "slight", from: 0.02, words: "0.02 to 0.05" },
  { name: "some", from: 0.05, words: "0.05 to 0.1" },
  { name: "warning", from: warningPsi, words: "0.1 to 0.25, warning level" },
  { name: "incident", from: incidentPsi, words: "0.25 to 0.5, incident level" },
  { name: "far", from: 0.5, words: "0.5 and over" },
];

/** The level a debiased PSI falls into; null when there is no PSI to colour. */
export function driftLevelOf(psiDebiased: number | null): DriftLevel | null {
  if (psiDebiased === null || !Number.isFinite(psiDebiased)) return null;
  return driftLevels.findLast((level) => psiDebiased >= level.from) ?? driftLevels[0];
}
