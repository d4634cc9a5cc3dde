import type { Dataset } from "@homeostat/protocol";

const shownDigits = 12;

/** As much of a dataset's name as tells it apart; the command line takes it too. */
export const shortDigest = (digest: string): string => digest.slice(0, "ds-".length + shownDigits);

/** The page of a dataset. */
export const datasetHref = (system: string, digest: string): string => `/systems/${system}/datasets/${digest}`;

export const kindWords: { readonly [K in Dataset["kind"]]: string } = {
  files: "files",
  predictions: "received predictions",
};

interface Command {
  readonly what: string;
  readonly command: string;
}

/** How a dataset of a system is made on the command line. */
export const createCommands = (system: string): readonly Command[] => [
  { what: "Make one of files", command: `homeostat dataset create ${system} --from rows.parquet` },
  {
    what: "Make one of received predictions with their outcomes",
    command: `homeostat dataset create ${system} --predictions --since 2026-01-01 --until 2026-02-01 --labelled-only`,
  },
];

/** What can be done with a dataset on the command line. */
export function commandsOf(system: string, digest: string): readonly Command[] {
  const name = shortDigest(digest);
  return [
    { what: "Verify", command: `homeostat dataset verify ${system} ${name}` },
    { what: "Export", command: `homeostat dataset export ${system} ${name} rows.csv --format csv` },
    {
      what: "Train on it",
      command: `homeostat train ${system} --dataset ${name} --hold-out-from <time> --time-field <field>`,
    },
  ];
}
