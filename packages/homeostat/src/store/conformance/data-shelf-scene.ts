import { join } from "node:path";
import type { BlobStore } from "../../domain/dataset/blob-store.ts";
import type { Dataset, DatasetStore } from "../../domain/dataset/dataset.ts";
import type { DatasetFiles } from "../../domain/dataset/dataset-files.ts";
import type { DatasetShelf } from "../../domain/dataset/dataset-shelf.ts";
import { createLocalBlobs } from "../blob/local-blobs.ts";
import { createDatasetFiles } from "../data/dataset-files.ts";
import { createDatasetReader } from "../data/dataset-reader.ts";
import { createDatasetShelf } from "../data/dataset-shelf.ts";
import { subjectHashOf } from "../data/subject-hash.ts";
import type { DataPlace } from "./data-place.ts";

export const sampleHash = subjectHashOf("000102030405060708090a0b0c0d0e0f");

interface ShelfScene {
  readonly shelf: DatasetShelf;
  readonly files: DatasetFiles;
  readonly blobs: BlobStore;
  readonly datasets: DatasetStore;
}

/** A shelf over a folder of its own. Records are kept in a list: the control store has a suite of its own. */
export function openShelf(place: DataPlace, folder = "datasets"): ShelfScene {
  const directory = join(place.directory, folder);
  const blobs = createLocalBlobs(join(directory, "blobs"));
  const datasets = listOfDatasets();
  const shelf = createDatasetShelf({
    files: place.files,
    data: place.client,
    blobs,
    directory,
    datasets,
    hash: sampleHash,
    clock: { now: () => Date.parse("2026-03-05T00:00:00Z") },
  });
  return {
    shelf,
    blobs,
    datasets,
    files: createDatasetFiles(place.files, createDatasetReader(place.files, blobs, directory)),
  };
}

function listOfDatasets(): DatasetStore {
  const kept = new Map<string, Dataset>();
  const keyOf = (system: string, digest: string): string => `${system} ${digest}`;
  return {
    save: async (dataset) => {
      const key = keyOf(dataset.system, dataset.digest);
      if (!kept.has(key)) kept.set(key, dataset);
    },
    replace: async (dataset) => void kept.set(keyOf(dataset.system, dataset.digest), dataset),
    get: async (system, digest) => kept.get(keyOf(system, digest)),
    list: async (system) => [...kept.values()].filter((dataset) => dataset.system === system),
  };
}
