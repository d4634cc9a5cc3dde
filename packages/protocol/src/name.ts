import { z } from "zod";

/** Names of systems, sources and owners: they become table names, URLs and file names. */
export const resourceName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,62}$/,
    "must be 1 to 63 characters: lower-case letters, digits and '-', beginning with a letter",
  )
  .describe("Lower-case name, e.g. `flight-delay`");

/** Names of fields, features and segments: they become columns. */
export const fieldName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,62}$/,
    "must be 1 to 63 characters: lower-case letters, digits and '_', beginning with a letter",
  )
  .describe("Column name, e.g. `departure_hour`");

/** Chosen by the sender; one prediction has one id for ever. */
export const predictionId = z
  .string()
  .min(1)
  .max(200)
  .describe("Id of a prediction, chosen by the sender, unique within its system");

export const instant = z.iso
  .datetime({ offset: true })
  .describe("ISO 8601 instant with zone, e.g. `2001-02-01T13:05:00Z`");

/** ISO 8601 duration of days, hours, minutes and seconds. */
export const duration = z
  .string()
  .regex(
    /^P(?=\d|T\d)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/,
    "must be an ISO 8601 duration of days, hours, minutes or seconds, e.g. PT6H or P1D",
  )
  .describe("ISO 8601 duration, e.g. `PT6H`");

export type Duration = z.infer<typeof duration>;
