/** Of events about the connection itself, the same in every dialect. */
export const ANY_DIALECT = '*';

/** Decides which dialect an event of a shared namespace is for. */
export type DialectClassifier = (event: string, payload: unknown, candidates: readonly string[]) => string;
