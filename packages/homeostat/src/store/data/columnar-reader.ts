import {
  type ColumnarReader,
  type FileArrival,
  type FileCheck,
  type FileColumn,
  mostFileRows,
  type RejectedFileRow,
} from "../../domain/columnar/columnar.ts";
import { Fault } from "../../domain/fault.ts";
import type { System } from "../../domain/system/system.ts";
import type { Task } from "../../domain/system/task.ts";
import { type FileShape, type FileShapeRefusal, outcomeShape, predictionShape } from "./columnar-shape.ts";
import type { DataClient } from "./data-client.ts";

const mostKept = 10_000;

/** The shape of a file for its stream. */
export function fileShapeOf(task: Task, arrival: Omit<FileArrival, "format">): FileShape | FileShapeRefusal {
  return arrival.stream === "outcomes" ? outcomeShape(task, arrival) : predictionShape(task, arrival);
}

/** Which check a row fails first, counted from 1; 0 when it fails none. */
export function firstWrong(shape: FileShape): string {
  const cases = shape.checks.map(({ holds }, index) => `NOT ifNull(${holds}, 0), ${index + 1}`);
  return `multiIf(${cases.join(", ")}, 0)`;
}

/** Checks files through a connection that may read them. */
export function createColumnarReader(files: DataClient): ColumnarReader {
  return {
    check: async (path, system, arrival) => {
      try {
        return await check(files, path, system, arrival);
      } catch (thrown) {
        if (!(thrown instanceof Fault) || thrown.code !== "engine-query-failed") throw thrown;
        const reason = String(thrown.detail.reason).replaceAll(path, "the file").slice(0, 300);
        return {
          kind: "refused",
          reason: "unreadable",
          message: `The body is no ${arrival.format} that can be read: ${reason}`,
          issues: [],
        };
      }
    },
  };
}

async function check(
  files: DataClient,
  path: string,
  system: System,
  arrival: Omit<FileArrival, "columns" | "fields">,
): Promise<FileCheck> {
  const source = `file({path:String}, '${arrival.format}') AS f`;
  const columns = (
    await files.rows<FileColumn>(`DESCRIBE TABLE file({path:String}, '${arrival.format}')`, { path })
  ).map(({ name, type }) => ({ name, type }));
  const whole: FileArrival = { ...arrival, columns, fields: system.pipeline.inputs };
  const shape = fileShapeOf(system.task, whole);
  if (shape.kind === "refused") {
    const [first] = shape.issues;
    const message = `The columns of the file are not as expected: ${first?.path} must be ${first?.expected}, found ${first?.found}.`;
    return { kind: "refused", reason: "columns", message, issues: shape.issues };
  }
  const [sum] = await files.rows<{ total: string; good: string; newest: string }>(
    `SELECT count() AS total, countIf(wrong = 0) AS good, max(event_time) AS newest
     FROM (SELECT ${firstWrong(shape)} AS wrong, ${shape.time} AS event_time FROM ${source})`,
    { path },
  );
  const [total, accepted] = [Number(sum?.total ?? 0), Number(sum?.good ?? 0)];
  if (total === 0) return { kind: "refused", reason: "empty", message: "The file holds no rows.", issues: [] };
  if (total > mostFileRows)
    return {
      kind: "refused",
      reason: "too-many-rows",
      message: `The file holds ${total} rows; at most ${mostFileRows} are taken at once.`,
      issues: [],
    };
  const rejected = accepted === total ? [] : await rejectedRows(files, path, source, shape, arrival.format);
  return {
    kind: "checked",
    arrival: whole,
    accepted,
    refusedCount: total - accepted,
    rejected,
    newestTime: sum === undefined ? undefined : Number(sum.newest),
  };
}

async function rejectedRows(
  files: DataClient,
  path: string,
  source: string,
  shape: FileShape,
  format: FileArrival["format"],
): Promise<readonly RejectedFileRow[]> {
  // Arrow is read in one stream, whose blocks come in order; Parquet knows the numbers of its rows itself.
  const number = format === "Parquet" ? "assumeNotNull(_row_number)" : "rowNumberInAllBlocks()";
  const found = `[${shape.checks.map((one) => one.found).join(", ")}][wrong]`;
  const rows = await files.rows<{ number: string; wrong: number; found: string; payload: string }>(
    `SELECT number, wrong, found, payload FROM (
       SELECT ${number} AS number, ${firstWrong(shape)} AS wrong, if(wrong = 0, '', ${found}) AS found,
         if(wrong = 0, '', ${shape.payload}) AS payload FROM ${source})
     WHERE wrong > 0 ORDER BY number LIMIT ${mostKept} SETTINGS max_threads = 1`,
    { path },
  );
  return rows.map(({ number, wrong, found, payload }) => ({
    row: Number(number) + 1,
    path: shape.checks[wrong - 1]?.path ?? "",
    expected: shape.checks[wrong - 1]?.expected ?? "",
    found,
    payload,
  }));
}
