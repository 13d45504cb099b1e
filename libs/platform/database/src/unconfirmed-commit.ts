import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

/**
 * What became of a transaction whose COMMIT was sent and not answered. `unknown`: the database has been started anew
 * since, so that its number may name another transaction by now; or this server stops.
 */
export type CommitOutcome = 'committed' | 'rolled back' | 'unknown';

/** What tells a transaction from all others, for as long as the database runs. */
export interface TransactionId {
  xid: string;
  /** When the database was started, as it says itself. */
  databaseStarted: string;
  /** Name of the connection. */
  connection: string;
}

/** The COMMIT may have taken effect. Retryable, as any failure of the connection is. */
export class UnconfirmedCommitError extends Error {
  constructor(
    readonly transaction: TransactionId,
    cause: unknown,
  ) {
    super('The answer to a COMMIT is missing.', { cause });
  }
}

/** A statement that stores something was sent and not answered: it may have taken effect. */
export class UnconfirmedStatementError extends Error {
  constructor(
    readonly connection: string,
    cause: unknown,
  ) {
    super('The answer to a statement is missing.', { cause });
  }
}

const STARTED = 'extract(epoch FROM pg_postmaster_start_time())::text';
const BEGIN = `BEGIN; SELECT pg_current_xact_id()::text AS xid, ${STARTED} AS started`;
const STATUS = `SELECT ${STARTED} = $2 AS same, CASE WHEN ${STARTED} = $2 THEN pg_xact_status($1::xid8) END AS status`;
/** As long as the other side of a cut connection lives it may still commit. Waits (ms) until it is gone. */
const END_BACKEND = `SELECT pg_terminate_backend(pid, 1000) AS gone FROM pg_stat_activity
  WHERE application_name = $1 AND datname = current_database() AND pid <> pg_backend_pid()`;

const ASK_AGAIN_MS = 100;

/** Begins a transaction and learns its number, in one round trip. */
export async function begin(client: pg.PoolClient, connection: string): Promise<TransactionId> {
  const results = (await client.query(BEGIN)) as unknown as pg.QueryResult<{
    xid: string;
    started: string;
  }>[];
  const { xid, started } = results[1]?.rows[0] as { xid: string; started: string };
  return { xid, databaseStarted: started, connection };
}

/** Finds out what became of transactions whose COMMIT was not answered. */
export class UnconfirmedCommits {
  private stopped = false;

  /** @param ask fails at once while the database is away */
  constructor(private readonly ask: <R>(text: string, values: unknown[]) => Promise<R[]>) {}

  stop(): void {
    this.stopped = true;
  }

  /**
   * Asks until the database answers. Never rejects.
   * @param failed told each time that it did not
   */
  async outcomeOf(transaction: TransactionId, failed: (failure: unknown) => void): Promise<CommitOutcome> {
    while (!this.stopped) {
      try {
        const status = await this.statusOf(transaction);
        if (status === 'committed') return 'committed';
        if (status === 'aborted') return 'rolled back';
        if (status === null) return 'unknown';
        await this.endConnection(transaction.connection);
      } catch (error) {
        failed(error);
        await sleep(ASK_AGAIN_MS, undefined, { ref: false });
      }
    }
    return 'unknown';
  }

  /** Ends what may still go on at the other side of a lost connection. Rejects while that cannot be said for sure. */
  async endConnection(connection: string): Promise<void> {
    const rows = await this.ask<{ gone: boolean }>(END_BACKEND, [connection]);
    if (rows.some(({ gone }) => !gone)) throw new Error('A lost connection still goes on in the database.');
  }

  private async statusOf({ xid, databaseStarted }: TransactionId): Promise<string | null> {
    const [row] = await this.ask<{ same: boolean; status: string | null }>(STATUS, [xid, databaseStarted]);
    return row?.status ?? null;
  }
}
