/** One step forward of the schema. Once released its text never changes: the digest of every applied step is checked. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  /** Statements in schema `homeostat`, run in one transaction with all other steps that are due. */
  readonly statements: string;
}
