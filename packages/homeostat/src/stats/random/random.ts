/** A stream of uniform numbers in [0, 1). Chance is an argument here: nothing in this room draws from a global source. */
export interface Random {
  next(): number;
}
