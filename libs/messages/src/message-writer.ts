import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '#libs/platform/database';
import { databaseErrorCode, isDatabaseUnavailable } from '#libs/platform/errors';
import { Metrics } from '#libs/platform/metrics';
import { roomErrors } from '#libs/rooms';
import {
  groupValues,
  INSERT_GROUP,
  INSERT_ONE,
  INSERT_UNLESS_KNOWN,
  valuesOf,
} from './message-writer.sql.js';
import { messageErrors } from './messages.errors.js';
import type { StoredMessage } from './message-view.js';
import { RecentKeys } from './recent-keys.js';

const MAX_GROUP = 256;
const MAX_WAITING = 20_000;
/** Two keep the database busy while one commit is on its way to the disk; more gain nothing (measured). */
const GROUPS_IN_FLIGHT = 2;
/** Unique violation (a repeat that another node stored meanwhile), deadlock, serialization: the group goes again. */
const UNIQUE_VIOLATION = '23505';
const RETRYABLE = new Set([UNIQUE_VIOLATION, '40P01', '40001']);
const REMEMBERED_KEYS = 20_000;
const MAX_ATTEMPTS = 3;

export type NewMessage = Pick<
  StoredMessage,
  'id' | 'roomId' | 'senderId' | 'clientId' | 'type' | 'content' | 'metadata' | 'replyTo'
> & {
  clientKey: string | null;
  mentions: readonly string[];
  /** The host's own messages are stored in rooms that are closed, too. */
  forced: boolean;
};

export interface Written {
  message: StoredMessage;
  /** True when the same message was stored before; nothing was written now. */
  repeated: boolean;
}

interface Entry {
  message: NewMessage;
  /** What names the message once, where its sender gave it an id. */
  key: string | undefined;
  committed: (written: Written) => void;
  resolve: (written: Written) => void;
  reject: (error: unknown) => void;
}

interface ResultRow {
  id: string;
  seq: string;
  created_at: Date;
  known: Record<string, unknown> | null;
}

/**
 * Group commit: while statements are under way, what arrives waits and goes as one. Resolves after the commit.
 * Messages of one room are stored in the order of their calls: a room is never in two groups at once.
 */
@Injectable()
export class MessageWriter implements OnApplicationShutdown {
  private readonly logger = new Logger(MessageWriter.name);
  private waiting: Entry[] = [];
  private readonly busyRooms = new Set<string>();
  /** Keys that were stored lately: what comes with one of them again is most likely a repeat. */
  private readonly stored = new RecentKeys(REMEMBERED_KEYS);
  /** Entries by client key, so that two repeats in one group become one. */
  private readonly underWay = new Map<string, Promise<Written>>();
  private inFlight = 0;
  private scheduled = false;
  private drained: (() => void)[] = [];

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {
    metrics.gauge('switchboard_writer_waiting', 'Messages that wait for a group', () => this.waiting.length);
  }

  /**
   * @param committed called synchronously after the commit, in the order of `seq`, not for repeats.
   * @throws ROOM_INACTIVE when the room was closed meanwhile, SERVICE_UNAVAILABLE when the database is.
   */
  write(message: NewMessage, committed: (written: Written) => void): Promise<Written> {
    const key = keyOf(message);
    const same = key === undefined ? undefined : this.underWay.get(key);
    if (same) return same.then(({ message: stored }) => ({ message: stored, repeated: true }));
    if (this.waiting.length >= MAX_WAITING) return Promise.reject(messageErrors.overloaded());
    const promise = new Promise<Written>((resolve, reject) =>
      this.waiting.push({ message, key, committed, resolve, reject }),
    );
    if (key !== undefined) {
      this.underWay.set(key, promise);
      const done = (): void => void this.underWay.delete(key);
      promise.then(done, done);
    }
    this.schedule();
    return promise;
  }

  /** In-flight writes finish before the database closes; nothing new comes, since sockets and requests have ended. */
  async onApplicationShutdown(): Promise<void> {
    if (this.waiting.length === 0 && this.inFlight === 0) return;
    await new Promise<void>((resolve) => this.drained.push(resolve));
  }

