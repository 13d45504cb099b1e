import type { Transaction } from './database.js';

/** Until the end of the transaction nobody else, on any server, holds the lock of this name. */
export async function advisoryLock(tx: Pick<Transaction, 'query'>, name: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
}
