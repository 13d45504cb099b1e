import { Injectable } from '@nestjs/common';
import { EventBus, Turns } from '#libs/platform/events';
import type { RoomView } from '#libs/rooms';
import { DeletionArrived, EditArrived } from './messages.events.js';
import { MessagesRepository } from './messages.repository.js';
import type { MessageView, StoredMessage } from './message-view.js';

/** How a contract tells of edits and deletions, whose form of a message takes look-ups. */
export interface ChangesTeller<T> {
  /** For nobody nothing is rendered. */
  isAnyoneHere(roomId: string): boolean;
  render(message: MessageView): Promise<T>;
  edited(room: RoomView, rendered: T): void;
  deleted(room: RoomView, message: StoredMessage): void;
}

/**
 * Edits and deletions for publishers that cannot tell them at once: those of a room are told in order all the same, and
 * what a message said is not told after it was deleted.
 */
@Injectable()
export class RenderedChanges {
  constructor(
    private readonly events: EventBus,
    private readonly repository: MessagesRepository,
  ) {}

  /** From now on, for the life of the server. */
  tellBy<T>(teller: ChangesTeller<T>): void {
    const turns = new Turns();
    this.events.on(EditArrived, (event) => turns.take(event.room.id, () => this.edited(event, teller)));
    this.events.on(DeletionArrived, ({ room, message }) =>
      turns.take(room.id, () => teller.deleted(room, message)),
    );
  }

  private async edited<T>({ room, message }: EditArrived, teller: ChangesTeller<T>): Promise<void> {
    if (!teller.isAnyoneHere(room.id)) return;
    const rendered = await teller.render(message);
    // Meanwhile another server may have told of the deletion.
    const now = await this.repository.byId(message.id);
    if (now?.deletedAt === null) teller.edited(room, rendered);
  }
}
