/** A row as numbers, in the order of the columns of a model. */
export type Numbers = readonly number[];

/**
 * The plainest model there is: the mean label of the training rows of the same cell of a grid, cut at quantiles of each
 * column, drawn to the overall mean as if by `prior` rows. Held fixed, so that what changes is the world.
 */
export function gridModel(
  rows: readonly { readonly columns: Numbers; readonly label: number }[],
  cuts: readonly number[],
  prior = 5,
): (columns: Numbers) => number {
  const edges = cuts.map((count, column) => {
    const sorted = rows.map(({ columns }) => columns[column] ?? 0).sort((left, right) => left - right);
    return [
      ...new Set(
        Array.from({ length: count - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / count)] ?? 0),
      ),
    ];
  });
  const cellOf = (columns: Numbers): string =>
    edges.map((own, column) => own.filter((edge) => edge <= (columns[column] ?? 0)).length).join(" ");
  const cells = new Map<string, { n: number; sum: number }>();
  for (const { columns, label } of rows) {
    const key = cellOf(columns);
    const cell = cells.get(key) ?? { n: 0, sum: 0 };
    cells.set(key, { n: cell.n + 1, sum: cell.sum + label });
  }
  const overall = rows.reduce((sum, { label }) => sum + label, 0) / rows.length;
  return (columns) => {
    const cell = cells.get(cellOf(columns)) ?? { n: 0, sum: 0 };
    return (cell.sum + prior * overall) / (cell.n + prior);
  };
}
