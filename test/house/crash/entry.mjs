/**
 * The product, with doors for crash tests: `HOMEOSTAT_TEST_CRASH=point:nth:whom` kills at a named point of the intake
 * path. The product itself knows nothing of this: some of its modules are replaced by wrappers while they are loaded.
 */
import { register } from "node:module";

register("./resolve.mjs", import.meta.url);
await import("../../../packages/homeostat/dist/app/main.js");
