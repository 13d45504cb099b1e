import { Body, Param, Query } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply } from '#libs/platform/http';
import { HistoryService, MessageChangesService, MessagesService } from '#libs/messages';
import { ROOM_ERRORS } from '#libs/rooms';
import { messageExample, WorkspaceMessagePageBody, WorkspaceStoredMessageBody } from './dto/messages.body.js';
import {
  toSendMessageBody,
  WorkspaceEditMessageDto,
  WorkspaceHistoryQueryDto,
  WorkspaceSendMessageDto,
} from './dto/messages.dto.js';
import { toMessage } from './messages.presenter.js';
import { MESSAGE_ERRORS, MESSAGE_PARAMS, ROOM_PARAMS, SEND_ERRORS } from './routes.js';
import { workspaceDialect } from './workspace.dialect.js';
import { sending } from './workspace.errors.js';

const SENT = 'Message sent successfully';
const UPDATED = 'Message updated successfully';
const DELETED = 'Message deleted successfully';

@ChatController(workspaceDialect, 'api/chat/rooms')
export class WorkspaceMessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly history: HistoryService,
    private readonly changes: MessageChangesService,
  ) {}

  @Endpoint('get', ':id/messages', {
    access: 'authenticated',
    summary: 'Read messages of a chat room',
    description: 'Page 1 is the newest slice; inside a page messages are oldest first.',
    params: ROOM_PARAMS,
    response: WorkspaceMessagePageBody,
    errors: ROOM_ERRORS,
    examples: {
      response: { messages: [messageExample], pagination: { page: 1, limit: 50, hasMore: false } },
    },
  })
  async list(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query() { page, limit }: WorkspaceHistoryQueryDto,
  ) {
    const { messages, hasMore } = await this.history.page(actor, id, { page, per_page: limit });
    return { messages: messages.map(toMessage), pagination: { page, limit, hasMore } };
  }

  @Endpoint('post', ':id/messages', {
    access: 'authenticated',
    summary: 'Send a message to a chat room',
    params: ROOM_PARAMS,
    response: WorkspaceStoredMessageBody,
    message: SENT,
    errors: SEND_ERRORS,
    examples: {
      body: {
        content: 'Hello everyone!',
        type: 'TEXT',
        attachments: {
          files: [
            {
              name: 'document.pdf',
              url: 'https://example.com/file.pdf',
              size: 1_024_000,
              type: 'application/pdf',
            },
          ],
        },
      },
      response: { message: messageExample },
    },
  })
  async send(@CurrentActor() actor: Actor, @Param('id') id: string, @Body() body: WorkspaceSendMessageDto) {
    const { message } = await sending(this.messages.send(actor, id, toSendMessageBody(body)));
    return new Reply({ message: toMessage(message) }, SENT);
  }

  @Endpoint('patch', ':id/messages/:messageId', {
    access: 'authenticated',
    summary: 'Edit my message',
    params: MESSAGE_PARAMS,
    response: WorkspaceStoredMessageBody,
    message: UPDATED,
    errors: [...MESSAGE_ERRORS, 'MESSAGE_TOO_LONG'],
    examples: { body: { content: 'Hello everyone!' }, response: { message: messageExample } },
  })
  async edit(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('messageId') messageId: string,
    @Body() { content }: WorkspaceEditMessageDto,
  ) {
    const known = await this.history.getIn(actor, id, messageId);
    const message = await this.changes.edit(actor, known.id, content);
    return new Reply({ message: toMessage(message) }, UPDATED);
  }

  @Endpoint('delete', ':id/messages/:messageId', {
    access: 'authenticated',
    summary: 'Delete a message: my own, or as a moderator of the room',
    params: MESSAGE_PARAMS,
    response: null,
    message: DELETED,
    errors: [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'],
  })
  async remove(@CurrentActor() actor: Actor, @Param('id') id: string, @Param('messageId') messageId: string) {
    const known = await this.history.getIn(actor, id, messageId);
    await this.changes.remove(actor, known.id);
    return new Reply(null, DELETED);
  }
}
