import { DomainEvent } from '#libs/platform/events';
import type { RoomView } from '#libs/rooms';
import type { MessageView, ReactionGroup, StoredMessage } from './message-view.js';

/** Committed; published once for each message, on the server that stored it. */
export class MessageCreated extends DomainEvent {
  constructor(
    readonly message: MessageView,
    readonly room: RoomView,
  ) {
    super();
  }
}

/**
 * To be delivered to the sockets of this server: published on every server, once for each message, in the order of
 * `seq`. What happens once for a message (notifications, counts) listens to MessageCreated.
 */
export class MessageArrived extends DomainEvent {
  constructor(
    readonly message: MessageView,
    readonly room: RoomView,
  ) {
    super();
  }
}

export class MessageEdited extends DomainEvent {
  constructor(
    readonly message: MessageView,
    readonly room: RoomView,
    /** Participants whom the new text names and the old one did not. */
    readonly newMentions: readonly string[],
  ) {
    super();
  }
}

/** The content is gone; what is left is the tombstone. */
export class MessageDeleted extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly message: StoredMessage,
    readonly deletedBy: string,
  ) {
    super();
  }
}

/**
 * To be told to the sockets of this server: published on every server, after the message itself. What happens once for
 * an edit (mentions) listens to MessageEdited. After Redis was away an edit may arrive twice.
 */
export class EditArrived extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly message: MessageView,
  ) {
    super();
  }
}

/** As EditArrived, for what is left of a deleted message. */
export class DeletionArrived extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly message: StoredMessage,
  ) {
    super();
  }
}

export class MessagePinned extends DomainEvent {
  constructor(
    readonly message: MessageView,
    readonly room: RoomView,
    /** False when it was unpinned. */
    readonly pinned: boolean,
  ) {
    super();
  }
}

export class MessageReacted extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly message: StoredMessage,
    readonly userId: string,
    readonly emoji: string,
    readonly added: boolean,
    /** All reactions of the message after this one. */
    readonly reactions: readonly ReactionGroup[],
  ) {
    super();
  }
}

/** A person's own mark moved back; only their devices need to know. */
export class MarkedUnread extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly userId: string,
    readonly unreadCount: number,
  ) {
    super();
  }
}

export interface MarkedMessages {
  /** The messages that were not marked before, in order; only the last for a mark "up to here". */
  readonly messages: readonly Pick<StoredMessage, 'id' | 'seq'>[];
  readonly at: Date;
  /** Of a mark "up to here": the first sequence number that it may have marked. */
  readonly fromSeq?: number;
}

/** Committed; published once, on the server that stored it. What sockets are told listens to ReadArrived. */
export class MessagesRead extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly userId: string,
    readonly marked: MarkedMessages,
    /** True when everything before the last message was marked with it. */
    readonly upTo: boolean,
    /** True when nothing is left unread, because everything was marked. */
    readonly everything = false,
  ) {
    super();
  }
}

/** To be told to the sockets of this server: published on every server that has the room open, once. */
export class ReadArrived extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly userId: string,
    readonly marked: MarkedMessages,
    readonly upTo: boolean,
    readonly everything: boolean,
  ) {
    super();
  }
}

/** Committed; published once, on the server that stored it. What sockets are told listens to DeliveredArrived. */
export class MessagesDelivered extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly userId: string,
    readonly marked: MarkedMessages,
  ) {
    super();
  }
}

/** As ReadArrived. */
export class DeliveredArrived extends DomainEvent {
  constructor(
    readonly room: RoomView,
    readonly userId: string,
    readonly marked: MarkedMessages,
  ) {
    super();
  }
}
