import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const preparedPrefix = "homeostat-prepared-";

/** Vitest calls this in its own process, the parent of all test files, after the last of them. */
export function teardown(): void {
  rmSync(join(tmpdir(), `${preparedPrefix}${process.pid}`), { recursive: true, force: true });
}
