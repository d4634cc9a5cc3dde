import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files of more than half a minute: a long one that begins last leaves all but one worker idle. */
const longest = ["crash", "keeping", "data-chdb", "loop", "lifecycle", "openapi", "formats"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return found < 0 ? longest.length : found;
    };
    return [...files].sort((left, right) => place(left) - place(right));
  }
}

/**
 * One project for everything that runs in a process of its own room, one for the whole house, two files of it at a time.
 * Sources are run directly (export condition `source`), so no stale `dist` can hide a mistake; the engine child,
 * workers and crash tests run from `dist`, which `npm test` builds first.
 */
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 120_000,
    pool: "forks",
    sequence: { sequencer: LongestFirst },
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: "rooms", include: ["packages/*/src/**/*.test.{ts,tsx}"] } },
      {
        extends: true,
        test: {
          name: "house",
          include: ["test/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 240_000,
          globalSetup: ["test/house/clean-up.ts"],
        },
      },
      // Long experiments that write tables of the documents: `npm run prove`, not part of the tests.
      { extends: true, test: { name: "proof", include: ["scripts/**/*.proof.ts"] } },
    ],
  },
});
