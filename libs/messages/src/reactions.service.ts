import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { Database } from '#libs/platform/database';
import { RoomAccessService, type RoomView } from '#libs/rooms';
import { messageErrors } from './messages.errors.js';
import { MessageReacted } from './messages.events.js';
import { MessageTargets } from './message-target.service.js';
import { ReactionsRepository } from './reactions.repository.js';
import type { ReactionGroup, StoredMessage } from './message-view.js';

/** Different emojis on one message. */
const MAX_EMOJIS = 20;

export interface ReactionResult {
  message: StoredMessage;
  room: RoomView;
  emoji: string;
  /** False when it was taken back (or was not there). */
  added: boolean;
  reactions: readonly ReactionGroup[];
}

/** Reactions: one person puts one emoji on a message once. */
@Injectable()
export class ReactionsService {
  constructor(
    private readonly database: Database,
    private readonly access: RoomAccessService,
    private readonly targets: MessageTargets,
    private readonly repository: ReactionsRepository,
  ) {}

  /**
   * `toggle` takes back what is there; `add` and `remove` leave alone what is so already.
   * @param roomRef where the client takes the message to be, when it says so
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED (for the named room), MESSAGE_NOT_FOUND, ROOM_INACTIVE; VALIDATION_ERROR beyond
   * 20 different emojis
   */
  async react(
    actor: Actor,
    messageId: string,
    emoji: string,
    mode: 'toggle' | 'add' | 'remove',
    roomRef?: string,
  ): Promise<ReactionResult> {
    const named = roomRef === undefined ? undefined : await this.access.toRead(actor, roomRef);
    const { message, room } = await this.targets.toWrite(actor, messageId);
    if (named && named.room.id !== room.id) throw messageErrors.notFound();
    if (actor.family === 'service') throw messageErrors.hostMessagesOnly();
    return this.database.transaction(async (tx) => {
      await this.targets.lock(tx, message.id);
      const added = mode !== 'remove' && (await this.repository.add(tx, message.id, actor.id, emoji));
      const removed =
        !added && mode !== 'add' && (await this.repository.remove(tx, message.id, actor.id, emoji));
      const reactions = await this.repository.ofMessage(tx, message.id);
      if (added && reactions.length > MAX_EMOJIS) throw messageErrors.tooManyReactions(MAX_EMOJIS);
      const result = { message, room, emoji, added: added || (mode === 'add' && !removed), reactions };
      if (added || removed) tx.publish(new MessageReacted(room, message, actor.id, emoji, added, reactions));
      return result;
    });
  }
}
