import { MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent } from '#libs/platform/realtime';
import { toPublicUser, UsersService } from '#libs/directory';
import { ROOM_ERRORS, SERVICE_DIALECT, wireRoomId } from '#libs/rooms';
import { DeletedMessageBody, UnreadCountBody } from './dto/answers.body.js';
import {
  DeleteMessagePayloadDto,
  EditMessagePayloadDto,
  MarkUnreadPayloadDto,
  ReactPayloadDto,
} from './dto/changes.dto.js';
import { MessageBody as EditedMessageBody } from './dto/message.body.js';
import { MessageChangesService } from './message-changes.service.js';
import { toDeleted, toMessage, toReactionGroup, wireMessageId } from './messages.presenter.js';
import { MessageReactionPayload } from './messages.server-events.js';
import { ReactionsService } from './reactions.service.js';
import { ReceiptsService } from './receipts.service.js';

const ERRORS = ['MESSAGE_NOT_FOUND', 'FORBIDDEN', 'ACCESS_DENIED', 'ROOM_INACTIVE'];
const EXAMPLE_ID = 'msg_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f';

/** Changing messages on sockets, in the service dialect. */
@ChatGateway(SERVICE_DIALECT)
export class MessageChangesGateway {
  constructor(
    private readonly changes: MessageChangesService,
    private readonly reactions: ReactionsService,
    private readonly receipts: ReceiptsService,
    private readonly users: UsersService,
  ) {}

  @OnEvent('edit_message', {
    access: 'authenticated',
    summary: 'Edit your message',
    ack: EditedMessageBody,
    emits: ['message_edited'],
    errors: [...ERRORS, 'MESSAGE_TOO_LONG'],
    example: { message_id: EXAMPLE_ID, message: 'In 20 minutes' },
  })
  async edit(@CurrentActor() actor: Actor, @MessageBody() { message_id, message }: EditMessagePayloadDto) {
    return toMessage(await this.changes.edit(actor, message_id, message));
  }

  @OnEvent('delete_message', {
    access: 'authenticated',
    summary: 'Delete a message: your own, or as a moderator of the room',
    ack: DeletedMessageBody,
    emits: ['message_deleted'],
    errors: ERRORS,
    example: { message_id: EXAMPLE_ID },
  })
  async remove(@CurrentActor() actor: Actor, @MessageBody() { message_id }: DeleteMessagePayloadDto) {
    const { message, room } = await this.changes.remove(actor, message_id);
    return toDeleted(message, room);
  }

  @OnEvent('react_to_message', {
    access: 'authenticated',
    summary: 'Put an emoji on a message, or take it back',
    ack: MessageReactionPayload,
    emits: ['message_reaction'],
    errors: ERRORS,
    example: { message_id: EXAMPLE_ID, reaction: '❤️' },
  })
  async react(@CurrentActor() actor: Actor, @MessageBody() { message_id, reaction }: ReactPayloadDto) {
    const result = await this.reactions.react(actor, message_id, reaction, 'toggle');
    return {
      message_id: wireMessageId(result.message.id),
      room_id: wireRoomId(result.room),
      user: toPublicUser(await this.users.get(actor.id)),
      reaction,
      added: result.added,
      reactions: result.reactions.map(toReactionGroup),
    };
  }

  @OnEvent('mark_unread', {
    access: 'authenticated',
    summary: 'Make a message and all after it unread again, for you',
    ack: UnreadCountBody,
    emits: ['unread_changed'],
    errors: [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'],
    example: { room_id: 'service_789', message_id: EXAMPLE_ID },
  })
  async markUnread(
    @CurrentActor() actor: Actor,
    @MessageBody() { room_id, message_id }: MarkUnreadPayloadDto,
  ) {
    return { unread_count: await this.receipts.markUnread(actor, room_id, message_id) };
  }
}
