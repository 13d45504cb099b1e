import { Param, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, readBody as readRequest, Reply, Valid } from '#libs/platform/http';
import { HistoryService, MAX_FILES, ReceiptsService } from '#libs/messages';
import { ROOM_ERRORS } from '#libs/rooms';
import {
  messagesQuery,
  readBody,
  sendMessageBody,
  sendMessageFields,
  SESSION_PARAM as params,
  type MessagesQuery,
  type ReadBody,
} from './dto/support.dto.js';
import { SessionsService } from './sessions.service.js';
import { supportDialect } from './support.dialect.js';
import { messageExample, messageSchema, toMessage } from './support.presenter.js';

@ChatController(supportDialect, 'api/v1/chat/sessions')
export class SessionMessagesController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly history: HistoryService,
    private readonly receipts: ReceiptsService,
  ) {}

  @Endpoint('get', ':sessionId/messages', {
    access: 'authenticated',
    summary: 'Read the messages of a session: the newest slice unless offset is given, oldest first',
    params,
    query: messagesQuery,
    response: z.array(messageSchema),
    errors: ROOM_ERRORS,
    examples: { response: [messageExample] },
  })
  async list(
    @CurrentActor() actor: Actor,
    @Param('sessionId') id: string,
    @Valid('query') { limit, offset }: MessagesQuery,
  ) {
    const { messages } = await this.history.page(actor, id, { page: 1, per_page: limit, offset });
    return messages.map(toMessage);
  }

  @Endpoint('post', ':sessionId/messages', {
    access: 'authenticated',
    summary: 'Send a message, as a form also with files in the field `attachments` (at most 5)',
    params,
    body: sendMessageBody,
    form: { fields: sendMessageFields, files: { attachments: MAX_FILES } },
    response: messageSchema,
    errors: [
      ...ROOM_ERRORS,
      'MESSAGE_TOO_LONG',
      'TOO_MANY_FILES',
      'FILE_INFECTED',
      'FILE_TOO_LARGE',
      'QUOTA_EXCEEDED',
      'UNSUPPORTED_FILE_TYPE',
      'ROOM_INACTIVE',
    ],
    examples: { body: { content: 'Check this screenshot', message_type: 'image' }, response: messageExample },
  })
  async send(@CurrentActor() actor: Actor, @Param('sessionId') id: string, @Req() request: Request) {
    const { message } = request.is('multipart/form-data')
      ? await this.sessions.sendForm(actor, id, request)
      : await this.sessions.send(actor, id, readRequest(request, sendMessageBody));
    return toMessage(message);
  }

  @Endpoint('post', ':sessionId/read', {
    access: 'authenticated',
    summary: 'Mark exactly the named messages as read, or everything',
    params,
    status: 200,
    body: readBody,
    response: z.null(),
    errors: [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'],
    examples: { body: { message_ids: [messageExample.id] } },
  })
  async read(
    @CurrentActor() actor: Actor,
    @Param('sessionId') id: string,
    @Valid('body') { message_ids }: ReadBody,
  ) {
    await this.receipts.markRead(actor, id, { message_ids: message_ids ?? undefined });
    return new Reply(null, 'Messages marked as read');
  }
}
