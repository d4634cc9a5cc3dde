/**
 * Does all of the work or nothing, in one transaction of the control store. Only what is passed in may be used inside;
 * keep it short: on an embedded database everybody else waits.
 */
export type Transact<Nouns> = <T>(work: (inside: Nouns) => Promise<T>) => Promise<T>;
