import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '#libs/platform/events';
import { UsersService, wireId } from '#libs/directory';
import { ParticipantJoined, RoomContextStatusChanged } from '#libs/rooms';
import { MessagesService } from './messages.service.js';

/** What the chat itself tells a room. */
@Injectable()
export class SystemMessages implements OnModuleInit {
  constructor(
    private readonly messages: MessagesService,
    private readonly users: UsersService,
    private readonly events: EventBus,
  ) {}

  onModuleInit(): void {
    this.events.on(ParticipantJoined, (event) =>
      event.reason === 'assigned' || event.reason === 'named' ? this.assigned(event) : undefined,
    );
    this.events.on(RoomContextStatusChanged, (event) => this.statusChanged(event));
  }

  private async assigned({ room, userId, reason }: ParticipantJoined): Promise<void> {
    const staff = reason === 'assigned';
    const name = (await this.users.find(userId))?.name ?? `User ${userId}`;
    await this.messages.post(room, {
      type: 'system',
      content: staff ? `${name} has been assigned` : `${name} joined`,
      metadata: {
        event: staff ? 'staff_assigned' : 'participant_joined',
        user_id: wireId(userId),
        ...contextOf(room),
      },
    });
  }

  private async statusChanged({ room, status }: RoomContextStatusChanged): Promise<void> {
    await this.messages.post(room, {
      type: 'status_update',
      content: `Status changed to ${status}`,
      metadata: { event: 'status_changed', status, ...contextOf(room) },
    });
  }
}

function contextOf(room: { contextType: string | null; contextId: string | null }): Record<string, unknown> {
  if (room.contextType === null || room.contextId === null) return {};
  return { [`${room.contextType}_id`]: wireId(room.contextId) };
}
