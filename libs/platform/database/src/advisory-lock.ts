import type { Transaction } from './database.js';

/** Until the end of the transaction nobody else, on any server, holds the lock of this name. */
export async function advisoryLock(tx: Pick<Transaction, 'query'>, name: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
}

/**
 * As `advisoryLock`, but held together with others who share it: SQL, for statements that lock first. Who waits for the
 * lock alone comes before those who share it later.
 * @param name SQL of the name
 */
export const sharedLockSql = (name: string): string =>
  `pg_advisory_xact_lock_shared(hashtextextended(${name}, 0))`;
