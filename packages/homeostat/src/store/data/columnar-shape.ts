import type { FileArrival, FileColumn } from "../../domain/columnar/columnar.ts";
import { isoOf } from "../../domain/instant.ts";
import { columnTypeOf, type InputField } from "../../domain/pipeline/pipeline.ts";
import { futureToleranceMs } from "../../domain/prediction/prediction.ts";
import type { Task } from "../../domain/system/task.ts";
import {
  boolean,
  classOf,
  instant,
  literal,
  longest,
  longestLatencyMs,
  number,
  quoted,
  type Reading,
  readings,
  sharesOf,
  type TypeClass,
  text,
} from "./columnar-reading.ts";

/** One thing that every row of a file must hold to. Expressions are over the file's own columns, as `f`. */
interface RowCheck {
  readonly path: string;
  readonly expected: string;
  readonly holds: string;
  readonly found: string;
}

/** How a file becomes rows of a staging table. */
export interface FileShape {
  readonly kind: "shape";
  readonly checks: readonly RowCheck[];
  /** Staging column and the expression that fills it. */
  readonly columns: readonly { readonly name: string; readonly expression: string }[];
  /** Text of the row as the JSON that a sender would have sent. */
  readonly payload: string;
  readonly time: string;
}

export interface FileShapeRefusal {
  readonly kind: "refused";
  readonly issues: readonly { readonly path: string; readonly expected: string; readonly found: string }[];
}

/** A place of the row: what JSON calls it, which column of the file holds it, and how it is read. */
interface Place {
  readonly path: string;
  readonly column: string;
  readonly type: TypeClass;
  readonly reading: Reading;
  readonly required: boolean;
}

/** Collects places, and what is wrong with the file's columns. */
class Columns {
  readonly issues: { path: string; expected: string; found: string }[] = [];
  readonly #present: ReadonlyMap<string, string>;
  readonly #used = new Set<string>();

  constructor(columns: readonly FileColumn[]) {
    this.#present = new Map(columns.map((column) => [column.name, column.type]));
  }

  has(name: string): boolean {
    return this.#present.has(name);
  }

