import { z } from "zod";
import { dataset, datasetDetail, datasetRequest, exportFormats, upload } from "./dataset.ts";
import { job } from "./learning.ts";
import type { Route } from "./route-definition.ts";

const parquet = ["application/vnd.apache.parquet"] as const;

/** Addresses about datasets. */
export const datasetRoutes = {
  createDataset: {
    method: "POST",
    path: "/v1/systems/{system}/datasets",
    scope: "operate",
    summary: "Store the rows of one Parquet file as an immutable dataset, at once",
    bodyTypes: parquet,
    answer: dataset,
    status: 201,
  },
  datasets: {
    method: "GET",
    path: "/v1/systems/{system}/datasets",
    scope: "read",
    summary: "Datasets of a system, newest first",
    answer: z.object({ items: z.array(dataset) }),
    status: 200,
  },
  uploadRows: {
    method: "POST",
    path: "/v1/systems/{system}/uploads",
    scope: "operate",
    summary: "Leave a Parquet file for a dataset that is made of several; kept until it is used, at most a day",
    bodyTypes: parquet,
    answer: upload,
    status: 201,
  },
  buildDataset: {
    method: "POST",
    path: "/v1/systems/{system}/datasets/build",
    scope: "operate",
    summary: "Make a dataset of uploads or of received predictions with their outcomes",
    body: datasetRequest,
    answer: job,
    status: 202,
  },
  dataset: {
    method: "GET",
    path: "/v1/systems/{system}/datasets/{dataset}",
    scope: "read",
    summary: "One dataset: origin, parts, statistics of its columns, erasures",
    answer: datasetDetail,
    status: 200,
  },
  verifyDataset: {
    method: "POST",
    path: "/v1/systems/{system}/datasets/{dataset}/verify",
    scope: "read",
    summary: "Read every part again: ok, erased, missing or corrupt",
    answer: job,
    status: 202,
  },
  exportDataset: {
    method: "GET",
    path: "/v1/systems/{system}/datasets/{dataset}/export",
    scope: "operate",
    summary: "The rows that are not erased, as a file",
    query: z.object({ format: z.enum(exportFormats).default("parquet") }),
    download: [...parquet, "text/csv", "application/x-ndjson", "application/vnd.apache.arrow.file"],
    answer: z.null(),
    status: 200,
  },
} as const satisfies Record<string, Route>;
