import { Body, Param } from '@nestjs/common';
import { type Actor, CurrentActor } from '#libs/platform/auth';
import { ChatController, Endpoint } from '#libs/platform/http';
import { HistoryService, ReactionsService } from '#libs/messages';
import { messageExample, WorkspaceMessageReactionsBody } from './dto/messages.body.js';
import { WorkspaceReactionDto } from './dto/messages.dto.js';
import { toReaction } from './messages.presenter.js';
import { MESSAGE_ERRORS, MESSAGE_PARAMS } from './routes.js';
import { workspaceDialect } from './workspace.dialect.js';

const ROUTE = {
  access: 'authenticated',
  params: MESSAGE_PARAMS,
  status: 200,
  response: WorkspaceMessageReactionsBody,
  errors: MESSAGE_ERRORS,
  examples: {
    body: { emoji: '👍' },
    response: { messageId: messageExample.id, reactions: messageExample.reactions },
  },
} as const;

@ChatController(workspaceDialect, 'api/chat/rooms/:id/messages/:messageId/reactions')
export class WorkspaceReactionsController {
  constructor(
    private readonly history: HistoryService,
    private readonly reactions: ReactionsService,
  ) {}

  @Endpoint('post', '', { ...ROUTE, summary: 'Put an emoji on a message; again changes nothing' })
  async add(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('messageId') messageId: string,
    @Body() { emoji }: WorkspaceReactionDto,
  ) {
    return this.react(actor, id, messageId, emoji, 'add');
  }

  @Endpoint('delete', '', { ...ROUTE, summary: 'Take my emoji back; again changes nothing' })
  async remove(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('messageId') messageId: string,
    @Body() { emoji }: WorkspaceReactionDto,
  ) {
    return this.react(actor, id, messageId, emoji, 'remove');
  }

  private async react(actor: Actor, id: string, messageId: string, emoji: string, mode: 'add' | 'remove') {
    const known = await this.history.getIn(actor, id, messageId);
    const { reactions } = await this.reactions.react(actor, known.id, emoji, mode);
    return { messageId: known.id, reactions: reactions.map(toReaction) };
  }
}