  classOf(name: string): TypeClass {
    return classOf(this.#present.get(name) ?? "");
  }

  /** The place of a column under the first of its names that the file has. */
  place(path: string, names: readonly string[], reading: Reading, required: boolean): Place | undefined {
    const name = names.find((candidate) => this.#present.has(candidate));
    if (name === undefined) {
      if (required)
        this.issues.push({
          path,
          expected: `a column ${names.join(" or ")} of ${reading.words}`,
          found: "no such column",
        });
      return undefined;
    }
    this.#used.add(name);
    const found = this.#present.get(name) ?? "";
    const type = classOf(found);
    if (reading.takes.includes(type)) return { path, column: quoted(name), type, reading, required };
    this.issues.push({ path, expected: `a column of ${reading.words}`, found: `the type ${found.slice(0, 80)}` });
    return undefined;
  }

  /** Columns nobody asked for: a mistyped name must not look like a missing value. */
  refuseOthers(): void {
    for (const name of this.#present.keys())
      if (!this.#used.has(name))
        this.issues.push({ path: name.slice(0, 80), expected: "no such column", found: "a column that no row has" });
  }
}

const checkOf = ({ path, column, type, reading, required }: Place): RowCheck => ({
  path,
  expected: required ? reading.expected : `${reading.expected}, or null`,
  holds: required
    ? `isNotNull(${reading.value(column, type)}) AND (${reading.holds(column, type)})`
    : reading.holds(column, type),
  found: `substring(ifNull(toString(${column}), 'null'), 1, 80)`,
});

const valueIn = (place: Place | undefined, otherwise = "NULL"): string =>
  place === undefined ? otherwise : place.reading.value(place.column, place.type);

function futureCheck(time: Place, arrival: Pick<FileArrival, "receivedAt">): RowCheck {
  const limit = arrival.receivedAt + futureToleranceMs;
  return {
    ...checkOf(time),
    expected: `a time not more than ${futureToleranceMs / 60_000} minutes ahead of the server's clock (${isoOf(arrival.receivedAt)})`,
    holds: `toUnixTimestamp64Milli(assumeNotNull(${valueIn(time)})) <= ${limit}`,
  };
}

/** A value as JSON, instants as text, numbers that JSON has no word for as text. */
function jsonOf({ column, type }: Place): string {
  if (type === "time")
    return `ifNull(toJSONString(concat(replaceOne(toString(${instantIn(column)}), ' ', 'T'), 'Z')), 'null')`;
  if (type === "float")
    return `if(isNull(${column}), 'null', if(isFinite(ifNull(toFloat64(${column}), 0)), toJSONString(${column}), toJSONString(toString(${column}))))`;
  return `toJSONString(${column})`;
}

const instantIn = (column: string): string => `CAST(${column} AS Nullable(DateTime64(3, 'UTC')))`;

function objectOf(places: readonly (Place | undefined)[], inner?: readonly [string, readonly Place[]]): string {
  const entry = (place: Place): string =>
    `concat(${literal(`${JSON.stringify(place.path.slice(place.path.indexOf(".") + 1))}:`)}, ${jsonOf(place)})`;
  const entries = places.filter((place) => place !== undefined).map(entry);
  const nested =
    inner === undefined
      ? []
      : [`concat(${literal(`${JSON.stringify(inner[0])}:{`)}, ${joined(inner[1].map(entry))}, '}')`];
  return `concat('{', ${joined([...entries, ...nested])}, '}')`;
}

const joined = (parts: readonly string[]): string =>
  parts.length === 0 ? "''" : `arrayStringConcat([${parts.join(", ")}], ',')`;

/** How a file of predictions becomes staged rows, or what is wrong with its columns. */
export function predictionShape(
  task: Task,
  arrival: Omit<FileArrival, "stream" | "format">,
): FileShape | FileShapeRefusal {
  const columns = new Columns(arrival.columns);
  const id = columns.place("id", ["id"], text(1, longest.id), true);
  const time = columns.place("time", ["time"], instant, true);
  const release = columns.place("release", ["release"], text(1, longest.name), true);
  const cohort = columns.place("cohort", ["cohort"], text(0, longest.name), false);
  const latency = columns.place("latencyMs", ["latencyMs", "latency_ms"], number(0, longestLatencyMs), false);
  const output = outputPlaces(columns, task);
  const inputs = arrival.fields.map((field) => ({ field, place: inputPlace(columns, field) }));
  columns.refuseOthers();
  if (columns.issues.length > 0 || id === undefined || time === undefined || release === undefined)
    return { kind: "refused", issues: columns.issues };
  const present = inputs.flatMap(({ place }) => (place === undefined ? [] : [place]));
  const all = [id, time, release, ...output.map(({ place }) => place), latency, cohort, ...present].filter(
    (place) => place !== undefined,
  );
  return {
    kind: "shape",
    time: `toUnixTimestamp64Milli(assumeNotNull(${valueIn(time)}))`,
    checks: [
      ...all.map(checkOf),
      futureCheck(time, arrival),
      ...output.flatMap(({ check }) => (check === undefined ? [] : [check])),
    ],
    payload: objectOf([id, time, release, ...output.map(({ place }) => place), latency, cohort], ["inputs", present]),
    columns: [
      { name: "id", expression: `assumeNotNull(${valueIn(id)})` },
      { name: "time", expression: `toUnixTimestamp64Milli(assumeNotNull(${valueIn(time)}))` },
      { name: "received", expression: `toInt64(${arrival.receivedAt})` },
      { name: "release", expression: `assumeNotNull(${valueIn(release)})` },
      { name: "model", expression: "''" },
      { name: "pipeline", expression: "''" },
      { name: "served_by", expression: "'elsewhere'" },
      { name: "environment", expression: "{environment:String}" },
      { name: "cohort", expression: `ifNull(${valueIn(cohort, "''")}, '')` },
      { name: "caller", expression: "{caller:String}" },
      { name: "latency_ms", expression: `CAST(${valueIn(latency)} AS Nullable(Float32))` },
      { name: "vector_seen", expression: "toUInt8(0)" },
      ...output.map(({ column, place, otherwise }) => ({ name: column, expression: valueIn(place, otherwise) })),
      ...inputs.map(({ field, place }) => ({
        name: `i_${field.name}`,
        expression: `CAST(${valueIn(place)} AS ${columnTypeOf(field.type)})`,
      })),
    ],
  };
}

/** The contract's own name first, the owner's name for it second. */
const inputPlace = (columns: Columns, field: InputField): Place | undefined =>
  columns.place(`inputs.${field.name}`, [field.name, field.physicalName], readings[field.type], false);

interface OutputPlace {
  readonly column: string;
  readonly place: Place | undefined;
  readonly otherwise: string;
  readonly check?: RowCheck | undefined;
}

function outputPlaces(columns: Columns, task: Task): readonly OutputPlace[] {
  switch (task.type) {
    case "binary-classification":
      return [
        {
          column: "probability",
          place: columns.place("probability", ["probability"], number(0, 1), true),
          otherwise: "0",
        },
      ];
    case "regression":
      return [{ column: "value", place: columns.place("value", ["value"], number(), true), otherwise: "NULL" }];
    case "multiclass-classification": {
      const said = columns.place("class", ["class"], text(1, longest.class), true);
      const confidence = columns.place("confidence", ["confidence"], number(0, 1), false);
      return [
        { column: "class", place: said, otherwise: "NULL", check: declaredCheck(said, task.classes) },
        { column: "confidence", place: confidence, otherwise: "NULL" },
        {
          column: "class_probabilities",
          place: columns.place("probabilities", ["probabilities"], sharesOf(task.classes), false),
          otherwise: "CAST(map(), 'Map(String, Float64)')",
        },
      ];
    }
  }
}

function declaredCheck(said: Place | undefined, classes: "open" | readonly string[]): RowCheck | undefined {
  if (said === undefined || classes === "open") return undefined;
  return {
    ...checkOf(said),
    expected: `one of the declared classes ${classes.slice(0, 10).join(", ")}`,
    holds: `has([${classes.map(literal).join(", ")}], ifNull(${valueIn(said)}, ''))`,
  };
}

const labelReading: Readonly<Record<Task["type"], Reading>> = {
  "binary-classification": boolean,
  regression: number(),
  "multiclass-classification": text(1, longest.class),
};

/** How a file of labels becomes staged outcomes, or what is wrong with its columns. Other kinds of outcomes come as rows. */
export function outcomeShape(
  task: Task,
  arrival: Omit<FileArrival, "stream" | "format">,
): FileShape | FileShapeRefusal {
  const columns = new Columns(arrival.columns);
  const id = columns.place("predictionId", ["predictionId", "prediction_id"], text(1, longest.id), true);
  const time = columns.place("time", ["time"], instant, true);
  const value = columns.place("value", ["value"], labelReading[task.type], true);
  columns.refuseOthers();
  if (columns.issues.length > 0 || id === undefined || time === undefined || value === undefined)
    return { kind: "refused", issues: columns.issues };
  const declared = task.type === "multiclass-classification" ? declaredCheck(value, task.classes) : undefined;
  const read = valueIn(value);
  const isBoolean = task.type === "binary-classification";
  const isNumber = task.type === "regression";
  return {
    kind: "shape",
    time: `toUnixTimestamp64Milli(assumeNotNull(${valueIn(time)}))`,
    checks: [
      ...[id, time, value].map(checkOf),
      futureCheck(time, arrival),
      ...(declared === undefined ? [] : [declared]),
    ],
    payload: objectOf([id, time, value]),
    columns: [
      { name: "prediction_id", expression: `assumeNotNull(${valueIn(id)})` },
      { name: "time", expression: `toUnixTimestamp64Milli(assumeNotNull(${valueIn(time)}))` },
      { name: "received", expression: `toInt64(${arrival.receivedAt})` },
      { name: "value", expression: isBoolean ? `toUInt8(assumeNotNull(${read}))` : "toUInt8(0)" },
      { name: "kind", expression: "'label'" },
      { name: "name", expression: "''" },
      { name: "unit", expression: "''" },
      { name: "type", expression: isBoolean ? "'boolean'" : isNumber ? "'number'" : "'text'" },
      { name: "number", expression: isNumber ? `assumeNotNull(${read})` : "toFloat64(0)" },
      { name: "text", expression: isBoolean || isNumber ? "''" : `assumeNotNull(${read})` },
    ],
  };
}
