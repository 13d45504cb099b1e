import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '#libs/platform/config';
import { UnconfirmedStatementError } from '#libs/platform/database';
import { isDatabaseUnavailable } from '#libs/platform/errors';
import { Metrics } from '#libs/platform/metrics';
import { roomErrors } from '#libs/rooms';
import { GroupLimit } from './group-limit.js';
import { MessageStore, type StoredRow } from './message-store.js';
import { messageErrors } from './messages.errors.js';
import type { StoredMessage } from './message-view.js';
import { RecentKeys } from './recent-keys.js';

const MAX_GROUP = 256;
const MAX_WAITING = 20_000;
const REMEMBERED_KEYS = 20_000;

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

/**
 * Group commit: while statements are under way, what arrives waits and goes as one. Resolves after the commit.
 * Messages of one room are stored in the order of their calls: a room is never in two groups at once.
 */
@Injectable()
export class MessageWriter implements OnApplicationShutdown {
  private readonly logger = new Logger(MessageWriter.name);
  private waiting: Entry[] = [];
  private readonly busyRooms = new Set<string>();
  /** Of these the ones of which nobody knows what is stored there: whoever waits for them waits for the database. */
  private readonly doubtful = new Set<string>();
  /** Keys that were stored lately: what comes with one of them again is most likely a repeat. */
  private readonly stored = new RecentKeys(REMEMBERED_KEYS);
  /** Entries by client key, so that two repeats in one group become one. */
  private readonly underWay = new Map<string, Promise<Written>>();
  private readonly limit: GroupLimit;
  private inFlight = 0;
  private scheduled = false;
  private drained: (() => void)[] = [];

  constructor(
    private readonly store: MessageStore,
    private readonly metrics: Metrics,
    config: AppConfig,
  ) {
    this.limit = new GroupLimit(Math.floor(config.database.poolSize / 2));
    metrics.gauge('switchboard_writer_groups', 'Groups of messages under way', () => this.inFlight);
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
    const refusal = this.doubtful.has(message.roomId) ? this.store.refusal : undefined;
    if (refusal) return Promise.reject(refusal);
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
    if (this.waiting.length > 0 || this.inFlight > 0)
      await new Promise<void>((resolve) => this.drained.push(resolve));
    this.store.stop();
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
    while (this.inFlight < this.limit.current && this.waiting.length > 0) {
      const group = this.takeGroup();
      if (group.length === 0) return;
      this.inFlight += 1;
      void this.commit(group).finally(() => {
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
    const rooms = new Set(group.map(roomOf));
    for (const room of rooms) this.busyRooms.add(room);
    try {
      const mayRepeat = group.some(({ key }) => key !== undefined && this.stored.has(key));
      const since = performance.now();
      const rows = await this.store.store(group.map(messageOf), mayRepeat);
      this.limit.note(performance.now() - since);
      this.metrics.writerGroup.observe(group.length);
      this.settle(group, rows);
    } catch (error) {
      for (const entry of group) entry.reject(error);
      if (isDatabaseUnavailable(error)) this.rejectWaiting(rooms, error);
      if (error instanceof UnconfirmedStatementError) {
        void this.settleLate(group, rooms, error);
        return;
      }
    }
    this.free(rooms);
  }

  /**
   * Their senders heard that the database is away, and some may be stored all the same: then they are told to the room,
   * before any other is stored there, so that messages are told in the order of `seq`.
   */
  private async settleLate(
    group: Entry[],
    rooms: ReadonlySet<string>,
    error: UnconfirmedStatementError,
  ): Promise<void> {
    for (const room of rooms) this.doubtful.add(room);
    try {
      const rows = await this.store.find(group.map(messageOf), error, (failure) =>
        this.rejectWaiting(rooms, failure),
      );
      if (rows.length > 0)
        this.logger.warn({ messages: rows.length }, 'Stored, though their senders heard otherwise');
      this.settle(group, rows);
    } catch (failure) {
      this.logger.debug({ err: failure }, 'Stopped before it was known what is stored');
    } finally {
      for (const room of rooms) this.doubtful.delete(room);
      this.free(rooms);
      this.schedule();
    }
  }

  private free(rooms: ReadonlySet<string>): void {
    for (const room of rooms) this.busyRooms.delete(room);
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

  private settle(group: Entry[], rows: StoredRow[]): void {
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

const roomOf = ({ message }: Entry): string => message.roomId;
const messageOf = ({ message }: Entry): NewMessage => message;

/** What names a message once: room, sender, client id and content. */
function keyOf(message: NewMessage): string | undefined {
  if (message.clientKey === null) return undefined;
  return `${message.roomId} ${message.senderId} ${message.clientKey}`;
}

function toStoredMessage(message: NewMessage, row: StoredRow): StoredMessage {
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
    changeNo: typeof known?.change_no === 'number' ? known.change_no : null,
    mentions: known ? ((known.mentions as string[] | null) ?? []) : message.mentions,
    pinnedAt: dateOf(known?.pinned_at),
  };
}