  /** At the end of the current turn of the event loop: what the same poll brought goes together. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    while (this.inFlight < GROUPS_IN_FLIGHT && this.waiting.length > 0) {
      const group = this.takeGroup();
      if (group.length === 0) return;
      this.inFlight += 1;
      const rooms = new Set(group.map(roomOf));
      for (const room of rooms) this.busyRooms.add(room);
      void this.commit(group).finally(() => {
        for (const room of rooms) this.busyRooms.delete(room);
        this.inFlight -= 1;
        this.flush();
        if (this.inFlight === 0 && this.waiting.length === 0)
          for (const tell of this.drained.splice(0)) tell();
      });
    }
  }

  private takeGroup(): Entry[] {
    const group: Entry[] = [];
    const rest: Entry[] = [];
    for (const entry of this.waiting) {
      if (group.length < MAX_GROUP && !this.busyRooms.has(entry.message.roomId)) group.push(entry);
      else rest.push(entry);
    }
    this.waiting = rest;
    return group;
  }

  private async commit(group: Entry[]): Promise<void> {
    try {
      const rows = await this.insert(group);
      this.metrics.writerGroup.observe(group.length);
      this.settle(group, rows);
    } catch (error) {
      for (const entry of group) entry.reject(error);
      if (isDatabaseUnavailable(error)) this.rejectWaiting(new Set(group.map(roomOf)), error);
    }
  }

  /** Who waits behind a statement that was not answered would wait for its whole time limit once more. */
  private rejectWaiting(rooms: ReadonlySet<string>, error: unknown): void {
    const rest: Entry[] = [];
    for (const entry of this.waiting) {
      if (rooms.has(roomOf(entry))) entry.reject(error);
      else rest.push(entry);
    }
    this.waiting = rest;
  }

  private async insert(group: Entry[]): Promise<ResultRow[]> {
    const messages = group.map((entry) => entry.message);
    let mayRepeat = group.some(({ key }) => key !== undefined && this.stored.has(key));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.store(messages, mayRepeat);
      } catch (error) {
        const code = databaseErrorCode(error) ?? '';
        if (!RETRYABLE.has(code) || attempt >= MAX_ATTEMPTS) throw error;
        mayRepeat ||= code === UNIQUE_VIOLATION;
        this.logger.debug({ code, attempt }, 'A group of messages goes again');
      }
    }
  }

  private store(messages: readonly NewMessage[], mayRepeat: boolean): Promise<ResultRow[]> {
    if (mayRepeat)
      return this.database.prepared('insert-unless-known', INSERT_UNLESS_KNOWN, groupValues(messages));
    if (messages.length === 1)
      return this.database.prepared('insert-one', INSERT_ONE, valuesOf(messages[0] as NewMessage));
    return this.database.prepared('insert-messages', INSERT_GROUP, groupValues(messages));
  }

  private settle(group: Entry[], rows: ResultRow[]): void {
    const answers = new Map(rows.map((row) => [row.id, row]));
    const written: { entry: Entry; result: Written }[] = [];
    for (const entry of group) {
      const row = answers.get(entry.message.id);
      if (!row) {
        entry.reject(roomErrors.inactive('closed'));
        continue;
      }
      if (entry.key !== undefined) this.stored.add(entry.key);
      written.push({
        entry,
        result: { message: toStoredMessage(entry.message, row), repeated: row.known !== null },
      });
    }
    for (const { entry, result } of written) if (!result.repeated) entry.committed(result);
    for (const { entry, result } of written) entry.resolve(result);
  }
}

const roomOf = (entry: Entry): string => entry.message.roomId;

/** What names a message once: room, sender, client id and content. */
function keyOf(message: NewMessage): string | undefined {
  if (message.clientKey === null) return undefined;
  return `${message.roomId} ${message.senderId} ${message.clientKey}`;
}

function toStoredMessage(message: NewMessage, row: ResultRow): StoredMessage {
  const { known } = row;
  const dateOf = (value: unknown): Date | null => (typeof value === 'string' ? new Date(value) : null);
  return {
    id: known ? (known.id as string) : message.id,
    roomId: message.roomId,
    seq: Number(row.seq),
    senderId: message.senderId,
    clientId: message.clientId,
    type: message.type,
    createdAt: row.created_at,
    content: known ? (known.content as string) : message.content,
    metadata: known ? (known.metadata as Record<string, unknown>) : message.metadata,
    replyTo: known ? (known.reply_to as string | null) : message.replyTo,
    editedAt: dateOf(known?.edited_at),
    deletedAt: dateOf(known?.deleted_at),
    mentions: known ? ((known.mentions as string[] | null) ?? []) : message.mentions,
    pinnedAt: dateOf(known?.pinned_at),
  };
}
