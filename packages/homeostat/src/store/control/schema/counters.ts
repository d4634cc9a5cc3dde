/** The last number given, by what is numbered. Raised in the transaction that uses the number, so none is skipped. */
export interface CountersTable {
  readonly name: string;
  readonly value: number;
}
