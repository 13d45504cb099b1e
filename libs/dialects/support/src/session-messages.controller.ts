import { Body, Param, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { UPLOAD_ERRORS } from '#libs/attachments';
import { ChatController, Endpoint, Reply } from '#libs/platform/http';
import { untrustedToDto } from '#libs/platform/validation';
import { HistoryService, ReceiptsService, SENDING_FILES_ERRORS } from '#libs/messages';
import { ROOM_ERRORS } from '#libs/rooms';
import { MessageBody, messageExample } from './dto/message.body.js';
import {
  SESSION_PARAM as params,
  SupportMessageFormDto,
  SupportMessagesQueryDto,
  SupportReadDto,
  SupportSendMessageDto,
} from './dto/support.dto.js';
import { SessionsService } from './sessions.service.js';
import { supportDialect } from './support.dialect.js';
import { toMessage } from './support.presenter.js';

const MARKED = 'Messages marked as read';

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
    response: [MessageBody],
    errors: ROOM_ERRORS,
    examples: { response: [messageExample] },
  })
  async list(
    @CurrentActor() actor: Actor,
    @Param('sessionId') id: string,
    @Query() { limit, offset }: SupportMessagesQueryDto,
  ) {
    const { messages } = await this.history.page(actor, id, { page: 1, per_page: limit, offset });
    return messages.map(toMessage);
  }

  @Endpoint('post', ':sessionId/messages', {
    access: 'authenticated',
    summary: 'Send a message, as a form also with files in the field `attachments` (at most 5)',
    params,
    body: SupportSendMessageDto,
    form: SupportMessageFormDto,
    response: MessageBody,
    errors: [...SENDING_FILES_ERRORS, ...UPLOAD_ERRORS],
    examples: { body: { content: 'Check this screenshot', message_type: 'image' }, response: messageExample },
  })
  async send(@CurrentActor() actor: Actor, @Param('sessionId') id: string, @Req() request: Request) {
    const { message } = request.is('multipart/form-data')
      ? await this.sessions.sendForm(actor, id, request)
      : await this.sessions.send(actor, id, untrustedToDto(SupportSendMessageDto, request.body));
    return toMessage(message);
  }

  @Endpoint('post', ':sessionId/read', {
    access: 'authenticated',
    summary: 'Mark exactly the named messages as read, or everything',
    params,
    status: 200,
    response: null,
    message: MARKED,
    errors: [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'],
    examples: { body: { message_ids: [messageExample.id] } },
  })
  async read(
    @CurrentActor() actor: Actor,
    @Param('sessionId') id: string,
    @Body() { message_ids }: SupportReadDto,
  ) {
    await this.receipts.markRead(actor, id, { message_ids: message_ids ?? undefined });
    return new Reply(null, MARKED);
  }
}
