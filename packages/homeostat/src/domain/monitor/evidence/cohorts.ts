import type { CohortCells } from "../../baseline/cell-store.ts";

/** Of every segment whose values should agree, the outputs of its values at like inputs. Empty where none is declared. */
export type Cohorts = ReadonlyMap<string, { readonly cells: CohortCells; readonly features: readonly string[] }>;
