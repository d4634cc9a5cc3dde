#!/usr/bin/env node
import { up } from "./up.ts";

const args = process.argv.slice(2);
const flag = (name: string): string | undefined => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : args[at + 1];
};
const data = flag("data");
const port = flag("port");
process.exitCode = await up(
  { ...(data === undefined ? {} : { data }), ...(port === undefined ? {} : { port }) },
  { out: (text) => process.stdout.write(text), error: (text) => process.stderr.write(text) },
);
