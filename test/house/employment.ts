import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createEngineHttp } from "../../packages/homeostat/src/engine/engine-http.ts";
import { startEngine } from "../../packages/homeostat/src/engine/supervise-engine.ts";
import type { DeclarationFile } from "./declarations.ts";

const directory = fileURLToPath(new URL("../../../shared/data/tabular/nannyml", import.meta.url));

/** US census, Massachusetts, with a model's answers (NannyML, Apache-2.0): its accuracy hardly changes from 2015 to 2018. */
export const employmentPresent = existsSync(`${directory}/employment_MA_reference.parquet`);

/** One person asked. */
export interface Person {
  readonly id: string;
  readonly time: string;
  readonly inputs: { readonly age: number; readonly school: string; readonly sex: string };
  readonly probability: number;
  readonly employed: boolean;
}

/** One in `everyNth` persons in the order of the file, which knows the year only: spread evenly over it. */
export async function readEmployment(everyNth: number): Promise<readonly Person[]> {
  const file = (name: string): string => `file('${directory}/employment_MA_${name}.parquet', 'Parquet')`;
  const columns = "id, year, AGEP AS age, SCHL AS school, SEX AS sex, predicted_probability AS probability";
  const all = `SELECT ${columns}, employed FROM ${file("reference")} UNION ALL
    SELECT a.* EXCEPT (employed), t.employed AS employed FROM (SELECT ${columns}, 0 AS employed FROM ${file("analysis")}) AS a
    INNER JOIN (SELECT id, employed FROM ${file("analysis_target")}) AS t ON a.id = t.id`;
  const placed = `SELECT *, row_number() OVER (PARTITION BY year ORDER BY id) - 1 AS place, count() OVER (PARTITION BY year) AS size
    FROM (${all}) WHERE id % ${everyNth} = 0`;
  const engine = await startEngine({ memoryLimitBytes: 1024 ** 3, fileRoots: [directory] });
  const http = createEngineHttp(engine.shipper, 1);
  try {
    const rows = await http.query({
      sql: `SELECT toString(id), toInt64(year), place / size AS part, age, school, sex, probability, employed FROM (${placed}) ORDER BY year, place`,
      settings: {
        default_format: "JSONCompactEachRow",
        max_execution_time: 0,
        output_format_json_quote_64bit_integers: 0,
      },
    });
    return rows.toString("utf8").trim().split("\n").map(personOf);
  } finally {
    await http.close();
    await engine.stop(2_000);
  }
}

function personOf(line: string): Person {
  type Row = [string, number, number, number, string, string, number, number];
  const [id, year, part, age, school, sex, probability, employed] = JSON.parse(line) as Row;
  const start = Date.UTC(year, 0, 1);
  const time = new Date(start + Math.floor(part * (Date.UTC(year + 1, 0, 1) - start))).toISOString();
  return { id, time, inputs: { age, school, sex }, probability, employed: employed === 1 };
}

const contract = `apiVersion: v3.1.0
kind: DataContract
id: census
name: Persons asked
version: 1.0.0
status: active
schema:
  - name: persons
    logicalType: object
    properties:
      - { name: age, logicalType: number, required: true }
      - { name: school, logicalType: string, required: true }
      - { name: sex, logicalType: string, required: true }
      - { name: employed, logicalType: boolean, tags: [outcome] }
`;
const system = `apiVersion: homeostat/v1
kind: System
name: employment
domain: tabular
serving: monitor-only
task: { type: binary-classification, threshold: 0.5 }
contract: ./contract.odcs.yaml
pipeline: ./pipeline.yaml
outcome: { name: employed, expression: employed, maturity: P1D }
segments:
  - { name: sex, expression: sex }
windows: { length: P28D, lateness: PT0S }
owners:
  training-pipeline: census
  serving: census
  upstream-data: census
  production-performance: census
  business: census
`;

/** The system `employment` with what it refers to. */
export function employmentDeclarations(): DeclarationFile[] {
  return [
    { path: "census/system.yaml", text: system },
    { path: "census/contract.odcs.yaml", text: contract },
    {
      path: "census/pipeline.yaml",
      text: `apiVersion: homeostat/v1
kind: Pipeline
features:
  - { name: age, type: number, expression: age }
  - { name: school, type: category, expression: school }
`,
    },
    {
      path: "census/owners.yaml",
      text: `apiVersion: homeostat/v1
kind: Owners
owners:
  - { name: census, title: Census team, contact: census@example.com }
`,
    },
  ];
}
