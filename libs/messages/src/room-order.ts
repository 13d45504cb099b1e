import type { RoomView } from '#libs/rooms';
import type { RoomMarks } from './messages.repository.js';
import type { MessageView, StoredMessage } from './message-view.js';

/**
 * What of one room has been delivered on this server, and what waits for something before it. Messages are delivered in
 * the order of `seq`; an edit or deletion after its message, and never an older one after a newer one.
 */
export class RoomOrder {
  /** Every message up to here has been delivered. */
  delivered: number;
  /** Every edit and deletion up to here has been told, or is known to be out of date. */
  changed: number;
  /** Redis was away while nobody was here: more than `delivered` may be old news. */
  stale = false;
  timer: NodeJS.Timeout | undefined;
  private readonly waiting = new Map<number, MessageView>();
  /** By `seq`, of messages that have not been delivered yet. */
  private readonly changes = new Map<number, StoredMessage>();
  /** Numbers of changes that came before another one. */
  private readonly ahead = new Set<number>();

  constructor(
    /** As it was when it was last looked up: delivering waits for no look-up, which later events would overtake. */
    public room: RoomView,
    { lastSeq, lastChange }: RoomMarks,
  ) {
    this.delivered = lastSeq;
    this.changed = lastChange;
  }

  /** A stored message has come. */
  receive(message: MessageView): void {
    if (message.seq > this.delivered) this.waiting.set(message.seq, message);
  }

  /** The next message to deliver, as it was changed while it waited. */
  next(): MessageView | undefined {
    const message = this.waiting.get(this.delivered + 1);
    if (!message) return undefined;
    const change = this.changes.get(message.seq);
    this.waiting.delete(message.seq);
    this.changes.delete(message.seq);
    this.delivered = message.seq;
    return change && isNewer(change, message) ? changedBy(change, message) : message;
  }

  /** An edit or deletion has come. @returns whether it can be told: its message has been delivered. */
  receiveChange(change: StoredMessage): boolean {
    this.note(change.changeNo);
    if (change.seq <= this.delivered) return true;
    const noted = this.changes.get(change.seq);
    if (!noted || isNewer(change, noted)) this.changes.set(change.seq, change);
    return false;
  }

  /** Nobody here needs what is before. */
  skipTo({ lastSeq, lastChange }: RoomMarks): void {
    this.delivered = Math.max(this.delivered, lastSeq);
    for (const waiting of [this.waiting, this.changes])
      for (const seq of waiting.keys()) if (seq <= this.delivered) waiting.delete(seq);
    this.changesKnownUpTo(lastChange);
  }

  changesKnownUpTo(changeNo: number): void {
    this.changed = Math.max(this.changed, changeNo);
    for (const number of this.ahead) if (number <= this.changed) this.ahead.delete(number);
    while (this.ahead.delete(this.changed + 1)) this.changed += 1;
  }

  /** Something came that follows on what has not come. */
  get hasGap(): boolean {
    return this.waiting.size > 0 || this.ahead.size > 0;
  }

  /** Known to be stored. */
  get newest(): RoomMarks {
    return {
      lastSeq: Math.max(this.delivered, ...this.waiting.keys()),
      lastChange: Math.max(this.changed, ...this.ahead),
    };
  }

  private note(changeNo: number | null): void {
    if (changeNo === null || changeNo <= this.changed) return;
    this.ahead.add(changeNo);
    this.changesKnownUpTo(this.changed);
  }
}

/**
 * By the number of the change; a release before this one gives none: then a deletion is the last word, and of two edits
 * the later one counts.
 */
export function isNewer(change: StoredMessage, than: StoredMessage): boolean {
  if (change.changeNo !== null && than.changeNo !== null) return change.changeNo > than.changeNo;
  if (than.deletedAt !== null) return false;
  return change.deletedAt !== null || Number(change.editedAt) > Number(than.editedAt);
}

function changedBy(change: StoredMessage, message: MessageView): MessageView {
  const changed = { ...message, ...change };
  return change.deletedAt === null ? changed : { ...changed, attachments: [], reactions: [] };
}
