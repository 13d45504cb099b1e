import { Param } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint, Reply, Valid } from '#libs/platform/http';
import { HistoryService, MessageChangesService, MessagesService } from '#libs/messages';
import { ROOM_ERRORS } from '#libs/rooms';
import {
  editMessageBody,
  historyQuery,
  sendMessageBody,
  toSendMessageBody,
  type HistoryQuery,
  type SendBody,
} from './dto/messages.dto.js';
import { messageExample, messageSchema, toMessage } from './messages.presenter.js';
import { MESSAGE_ERRORS, MESSAGE_PARAMS, ROOM_PARAMS } from './routes.js';
import { workspaceDialect } from './workspace.dialect.js';
import { sending } from './workspace.errors.js';

const messageAnswer = z.object({ message: messageSchema });
const pageSchema = z.object({ page: z.number(), limit: z.number(), hasMore: z.boolean() });

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
    query: historyQuery,
    response: z.object({ messages: z.array(messageSchema), pagination: pageSchema }),
    errors: ROOM_ERRORS,
    examples: {
      response: { messages: [messageExample], pagination: { page: 1, limit: 50, hasMore: false } },
    },
  })
  async list(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Valid('query') { page, limit }: HistoryQuery,
  ) {
    const { messages, hasMore } = await this.history.page(actor, id, { page, per_page: limit });
    return { messages: messages.map(toMessage), pagination: { page, limit, hasMore } };
  }

  @Endpoint('post', ':id/messages', {
    access: 'authenticated',
    summary: 'Send a message to a chat room',
    params: ROOM_PARAMS,
    body: sendMessageBody,
    response: messageAnswer,
    errors: [...ROOM_ERRORS, 'MESSAGE_TOO_LONG', 'TOO_MANY_FILES', 'MESSAGE_SEND_FAILED', 'ROOM_INACTIVE'],
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
  async send(@CurrentActor() actor: Actor, @Param('id') id: string, @Valid('body') body: SendBody) {
    const { message } = await sending(this.messages.send(actor, id, toSendMessageBody(body)));
    return new Reply({ message: toMessage(message) }, 'Message sent successfully');
  }

  @Endpoint('patch', ':id/messages/:messageId', {
    access: 'authenticated',
    summary: 'Edit my message',
    params: MESSAGE_PARAMS,
    body: editMessageBody,
    response: messageAnswer,
    errors: [...MESSAGE_ERRORS, 'MESSAGE_TOO_LONG'],
    examples: { body: { content: 'Hello everyone!' }, response: { message: messageExample } },
  })
  async edit(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('messageId') messageId: string,
    @Valid('body') { content }: z.output<typeof editMessageBody>,
  ) {
    const known = await this.history.getIn(actor, id, messageId);
    const message = await this.changes.edit(actor, known.id, content);
    return new Reply({ message: toMessage(message) }, 'Message updated successfully');
  }

  @Endpoint('delete', ':id/messages/:messageId', {
    access: 'authenticated',
    summary: 'Delete a message: my own, or as a moderator of the room',
    params: MESSAGE_PARAMS,
    response: z.null(),
    errors: [...ROOM_ERRORS, 'MESSAGE_NOT_FOUND'],
  })
  async remove(@CurrentActor() actor: Actor, @Param('id') id: string, @Param('messageId') messageId: string) {
    const known = await this.history.getIn(actor, id, messageId);
    await this.changes.remove(actor, known.id);
    return new Reply(null, 'Message deleted successfully');
  }
}
