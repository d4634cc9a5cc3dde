import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readOpenLineage } from "./read-open-lineage.ts";

const run = {
  eventType: "COMPLETE",
  eventTime: "2026-03-01T12:00:00.123456Z",
  producer: "not a URI",
  run: { runId: "01890a5d-ac96-774b-bcce-b302099a8057", facets: { parent: { job: { name: "dag" } }, odd: { x: 1 } } },
  job: { namespace: "airflow", name: "etl.flights" },
  inputs: [{ namespace: "postgres://db:5432", name: "public.raw", facets: { version: { datasetVersion: "v9" } } }],
  outputs: [
    {
      namespace: "s3://lake",
      name: "flights",
      outputFacets: { outputStatistics: { rowCount: 5 } },
      facets: {
        columnLineage: {
          fields: { hour: { inputFields: [{ namespace: "postgres://db:5432", name: "public.raw", field: "dep" }, 7] } },
        },
      },
    },
  ],
};

describe("reading OpenLineage", () => {
  it("takes a run event, whoever produced it, with unknown facets as they are", () => {
    const reading = readOpenLineage(run);
    expect(reading).toMatchObject({
      kind: "event",
      event: {
        kind: "run",
        at: Date.parse("2026-03-01T12:00:00.123Z"),
        type: "COMPLETE",
        run: run.run.runId,
        runFacets: run.run.facets,
        job: { name: "job:airflow/etl.flights", facets: {} },
        inputs: [{ name: "dataset:postgres://db:5432/public.raw", version: "v9" }],
        outputs: [
          {
            name: "dataset:s3://lake/flights",
            facets: { outputStatistics: { rowCount: 5 } },
            columns: [{ of: "dataset:postgres://db:5432/public.raw", from: "dep", to: "hour" }],
          },
        ],
      },
    });
  });

  it("takes a run event without a type, a job event and a dataset event", () => {
    const { eventType: _, ...untyped } = run;
    expect(readOpenLineage(untyped)).toMatchObject({ event: { kind: "run", type: "OTHER" } });
    const { run: __, ...job } = untyped;
    expect(readOpenLineage(job)).toMatchObject({
      event: { kind: "job", outputs: [{ name: "dataset:s3://lake/flights" }] },
    });
    expect(readOpenLineage({ eventTime: run.eventTime, dataset: run.inputs[0] })).toMatchObject({
      event: { kind: "dataset", dataset: { name: "dataset:postgres://db:5432/public.raw" } },
    });
  });

  it.each([
    [null, ""],
    [[], ""],
    [{ ...run, eventTime: "soon" }, "eventTime"],
    [{ ...run, eventType: "DONE" }, "eventType"],
    [{ ...run, run: {} }, "run.runId"],
    [{ ...run, job: { name: "x" } }, "job.namespace"],
    [{ ...run, inputs: {} }, "inputs"],
    [{ ...run, inputs: [{ namespace: "n", name: "a\0b" }] }, "inputs[0].name"],
    [{ ...run, inputs: [{ namespace: "n", name: "\ud800" }] }, "inputs[0].name"],
    [{ ...run, outputs: [{ namespace: "n", name: "x", facets: [] }] }, "outputs[0].facets"],
    [{ eventTime: run.eventTime }, "dataset"],
  ])("names what is wrong with %#", (value, path) => {
    expect(readOpenLineage(value)).toMatchObject({ kind: "unreadable", issue: { path } });
  });

  it("never throws, whatever comes", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void readOpenLineage(value)));
    const part = fc.oneof(fc.jsonValue(), fc.constant(run.job), fc.constant(run.inputs), fc.constant(run.eventTime));
    fc.assert(
      fc.property(fc.record({ eventTime: part, run: part, job: part, inputs: part, outputs: part }), (value) => {
        readOpenLineage(value);
      }),
    );
  });
});
