import { Global, Module } from '@nestjs/common';
import { ForwardingService } from './forwarding.service.js';
import { HistoryService } from './history.service.js';
import { Mentions } from './mentions.js';
import { MessageChangesController } from './message-changes.controller.js';
import { MessageChangesGateway } from './message-changes.gateway.js';
import { MessageChangesService } from './message-changes.service.js';
import { MessageTargets } from './message-target.service.js';
import { ReactionsRepository } from './reactions.repository.js';
import { ReactionsService } from './reactions.service.js';
import { SearchController } from './search.controller.js';
import { SearchService } from './search.service.js';
import { MessageAttachments } from './message-attachments.js';
import { MessageViews } from './message-views.js';
import { MessageErasure } from './message-erasure.js';
import { MessageFanout } from './message-fanout.js';
import { MessageStore } from './message-store.js';
import { MessageWriter } from './message-writer.js';
import { MessagesActivity } from './messages-activity.js';
import { MessagesController } from './messages.controller.js';
import { MessagesGateway } from './messages.gateway.js';
import { MessagesPublisher } from './messages.publisher.js';
import { MessagesRepository } from './messages.repository.js';
import { MessagesService } from './messages.service.js';
import { ReceiptFanout } from './receipt-fanout.js';
import { ReceiptsRepository } from './receipts.repository.js';
import { ReceiptsService } from './receipts.service.js';
import { RenderedChanges } from './rendered-changes.js';
import { SystemMessages } from './system-messages.js';
import { WordFolding } from './word-folding.js';

const EXPORTED = [
  MessagesService,
  HistoryService,
  MessageChangesService,
  RenderedChanges,
  ReactionsService,
  ReceiptsService,
  MessageViews,
  MessageAttachments,
];

@Global()
@Module({
  controllers: [MessagesController, MessageChangesController, SearchController],
  providers: [
    ...EXPORTED,
    MessageWriter,
    MessageStore,
    MessageFanout,
    MessageTargets,
    Mentions,
    ForwardingService,
    SearchService,
    WordFolding,
    ReactionsRepository,
    MessageChangesGateway,
    MessagesRepository,
    ReceiptsRepository,
    MessagesActivity,
    ReceiptFanout,
    MessagesPublisher,
    MessagesGateway,
    SystemMessages,
    MessageErasure,
  ],
  exports: EXPORTED,
})
export class MessagesModule {}
