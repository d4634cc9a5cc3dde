import { createHash } from "node:crypto";
import type { Dataset } from "../../domain/dataset/dataset.ts";
import { isoOf } from "../../domain/instant.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import { ownNamespace } from "../../domain/lineage/open-lineage.ts";
import type { Model } from "../../domain/model/model-store.ts";
import type { Release } from "../../domain/release/release.ts";
import type { System } from "../../domain/system/system.ts";

/** Homeostat's own acts as events of OpenLineage 2, for those who keep lineage elsewhere. */

interface Facet extends Readonly<Record<string, unknown>> {
  readonly _producer: string;
  readonly _schemaURL: string;
}

interface DatasetReference {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Readonly<Record<string, Facet>>;
}

/** As it is sent. */
export interface OwnEvent {
  readonly eventType: "START" | "COMPLETE";
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets: Readonly<Record<string, Facet>> };
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: Readonly<Record<string, Facet>> };
  readonly inputs: readonly DatasetReference[];
  readonly outputs: readonly DatasetReference[];
}

/** Puts events on their way with the act that they are about; left out where nobody is to be told. */
export interface RunTeller {
  tell(inside: { readonly jobs: Pick<JobQueue, "send"> }, events: readonly OwnEvent[]): Promise<void>;
}

const producer = "urn:homeostat:producer:1";
const schemaURL = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

type Fields = Readonly<Record<string, unknown>>;
const facet = (schema: string, fields: Fields): Facet => ({ ...fields, _producer: producer, _schemaURL: schema });
const specFacet = (name: string, version: string, fields: Fields): Facet =>
  facet(`https://openlineage.io/spec/facets/${version}/${name}Facet.json#/$defs/${name}Facet`, fields);
const ownFacet = (name: string, fields: Fields): Facet => facet(`urn:homeostat:facet:${name}:1`, fields);

const reference = (kind: string, name: string, facets: Readonly<Record<string, Facet>> = {}): DatasetReference => ({
  namespace: ownNamespace,
  name: `${kind}/${name}`,
  facets,
});
const datasetVersion = (version: string): Facet =>
  specFacet("DatasetVersionDataset", "1-0-1", { datasetVersion: version });

/** A UUID of version 8 (RFC 9562) over what makes the run: the same act has the same id, told again or read back. */
function runIdOf(...parts: readonly (string | number)[]): string {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

interface Act {
  readonly job: string;
  readonly run: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly inputs: readonly DatasetReference[];
  readonly outputs: readonly DatasetReference[];
}

function eventsOf(act: Act): readonly OwnEvent[] {
  const jobType = specFacet("JobTypeJob", "2-0-3", {
    processingType: "BATCH",
    integration: "HOMEOSTAT",
    jobType: act.job.split("/")[0],
  });
  const event = (eventType: OwnEvent["eventType"], at: number): OwnEvent => ({
    eventType,
    eventTime: isoOf(at),
    producer,
    schemaURL,
    run: { runId: act.run, facets: {} },
    job: { namespace: ownNamespace, name: act.job, facets: { jobType } },
    inputs: act.inputs,
    outputs: act.outputs,
  });
  return [event("START", act.startedAt), event("COMPLETE", act.endedAt)];
}

/** Rows of the source became a dataset. Pure. */
export function datasetEvents(system: System, dataset: Dataset): readonly OwnEvent[] {
  const fields = dataset.columns.map(({ name, type }) => ({ name, type }));
  const { contractId, contractVersion } = system.source;
  return eventsOf({
    job: `dataset/${system.name}`,
    run: runIdOf("dataset", system.name, dataset.digest),
    startedAt: dataset.createdAt,
    endedAt: dataset.createdAt,
    inputs: [reference("source", contractId, { version: datasetVersion(contractVersion) })],
    outputs: [
      reference("dataset", dataset.digest, {
        version: datasetVersion(dataset.digest),
        schema: specFacet("SchemaDataset", "1-1-1", { fields }),
      }),
    ],
  });
}

/** A dataset and a pipeline became a model. Pure. */
export function trainingEvents(model: Model): readonly OwnEvent[] {
  const homeostatModel = ownFacet("model", {
    version: model.version,
    system: model.system,
    trainer: model.trainer,
    trainedRows: model.trainedRows,
    heldOutRows: model.heldOutRows,
  });
  return eventsOf({
    job: `train/${model.system}`,
    run: runIdOf("train", model.system, model.version),
    startedAt: model.createdAt - Math.round(model.trainingMs),
    endedAt: model.createdAt,
    inputs: [
      reference("dataset", model.dataset, { version: datasetVersion(model.dataset) }),
      reference("pipeline", model.pipeline, { version: datasetVersion(model.pipeline) }),
    ],
    outputs: [
      reference("model", model.version, { version: datasetVersion(model.version), homeostat_model: homeostatModel }),
    ],
  });
}

/** Model, pipeline and baseline went live as a release, at first or again. Pure. */
export function releaseEvents(release: Release): readonly OwnEvent[] {
  const { system, id, model, pipeline, baseline, liveSince } = release;
  if (liveSince === undefined) return [];
  const homeostatRelease = ownFacet("release", {
    id,
    system,
    number: release.number,
    model: model ?? null,
    pipeline,
    baseline: baseline ?? null,
    liveSince: isoOf(liveSince),
  });
  return eventsOf({
    job: `release/${system}`,
    run: runIdOf("release", system, id, liveSince),
    startedAt: Math.min(release.createdAt, liveSince),
    endedAt: liveSince,
    inputs: [
      ...(model === undefined ? [] : [reference("model", model, { version: datasetVersion(model) })]),
      reference("pipeline", pipeline, { version: datasetVersion(pipeline) }),
      ...(baseline === undefined ? [] : [reference("baseline", baseline)]),
    ],
    outputs: [
      reference("release", `${system}/${id}`, { version: datasetVersion(id), homeostat_release: homeostatRelease }),
    ],
  });
}

/** Events as durable jobs of their own, sent with the act. */
export const tellByJob: RunTeller = {
  tell: async ({ jobs }, events) => {
    for (const event of events)
      await jobs.send("lineage", { event }, { singleton: `${event.run.runId} ${event.eventType}`, retryLimit: 20 });
  },
};
