import type { Dataset, DatasetStore } from "../../domain/dataset/dataset.ts";
import type {
  DatasetMaking,
  DatasetShelf,
  PredictionQuery,
  SourceFile,
  TellProgress,
  UploadShelf,
} from "../../domain/dataset/dataset-shelf.ts";
import type { JobQueue } from "../../domain/job/job-queue.ts";
import type { LineageStore } from "../../domain/lineage/lineage.ts";
import { datasetLineage } from "../../domain/lineage/own-lineage.ts";
import type { System } from "../../domain/system/system.ts";
import type { Transact } from "../../domain/transaction.ts";
import { datasetEvents, type RunTeller } from "./own-runs.ts";

interface DatasetNouns {
  readonly datasets: DatasetStore;
  readonly lineage: LineageStore;
  readonly jobs: Pick<JobQueue, "send">;
}

export interface DatasetPorts {
  readonly shelf: DatasetShelf;
  readonly uploads: UploadShelf;
  readonly transaction: Transact<DatasetNouns>;
  readonly runs?: RunTeller | undefined;
}

/** What a dataset is to be made of. */
export type DatasetOrder =
  | { readonly kind: "predictions"; readonly query: PredictionQuery }
  | {
      readonly kind: "uploads";
      readonly uploads: readonly {
        readonly upload: string;
        readonly files: SourceFile["files"];
      }[];
    };

type DatasetOutcome = DatasetMaking | { readonly kind: "refused"; readonly reason: "gone"; readonly message: string };

/**
 * Makes a dataset and records it with its lineage. The same rows give the same dataset, made once. Uploads are used up,
 * whatever comes of it.
 */
export async function makeDataset(
  ports: DatasetPorts,
  system: System,
  order: DatasetOrder,
  by: string,
  tell: TellProgress,
): Promise<DatasetOutcome> {
  if (order.kind === "predictions") {
    const making = await ports.shelf.fromPredictions(system, order.query, by, tell);
    return keepMade(ports, system, making);
  }
  try {
    const files: SourceFile[] = [];
    for (const one of order.uploads) {
      const name = one.files.length === 1 ? (one.files[0]?.name ?? "") : `${one.files[0]?.name ?? ""} and others`;
      const path = await ports.uploads.find(one.upload);
      if (path === undefined)
        return { kind: "refused", reason: "gone", message: `the upload of ${name} is not here any more` };
      files.push({ path, name, files: one.files });
    }
    return await keepMade(ports, system, await ports.shelf.fromFiles(system, files, by, tell));
  } finally {
    for (const { upload } of order.uploads) await ports.uploads.drop(upload);
  }
}

/** Records what was made, and from what. */
export async function keepMade(
  ports: Pick<DatasetPorts, "transaction" | "runs">,
  system: System,
  making: DatasetMaking,
): Promise<DatasetMaking> {
  if (making.kind === "made") await ports.transaction((inside) => keep(inside, system, making.dataset, ports.runs));
  return making;
}

async function keep(
  inside: DatasetNouns,
  system: System,
  dataset: Dataset,
  runs: RunTeller | undefined,
): Promise<void> {
  await inside.datasets.save(dataset);
  // Made again, its parts may be compressed otherwise than the first time.
  await inside.datasets.replace(dataset);
  await inside.lineage.record(datasetLineage(system, dataset));
  await runs?.tell(inside, datasetEvents(system, dataset));
}
