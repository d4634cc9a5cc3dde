import type { Migration } from "./migration.ts";

/** Halves of logged inferences that wait for the other one. */
export const inferenceHalves: Migration = {
  number: 7,
  name: "inference-halves",
  statements: `
create table homeostat.inference_halves (
  system text not null,
  id text not null,
  half text not null,
  received_at bigint not null,
  time bigint,
  caller text not null,
  service text not null,
  payload text not null,
  primary key (system, id, half)
);
create index inference_halves_received on homeostat.inference_halves (received_at);
`,
};
