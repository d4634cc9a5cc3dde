#!/usr/bin/env node
import { runProgram } from "../cli/program.ts";
import { restore } from "./restore.ts";
import { version } from "./start-server.ts";
import { up } from "./up.ts";

const out = (text: string): void => {
  process.stdout.write(text);
};
const error = (text: string): void => {
  process.stderr.write(text);
};

process.exitCode = await runProgram(
  {
    version,
    up: (flags) => up(flags, { out, error }),
    restore,
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    now: () => Date.now(),
  },
  process.argv.slice(2),
);
