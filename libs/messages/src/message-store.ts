import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database, isDatabaseAway, UnconfirmedStatementError } from '#libs/platform/database';
import { databaseErrorCode, type DomainError } from '#libs/platform/errors';
import {
  groupValues,
  INSERT_GROUP,
  INSERT_ONE,
  INSERT_UNLESS_KNOWN,
  STORED_BY_ID,
  valuesOf,
} from './message-writer.sql.js';
import type { NewMessage } from './message-writer.js';

/** A repeat that was stored meanwhile, perhaps by another server: the group goes again, and looks for repeats. */
const UNIQUE_VIOLATION = '23505';
const ASK_AGAIN_MS = 100;

/** What a message became: a new row, or (`known`) the one that it repeats. */
export interface StoredRow {
  id: string;
  seq: string;
  created_at: Date;
  known: Record<string, unknown> | null;
}

/**
 * Stores groups of messages, each once. Where the answer of the database is lost it finds out by the ids of the messages
 * what was stored, and stores the rest.
 */
@Injectable()
export class MessageStore {
  private stopped = false;

  constructor(private readonly database: Database) {}

  stop(): void {
    this.stopped = true;
  }

  /** What a group would be refused with right now. */
  get refusal(): DomainError | undefined {
    return this.database.refusal;
  }

  /**
   * @param mayRepeat whether one of them may be stored already
   * @returns a row for each message; none for those whose rooms take no messages any more
   * @throws UnconfirmedStatementError where the database did not say in time whether they are stored
   */
  async store(messages: readonly NewMessage[], mayRepeat: boolean): Promise<StoredRow[]> {
    const until = performance.now() + this.database.timeLimitMs;
    const stored: StoredRow[] = [];
    let rest = messages;
    let repeats = mayRepeat;
    let doubt: UnconfirmedStatementError | undefined;
    for (;;) {
      try {
        const rows = await this.insert(rest, repeats);
        return stored.length === 0 ? rows : [...stored, ...rows];
      } catch (error) {
        if (error instanceof UnconfirmedStatementError) {
          doubt = error;
          stored.push(...(await this.findBy(until, rest, error)));
          rest = without(rest, stored);
          if (rest.length === 0) return stored;
          // An answer later than this is none.
          if (performance.now() > until - this.database.timeLimitMs / 2) throw error;
        } else if (databaseErrorCode(error) !== UNIQUE_VIOLATION || repeats) throw doubt ?? error;
        repeats = true;
      }
    }
  }

  /**
   * Of these messages those that are stored after all. Asks until the database says so, or the server stops.
   * @param failed told each time that the database did not say so
   */
  async find(
    messages: readonly NewMessage[],
    error: UnconfirmedStatementError,
    failed: (failure: unknown) => void,
    patience?: AbortSignal,
  ): Promise<StoredRow[]> {
    while (!this.stopped && !patience?.aborted) {
      try {
        await this.database.settled(error);
        return await this.database.query<StoredRow>(STORED_BY_ID, [messages.map(({ id }) => id)]);
      } catch (failure) {
        failed(failure);
        await sleep(ASK_AGAIN_MS, undefined, { ref: false });
      }
    }
    throw error;
  }

  /** While the database is away nobody waits for its answer. */
  private async findBy(
    until: number,
    messages: readonly NewMessage[],
    error: UnconfirmedStatementError,
  ): Promise<StoredRow[]> {
    const patience = new AbortController();
    const { signal } = patience;
    const late = sleep(Math.max(0, until - performance.now()), undefined, { signal }).catch(() => undefined);
    const giveUp = (failure: unknown): void => {
      if (isDatabaseAway(failure)) patience.abort();
    };
    const found = this.find(messages, error, giveUp, signal);
    try {
      return await Promise.race([found, late.then(() => Promise.reject(error))]);
    } finally {
      patience.abort();
    }
  }

  private insert(messages: readonly NewMessage[], mayRepeat: boolean): Promise<StoredRow[]> {
    if (mayRepeat)
      return this.database.write('insert-unless-known', INSERT_UNLESS_KNOWN, groupValues(messages));
    if (messages.length === 1)
      return this.database.write('insert-one', INSERT_ONE, valuesOf(messages[0] as NewMessage));
    return this.database.write('insert-messages', INSERT_GROUP, groupValues(messages));
  }
}

function without(messages: readonly NewMessage[], rows: readonly StoredRow[]): NewMessage[] {
  const ids = new Set(rows.map(({ id }) => id));
  return messages.filter(({ id }) => !ids.has(id));
}
