import { nouns } from "./0001-nouns.ts";
import { lineage } from "./0002-lineage.ts";
import { hooks } from "./0003-hooks.ts";
import { keeping } from "./0004-keeping.ts";
import { lineageRuns } from "./0005-lineage-runs.ts";
import { sources } from "./0006-sources.ts";
import { inferenceHalves } from "./0007-inference-halves.ts";
import { postmortems } from "./0008-postmortems.ts";
import { oncall } from "./0009-oncall.ts";
import { outbox } from "./0010-outbox.ts";
import { actions } from "./0011-actions.ts";
import { examinations } from "./0012-examinations.ts";
import { reviews } from "./0013-reviews.ts";
import type { Migration } from "./migration.ts";

/** Every step, in order, numbered from 1 without gaps. To change the schema, add a step at the end. */
export const migrations: readonly Migration[] = [
  nouns,
  lineage,
  hooks,
  keeping,
  lineageRuns,
  sources,
  inferenceHalves,
  postmortems,
  oncall,
  outbox,
  actions,
  examinations,
  reviews,
];
