import type { Baseline } from "../baseline/baseline.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { type Instant, isoOf } from "../instant.ts";
import type { Model } from "../model/model-store.ts";
import type { Feature } from "../pipeline/pipeline.ts";
import type { Release } from "../release/release.ts";
import type { System } from "../system/system.ts";
import type { ComponentName, LineageRecord } from "./lineage.ts";

/** Names of our own components; what others call theirs is `open-lineage.ts`. */
const component = {
  source: (contractId: string): ComponentName => `source:${contractId}`,
  contract: (id: string, version: string): ComponentName => `contract:${id}@${version}`,
  feature: (system: string, name: string): ComponentName => `feature:${system}/${name}`,
  pipeline: (version: string): ComponentName => `pipeline:${version}`,
  dataset: (digest: string): ComponentName => `dataset:${digest}`,
  model: (version: string): ComponentName => `model:${version}`,
  baseline: (id: string): ComponentName => `baseline:${id}`,
  release: (system: string, id: string): ComponentName => `release:${system}/${id}`,
  system: (name: string): ComponentName => `system:${name}`,
} as const;

/** Contract, source, features with the fields they read, pipeline and system, as declared. Pure. */
export function declaredLineage(system: System, at: Instant): LineageRecord {
  const { source, pipeline } = system;
  const contract = component.contract(source.contractId, source.contractVersion);
  const pipelineNode = component.pipeline(pipeline.version);
  const systemNode = component.system(system.name);
  return {
    at,
    by: "apply",
    nodes: [
      { name: contract, version: source.contractVersion },
      { name: source.component, version: source.contractVersion },
      { name: pipelineNode, version: pipeline.version, facts: { features: pipeline.features.length } },
      { name: systemNode, title: system.description },
      ...pipeline.features.map((feature) => ({
        name: component.feature(system.name, feature.name),
        facts: { type: feature.type, expression: feature.expression },
      })),
    ],
    edges: [
      { from: contract, to: source.component },
      ...pipeline.features.map((feature) => ({
        from: source.component,
        to: component.feature(system.name, feature.name),
        columns: fieldsRead(source.component, feature),
      })),
      ...pipeline.features.map((feature) => ({ from: component.feature(system.name, feature.name), to: pipelineNode })),
      { from: pipelineNode, to: systemNode },
    ],
    replaces: [
      { to: source.component, kind: "contract" },
      { to: systemNode, kind: "pipeline" },
    ],
  };
}

function fieldsRead(source: ComponentName, feature: Feature): LineageRecord["edges"][number]["columns"] & object {
  return (feature.reads ?? []).map((field) => ({ of: source, from: field, to: feature.name }));
}

/** A dataset holds rows of the system's source. Pure. */
export function datasetLineage(system: System, dataset: Dataset): LineageRecord {
  const name = component.dataset(dataset.digest);
  return {
    at: dataset.createdAt,
    by: "dataset",
    nodes: [{ name, version: dataset.digest, facts: { system: dataset.system, rows: dataset.rows } }],
    edges: [
      { from: system.source.component, to: name },
      // Received predictions with their outcomes: the loop closes here.
      ...(dataset.kind === "predictions" ? [{ from: component.system(system.name), to: name }] : []),
    ],
  };
}

/** A model is made from a dataset with a pipeline. Pure. */
export function trainingLineage(model: Model): LineageRecord {
  const name = component.model(model.version);
  return {
    at: model.createdAt,
    by: "train",
    nodes: [
      {
        name,
        version: model.version,
        facts: { system: model.system, trainer: model.trainer, trainedRows: model.trainedRows },
      },
    ],
    edges: [
      { from: component.dataset(model.dataset), to: name },
      { from: component.pipeline(model.pipeline), to: name },
    ],
  };
}

/** A release is model, pipeline and baseline; the system answers with one at a time. Pure. */
export function releaseLineage(release: Release, baseline: Baseline | undefined, at: Instant): LineageRecord {
  const name = component.release(release.system, release.id);
  const system = component.system(release.system);
  const model = release.model === undefined ? undefined : component.model(release.model);
  const frozen = release.baseline === undefined ? undefined : component.baseline(release.baseline);
  const facts = { number: release.number, liveSince: isoOf(at) };
  return {
    at,
    by: "release",
    nodes: [
      { name, version: release.id, facts },
      ...(frozen === undefined || baseline === undefined ? [] : [{ name: frozen, facts: { rows: baseline.rows } }]),
    ],
    edges: [
      { from: component.pipeline(release.pipeline), to: name },
      ...(model === undefined ? [] : [{ from: model, to: name }]),
      ...(frozen === undefined ? [] : [{ from: frozen, to: name }]),
      ...(model === undefined || frozen === undefined ? [] : [{ from: model, to: frozen }]),
      { from: name, to: system },
    ],
    replaces: [{ to: system, kind: "release" }],
  };
}
