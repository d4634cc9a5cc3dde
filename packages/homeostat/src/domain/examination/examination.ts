import type { Instant } from "../instant.ts";
import type { ReplayReport } from "../skew/replay.ts";
import type { Window } from "../window/window.ts";
import type { SeparationReport } from "./separation.ts";

/**
 * A closer look at the raw rows of one window than its profile allows: a sample of rows replayed through the training
 * pipeline, or a classifier that tries to tell the window's rows from the baseline's. Kept, so that monitors, page and
 * command line speak of the same look.
 */
export type Examination = ExaminedWindow &
  (
    | { readonly kind: "replay"; readonly report: ReplayReport }
    | { readonly kind: "separation"; readonly report: SeparationReport }
  );

export type ExaminationKind = Examination["kind"];

interface ExaminedWindow {
  readonly system: string;
  readonly window: Window;
  readonly at: Instant;
}

export type ExaminationOf<K extends ExaminationKind> = Extract<Examination, { readonly kind: K }>;

/** Looks at windows, one of each kind a window: a later look replaces the earlier one. */
export interface ExaminationStore {
  save(examination: Examination): Promise<void>;
  get<K extends ExaminationKind>(system: string, kind: K, start: Instant): Promise<ExaminationOf<K> | undefined>;
  /** Of windows that start in `[from, to)`, newest window first. */
  list<K extends ExaminationKind>(
    system: string,
    kind: K,
    range: { readonly from?: Instant; readonly to?: Instant },
    limit: number,
  ): Promise<readonly ExaminationOf<K>[]>;
  /** The look made last, whichever window it was of. */
  last<K extends ExaminationKind>(system: string, kind: K): Promise<ExaminationOf<K> | undefined>;
  /** When each of these windows was last looked at; those never looked at are left out. */
  lookedAt(system: string, starts: readonly Instant[]): Promise<ReadonlyMap<Instant, Instant>>;
}
