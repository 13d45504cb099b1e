import { Body, Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { ROOM_ERRORS, serviceDialect, toPagination } from '#libs/rooms';
import { MessagePageBody, UnreadCountBody, UnreadCountsBody } from './dto/answers.body.js';
import { MarkUnreadDto } from './dto/changes.dto.js';
import { MessageBody, messageExample } from './dto/message.body.js';
import { HistoryQueryDto, MarkDto, SendMessageDto } from './dto/messages.dto.js';
import { HistoryService } from './history.service.js';
import { toMessage } from './messages.presenter.js';
import { SENDING_FILES_ERRORS } from './messages.errors.js';
import { MessagesService } from './messages.service.js';
import { ReceiptsService } from './receipts.service.js';

const WITH_MESSAGE = [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'];

@ChatController(serviceDialect, 'api/v1/chat', 'messages')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly reading: HistoryService,
    private readonly receipts: ReceiptsService,
  ) {}

  @Endpoint('get', 'rooms/:room_id/messages', {
    access: 'authenticated',
    summary: 'Read the history of a room',
    description:
      'Page 1 is the newest slice; inside a page messages are oldest first. `after_seq` answers what follows a known ' +
      'message, `before_seq` what came before it; both cost the same at any depth. `changed_after_seq` answers what was ' +
      'edited or deleted since a known message.',
    response: MessagePageBody,
    errors: [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'],
    examples: {
      response: {
        messages: [messageExample],
        pagination: { page: 1, per_page: 20, total: 45, pages: 3, has_next: true, has_prev: false },
        last_seq: 45,
        has_more: true,
      },
    },
  })
  async history(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Query() query: HistoryQueryDto,
  ) {
    const { messages, total, lastSeq, hasMore } = await this.reading.page(actor, ref, query);
    return {
      messages: messages.map(toMessage),
      pagination: toPagination(query.page, query.per_page, total),
      last_seq: lastSeq,
      has_more: hasMore,
    };
  }

  @Endpoint('post', 'rooms/:room_id/messages', {
    access: 'authenticated',
    summary: 'Send a message',
    description:
      'Answered once it is committed. A repeat of (client_id, message) answers with the stored message. The host ' +
      'platform (role service) sends `system` and `status_update`.',
    response: MessageBody,
    errors: [...SENDING_FILES_ERRORS, 'MESSAGE_NOT_FOUND'],
    examples: {
      body: { message: 'Hello, I have a question', message_type: 'text', client_id: 'a1' },
      response: messageExample,
    },
  })
  async send(@CurrentActor() actor: Actor, @Param('room_id') ref: string, @Body() body: SendMessageDto) {
    return toMessage((await this.messages.send(actor, ref, body)).message);
  }

  @Endpoint('get', 'messages/:message_id', {
    access: 'authenticated',
    summary: 'Read one message',
    response: MessageBody,
    errors: ['MESSAGE_NOT_FOUND'],
    examples: { response: messageExample },
  })
  async get(@CurrentActor() actor: Actor, @Param('message_id') id: string) {
    return toMessage(await this.reading.get(actor, id));
  }

  @Endpoint('post', 'rooms/:room_id/read', {
    access: 'authenticated',
    summary: 'Mark exactly the named messages as read, everything up to one, or everything',
    status: 200,
    response: UnreadCountBody,
    errors: WITH_MESSAGE,
    examples: { body: { message_ids: [messageExample.id] }, response: { unread_count: 0 } },
  })
  async read(@CurrentActor() actor: Actor, @Param('room_id') ref: string, @Body() body: MarkDto) {
    return { unread_count: await this.receipts.markRead(actor, ref, body) };
  }

  @Endpoint('post', 'rooms/:room_id/delivered', {
    access: 'authenticated',
    summary: 'Tell that messages up to one (or all) reached this device',
    status: 200,
    response: null,
    errors: WITH_MESSAGE,
    examples: { body: { up_to_message_id: messageExample.id } },
  })
  async delivered(@CurrentActor() actor: Actor, @Param('room_id') ref: string, @Body() body: MarkDto) {
    await this.receipts.markDelivered(actor, ref, body);
  }

  @Endpoint('post', 'rooms/:room_id/unread', {
    access: 'authenticated',
    summary: 'Make a message and all after it unread again, for me',
    status: 200,
    response: UnreadCountBody,
    errors: WITH_MESSAGE,
    examples: { body: { message_id: messageExample.id }, response: { unread_count: 1 } },
  })
  async markUnread(
    @CurrentActor() actor: Actor,
    @Param('room_id') ref: string,
    @Body() { message_id }: MarkUnreadDto,
  ) {
    return { unread_count: await this.receipts.markUnread(actor, ref, message_id) };
  }

  @Endpoint('get', 'unread', {
    access: 'authenticated',
    summary: 'Count my unread messages, by room and in total',
    response: UnreadCountsBody,
    examples: { response: { total: 3, rooms: [{ room_id: 'service_789', unread_count: 3 }] } },
  })
  async unread(@CurrentActor() actor: Actor) {
    const { total, rooms } = await this.receipts.unread(actor);
    return { total, rooms: rooms.map((room) => ({ room_id: room.roomRef, unread_count: room.count })) };
  }
}
