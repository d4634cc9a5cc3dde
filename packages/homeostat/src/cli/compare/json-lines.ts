/** Settings of an answer of one JSON array a row, with numbers as numbers. */
export const jsonLines = { default_format: "JSONCompactEachRow", output_format_json_quote_64bit_integers: 0 } as const;

/** The rows of such an answer. */
export function readLines<Row>(answer: Buffer): readonly Row[] {
  return answer
    .toString("utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}
