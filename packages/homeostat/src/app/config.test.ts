import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type Config, readConfig } from "./config.ts";

type UpFlags = Parameters<typeof readConfig>[0];

function config(flags: UpFlags = {}, environment: Record<string, string> = {}): Config {
  const reading = readConfig(flags, environment);
  if (reading.kind === "refused") throw new Error(reading.message);
  return reading.config;
}
function refusal(flags: UpFlags, environment: Record<string, string> = {}): string {
  const reading = readConfig(flags, environment);
  return reading.kind === "refused" ? reading.message : "accepted";
}

describe("settings", () => {
  it("run on a laptop by default: loopback, a directory here, embedded engines", () => {
    expect(config()).toEqual({
      dataDirectory: resolve(".homeostat"),
      host: "127.0.0.1",
      port: 7_300,
      quiet: false,
      clickhouse: undefined,
      postgresUrl: undefined,
      environment: "production",
      spoolLimitBytes: 2 * 1024 ** 3,
      spoolLimitAgeMs: 7 * 86_400_000,
      engineMemoryBytes: 2 * 1024 ** 3,
      webhookAllowPrivate: false,
      secrets: {},
      smtpHosts: [],
    });
  });

  it("come from the environment before defaults, and from flags before the environment", () => {
    const environment = { HOMEOSTAT_PORT: "8000", HOMEOSTAT_DATA: "/srv/data", HOMEOSTAT_HOST: "::1" };
    expect(config({}, environment)).toMatchObject({ port: 8_000, dataDirectory: "/srv/data", host: "::1" });
    expect(config({ port: "9000", data: "/tmp/here", host: "10.0.0.1" }, environment)).toMatchObject({
      port: 9_000,
      dataDirectory: "/tmp/here",
      host: "10.0.0.1",
    });
  });

  it("take a variable set to nothing as not set: never all interfaces, never a port of chance", () => {
    const names = ["PORT", "DATA", "HOST", "CLICKHOUSE_URL", "POSTGRES_URL", "SPOOL_LIMIT_BYTES", "ENVIRONMENT"];
    expect(config({}, Object.fromEntries(names.map((name) => [`HOMEOSTAT_${name}`, ""])))).toEqual(config());
  });

  it("reach a ClickHouse server with user, password and database from its address", () => {
    expect(config({}, { HOMEOSTAT_CLICKHOUSE_URL: "https://ann:p%40ss@db.example:8443/events" }).clickhouse).toEqual({
      url: "https://db.example:8443",
      username: "ann",
      password: "p@ss",
      database: "events",
    });
    expect(config({}, { HOMEOSTAT_CLICKHOUSE_URL: "http://db.example:8123" }).clickhouse).toMatchObject({
      username: "default",
      password: "",
      database: "default",
    });
  });

  it.each(["", " 80", "80.5", "-1", "65536", "0x50", "8e3", "http"])("refuse the port %j", (port) => {
    expect(refusal({ port })).toContain(JSON.stringify(port));
  });

  it("take port 0, which asks the system for a free one", () => {
    expect(config({ port: "0" }).port).toBe(0);
  });

  it("refuse sizes, addresses and flags that cannot be meant, naming them", () => {
    expect(refusal({}, { HOMEOSTAT_SPOOL_LIMIT_BYTES: "2GB" })).toMatch(/HOMEOSTAT_SPOOL_LIMIT_BYTES.*"2GB"/);
    expect(refusal({}, { HOMEOSTAT_SPOOL_LIMIT_BYTES: "0" })).toContain("HOMEOSTAT_SPOOL_LIMIT_BYTES");
    expect(refusal({}, { HOMEOSTAT_ENGINE_MEMORY_BYTES: "-5" })).toContain("HOMEOSTAT_ENGINE_MEMORY_BYTES");
    for (const url of ["db.example:8123", "tcp://db.example:9000", "http://user:%zz@db.example"])
      expect(refusal({}, { HOMEOSTAT_CLICKHOUSE_URL: url })).toContain("HOMEOSTAT_CLICKHOUSE_URL");
    expect(refusal({}, { HOMEOSTAT_POSTGRES_URL: "mysql://db.example" })).toContain("HOMEOSTAT_POSTGRES_URL");
    expect(refusal({ data: "" })).toContain("--data");
    expect(refusal({ host: "" })).toContain("--host");
  });

  it("never repeat a password in a refusal", () => {
    expect(refusal({}, { HOMEOSTAT_CLICKHOUSE_URL: "ftp://ann:secret@db" })).not.toContain("secret");
    expect(refusal({}, { HOMEOSTAT_POSTGRES_URL: "ftp://ann:secret@db" })).not.toContain("secret");
  });
});
