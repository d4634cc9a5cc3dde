import { parseArgs } from "node:util";

/** The upstream faults the demo can inject: what happens to which column, and what its vendor says about it. */
export const scenarios = {
  none: undefined,
  "time-zone": "time zone fix in departure times",
  "null-origin": "origin looked up in the new station table",
  "distance-km": "distances delivered in metric units",
  "airport-renamed": "airport codes follow the new naming scheme",
} as const;

type Scenario = keyof typeof scenarios;

export interface DemoFlags {
  readonly fault: Scenario;
  /** First day of the fault. */
  readonly at: string;
  /** `column=VALUE,…`: which rows of the source it touches. */
  readonly where: string;
  readonly since: string;
  readonly until: string;
  /** A free one when absent. */
  readonly port: number | undefined;
  readonly keep: boolean;
}

export const usage = `npm run demo -- [options]

  --fault KIND     ${Object.keys(scenarios).join(", ")}
                   (time-zone)
  --at DATE        first day of the fault (2001-03-06)
  --where COND     which flights it touches (origin=LAX,SFO,LAS,SEA,SAN)
  --since DATE     first day that is replayed (2001-02-01)
  --until DATE     end of the replay, exclusive (2001-05-01)
  --port N         port of the server (any free one)
  --keep           leave the server running at the end
`;

/** Reads the command line. @throws Error in words for the person who typed it. */
export function readFlags(args: readonly string[]): DemoFlags | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      fault: { type: "string", default: "time-zone" },
      at: { type: "string", default: "2001-03-06" },
      where: { type: "string", default: "origin=LAX,SFO,LAS,SEA,SAN" },
      since: { type: "string", default: "2001-02-01" },
      until: { type: "string", default: "2001-05-01" },
      port: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const { fault, at, since, until } = values;
  if (!isScenario(fault)) throw new Error(`--fault ${fault}: it must be one of ${Object.keys(scenarios).join(", ")}`);
  for (const [name, day] of Object.entries({ at, since, until })) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Error(`--${name} ${day}: write a day, e.g. 2001-03-06`);
  }
  return { fault, at, where: values.where, since, until, port: portOf(values.port), keep: values.keep };
}

const isScenario = (name: string): name is Scenario => Object.hasOwn(scenarios, name);

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!(Number.isInteger(port) && port > 0 && port < 65_536))
    throw new Error(`--port ${text}: it must be a port number`);
  return port;
}
