import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import type { Transaction } from '#libs/platform/database';
import { DomainError } from '#libs/platform/errors';
import { RoomAccessService, type RoomAccess } from '#libs/rooms';
import { messageErrors } from './messages.errors.js';
import { readMessageId } from './messages.presenter.js';
import { MessagesRepository } from './messages.repository.js';
import type { StoredMessage } from './message-view.js';

export interface MessageTarget extends RoomAccess {
  message: StoredMessage;
}

/** Finds the message that an id means, where the actor may. What they may not see does not exist for them. */
@Injectable()
export class MessageTargets {
  constructor(
    private readonly access: RoomAccessService,
    private readonly repository: MessagesRepository,
  ) {}

  /** @throws MESSAGE_NOT_FOUND */
  async toRead(actor: Actor, id: string): Promise<MessageTarget> {
    const message = await this.stored(id);
    return { message, ...(await this.visible(actor, message)) };
  }

  /** @throws MESSAGE_NOT_FOUND also for deleted messages; ACCESS_DENIED (muted), ROOM_INACTIVE */
  async toWrite(actor: Actor, id: string): Promise<MessageTarget> {
    const message = await this.stored(id);
    await this.visible(actor, message);
    if (message.deletedAt !== null) throw messageErrors.notFound();
    return { message, ...(await this.access.toWrite(actor, message.roomId)) };
  }

  /** The message as it is now, locked until the end of the transaction. @throws MESSAGE_NOT_FOUND */
  async lock(tx: Transaction, id: string): Promise<StoredMessage> {
    const message = await this.repository.lock(tx, id);
    if (!message || message.deletedAt !== null) throw messageErrors.notFound();
    return message;
  }

  private async stored(id: string): Promise<StoredMessage> {
    const plain = readMessageId(id);
    const message = plain && (await this.repository.byId(plain));
    if (!message) throw messageErrors.notFound();
    return message;
  }

  private async visible(actor: Actor, message: StoredMessage): Promise<RoomAccess> {
    return this.access.toRead(actor, message.roomId).catch((error: unknown) => {
      throw error instanceof DomainError && error.kind === 'forbidden' ? messageErrors.notFound() : error;
    });
  }
}
