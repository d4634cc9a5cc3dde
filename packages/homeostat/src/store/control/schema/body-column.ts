import type { ColumnType } from "kysely";

/** A `jsonb` column: read as the value, written as the text that `toBody` makes of it. */
export type BodyColumn<T> = ColumnType<T, string, string>;
