import type { SystemDeclaration } from "@homeostat/protocol";
import type { DiagnosisSettings } from "../../domain/diagnosis/diagnosis-settings.ts";
import { durationMsOf } from "./duration.ts";

/** Declared thresholds of diagnoses; left out where none is declared. */
export function readDiagnosis({ diagnosis }: SystemDeclaration): { readonly diagnosis?: Partial<DiagnosisSettings> } {
  if (diagnosis === undefined) return {};
  const { lookBack, ...others } = diagnosis;
  const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  return { diagnosis: { ...given, ...(lookBack === undefined ? {} : { lookBackMs: durationMsOf(lookBack) }) } };
}
