import { defaultClientConditions, defineConfig } from "vite";

/**
 * The pages are served under a Content-Security-Policy of `default-src 'self'`: nothing may be inlined, neither
 * scripts nor `data:` images. Packages of the house are read from their sources, so a build needs no other build.
 */
export default defineConfig({
  base: "/",
  resolve: { conditions: ["source", ...defaultClientConditions] },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Libraries mark their files for server components with "use client"; in a browser bundle it says nothing.
      onLog: (level, log, report) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
});
