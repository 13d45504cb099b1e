import { Body, Param } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { ROOM_ERRORS, serviceDialect } from '#libs/rooms';
import { MessageEditsBody, MessageReactionsBody, MessagesBody } from './dto/answers.body.js';
import { EditMessageDto, ForwardDto, ReactDto } from './dto/changes.dto.js';
import { MessageBody, messageExample } from './dto/message.body.js';
import { ForwardingService } from './forwarding.service.js';
import { MessageChangesService } from './message-changes.service.js';
import { toMessage, toReactionGroup } from './messages.presenter.js';
import { ReactionsService } from './reactions.service.js';

const MESSAGE_ERRORS = ['MESSAGE_NOT_FOUND', 'FORBIDDEN', 'ACCESS_DENIED'];
const FORWARDED = {
  forwarded_from: { message_id: 'msg_0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10', sender_name: 'First Customer' },
};
const CHANGE_ERRORS = [...MESSAGE_ERRORS, 'ROOM_INACTIVE'];

@ChatController(serviceDialect, 'api/v1/chat', 'messages')
export class MessageChangesController {
  constructor(
    private readonly changes: MessageChangesService,
    private readonly reactions: ReactionsService,
    private readonly forwarding: ForwardingService,
  ) {}

  @Endpoint('patch', 'messages/:message_id', {
    access: 'authenticated',
    summary: 'Edit my message',
    response: MessageBody,
    errors: [...CHANGE_ERRORS, 'MESSAGE_TOO_LONG'],
    examples: { body: { message: 'In 20 minutes' }, response: messageExample },
  })
  async edit(
    @CurrentActor() actor: Actor,
    @Param('message_id') id: string,
    @Body() { message }: EditMessageDto,
  ) {
    return toMessage(await this.changes.edit(actor, id, message));
  }

  @Endpoint('delete', 'messages/:message_id', {
    access: 'authenticated',
    summary: 'Delete a message: my own, or as a moderator of the room',
    description: 'A tombstone stays; the content is gone from every answer, event and search.',
    response: null,
    errors: MESSAGE_ERRORS,
  })
  async remove(@CurrentActor() actor: Actor, @Param('message_id') id: string) {
    await this.changes.remove(actor, id);
  }

  @Endpoint('get', 'messages/:message_id/edits', {
    access: 'authenticated',
    summary: 'Earlier texts of a message, oldest first; for moderators of the room',
    response: MessageEditsBody,
    errors: MESSAGE_ERRORS,
  })
  async edits(@CurrentActor() actor: Actor, @Param('message_id') id: string) {
    const edits = await this.changes.edits(actor, id);
    return {
      edits: edits.map((edit) => ({ message: edit.content, edited_at: edit.editedAt.toISOString() })),
    };
  }

  @Endpoint('post', 'messages/:message_id/reactions', {
    access: 'authenticated',
    summary: 'Put an emoji on a message, or take it back',
    status: 200,
    response: MessageReactionsBody,
    errors: CHANGE_ERRORS,
    examples: {
      body: { reaction: '👍' },
      response: { added: true, reactions: [{ emoji: '👍', count: 1, users: [123] }] },
    },
  })
  async react(@CurrentActor() actor: Actor, @Param('message_id') id: string, @Body() { reaction }: ReactDto) {
    const { added, reactions } = await this.reactions.react(actor, id, reaction, 'toggle');
    return { added, reactions: reactions.map(toReactionGroup) };
  }

  @Endpoint('put', 'messages/:message_id/pin', {
    access: 'authenticated',
    summary: 'Pin a message; for moderators of the room',
    response: MessageBody,
    errors: [...CHANGE_ERRORS, 'CONFLICT'],
    examples: { response: messageExample },
  })
  async pin(@CurrentActor() actor: Actor, @Param('message_id') id: string) {
    return toMessage(await this.changes.pin(actor, id, true));
  }

  @Endpoint('delete', 'messages/:message_id/pin', {
    access: 'authenticated',
    summary: 'Unpin a message',
    response: MessageBody,
    errors: CHANGE_ERRORS,
    examples: { response: messageExample },
  })
  async unpin(@CurrentActor() actor: Actor, @Param('message_id') id: string) {
    return toMessage(await this.changes.pin(actor, id, false));
  }

  @Endpoint('get', 'rooms/:room_id/pins', {
    access: 'authenticated',
    summary: 'Pinned messages of a room, the last pinned first',
    response: MessagesBody,
    errors: ROOM_ERRORS,
    examples: { response: { messages: [messageExample] } },
  })
  async pins(@CurrentActor() actor: Actor, @Param('room_id') ref: string) {
    return { messages: (await this.changes.pins(actor, ref)).map(toMessage) };
  }

  @Endpoint('post', 'messages/:message_id/forward', {
    access: 'authenticated',
    summary: 'Pass a message on to other rooms, with its files',
    description:
      'Each room gets a message of yours, with `metadata.forwarded_from`, and copies of the files. They are yours: they ' +
      'count towards your quota, keep their own `file_id` and URLs, and stay when the original is deleted. Nothing is ' +
      'sent to any room where one of them, a file or the quota refuses. `FILE_NOT_READY`: the virus scanner has not ' +
      'judged a file yet; try again when it has. `NOT_FOUND`: a file is not there any more.',
    response: MessagesBody,
    errors: [...CHANGE_ERRORS, 'ROOM_NOT_FOUND', 'NOT_FOUND', 'FILE_NOT_READY', 'QUOTA_EXCEEDED'],
    examples: {
      body: { room_ids: ['service_790'], client_id: 'forward-1' },
      response: { messages: [{ ...messageExample, room_id: 'service_790', metadata: FORWARDED }] },
    },
  })
  async forward(@CurrentActor() actor: Actor, @Param('message_id') id: string, @Body() body: ForwardDto) {
    return { messages: (await this.forwarding.forward(actor, id, body)).map(toMessage) };
  }
}
