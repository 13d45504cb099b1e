import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '#libs/platform/events';
import { DialectEmitter, RealtimeServer } from '#libs/platform/realtime';
import { DeletionArrived, EditArrived, MessageArrived, MessageReacted, ReadArrived } from '#libs/messages';
import { RoomDeleted, RoomUpdated, showsPeople } from '#libs/rooms';
import { toMessage, toReaction } from './messages.presenter.js';
import { WorkspaceRoomsService } from './workspace-rooms.service.js';
import { WORKSPACE_DIALECT } from './workspace.dialect.js';
import { workspaceServerEvents } from './workspace.server-events.js';

/** Who hears what of messages and rooms in the workspace contract. */
@Injectable()
export class WorkspacePublisher implements OnModuleInit {
  readonly emitter: DialectEmitter<typeof workspaceServerEvents>;

  constructor(
    realtime: RealtimeServer,
    private readonly events: EventBus,
    private readonly rooms: WorkspaceRoomsService,
  ) {
    this.emitter = new DialectEmitter(realtime, WORKSPACE_DIALECT, workspaceServerEvents);
    // Before the modules start, so that it comes before the end of delivery to all who are in the room.
    events.on(RoomDeleted, ({ room }) => this.emitter.toRoom(room.id, 'room_deleted', { roomId: room.id }));
  }

  onModuleInit(): void {
    // Synchronous: the order of commits is the order of delivery.
    this.events.on(MessageArrived, ({ message, room }) => {
      if (this.emitter.isAnyoneHere(room.id))
        this.emitter.toRoomHere(room.id, 'new_message', { message: toMessage(message) });
    });
    this.events.on(EditArrived, ({ message, room }) => {
      if (this.emitter.isAnyoneHere(room.id))
        this.emitter.toRoomHere(room.id, 'message_updated', { roomId: room.id, message: toMessage(message) });
    });
    this.events.on(DeletionArrived, ({ message, room }) =>
      this.emitter.toRoomHere(room.id, 'message_deleted', { roomId: room.id, messageId: message.id }),
    );
    this.events.on(MessageReacted, ({ message, room, reactions }) => {
      const payload = { roomId: room.id, messageId: message.id, reactions: reactions.map(toReaction) };
      this.emitter.toRoom(room.id, 'reaction_updated', payload);
    });
    this.events.on(ReadArrived, ({ room, userId, marked }) => {
      if (!showsPeople(room)) return;
      const payload = { roomId: room.id, userId, readAt: marked.at.toISOString() };
      this.emitter.toRoomHere(room.id, 'messages_read', payload, { exceptUser: userId });
    });
    this.events.on(RoomUpdated, (event) => this.updated(event));
  }

  private async updated({ room }: RoomUpdated): Promise<void> {
    if (!this.emitter.isAnyoneIn(room.id)) return;
    const shown = await this.rooms.shownInEvent(room);
    this.emitter.toRoom(room.id, 'room_updated', { roomId: room.id, room: shown });
  }
}
