import { createEngineHttp } from "../../packages/homeostat/src/engine/engine-http.ts";
import { startEngine } from "../../packages/homeostat/src/engine/supervise-engine.ts";

type TableFormat = "Parquet" | "ArrowStream" | "Arrow";

export interface TableMaker extends AsyncDisposable {
  /** The answer of a SELECT as a table, bytes as a sender would have them. */
  make(select: string, format: TableFormat): Promise<Uint8Array<ArrayBuffer>>;
}

/** An engine of the tests' own that writes tables. */
export async function startTableMaker(): Promise<TableMaker> {
  const engine = await startEngine({ memoryLimitBytes: 1024 ** 3 });
  const http = createEngineHttp(engine.address, 1);
  return {
    make: async (select, format) =>
      new Uint8Array(await http.query({ sql: select, settings: { default_format: format, max_execution_time: 0 } })),
    [Symbol.asyncDispose]: async () => {
      await http.close();
      await engine.stop(2_000);
    },
  };
}
