// Measures the default monitors on real streams and writes the table of docs/detection.md. Needs the data sets beside the
// project and `npm run build`; takes some minutes.
import { spawnSync } from "node:child_process";

const { status } = spawnSync("npx", ["vitest", "run", "test/real-streams.test.ts"], {
  stdio: "inherit",
  env: { ...process.env, HOMEOSTAT_TEST_LONG: "1", REAL_STREAMS_PAGE: "docs/detection.md" },
});
process.exit(status ?? 1);
