export {
  AttachmentBody,
  attachmentExample,
  attachmentKinds,
  MessageBody,
  messageExample,
  ReactionGroupBody,
  ReadMarkBody,
} from './dto/message.body.js';
export {
  ApiClientId,
  ClientId,
  clientIdKind,
  MessageId,
  messageIdKind,
  MessageIds,
  MessageText,
  messageTextKind,
  messageTypes,
  ReactionName,
  reactionKind,
  type ClientIdValue,
} from './dto/message-fields.js';
export { MarkDto, MOST_NAMED, NamedFileDto, SendMessageDto } from './dto/messages.dto.js';
export { Message, MESSAGE_TYPES, type MessageType } from './entities/message.entity.js';
export { MessageChange } from './entities/message-change.entity.js';
export { MessageEdit } from './entities/message-edit.entity.js';
export { Reaction } from './entities/reaction.entity.js';
export { Receipt } from './entities/receipt.entity.js';
export {
  MessageAttachments,
  type AttachmentSource,
  type ClaimedFiles,
  type ClaimingMessage,
} from './message-attachments.js';
export type {
  AttachmentView,
  MessageView,
  ReactionGroup,
  RepliedMessage,
  StoredMessage,
} from './message-view.js';
export { HistoryService, type MessagePage, type MissedMessages } from './history.service.js';
export { MAX_FILES, requireFewFiles, type OutgoingFile, type OutgoingMessage } from './message-content.js';
export { MessageChangesService } from './message-changes.service.js';
export { namedFiles, namesAll } from './named-files.js';
export { RenderedChanges, type ChangesTeller } from './rendered-changes.js';
export { ReactionsService, type ReactionResult } from './reactions.service.js';
export { readableContent } from './readable-content.js';
export { MessageViews } from './message-views.js';
export { messageErrors, SENDING_ERRORS, SENDING_FILES_ERRORS } from './messages.errors.js';
export {
  DeletionArrived,
  DeliveredArrived,
  EditArrived,
  MarkedUnread,
  MessageArrived,
  MessageCreated,
  MessageDeleted,
  MessageEdited,
  MessagePinned,
  MessageReacted,
  MessagesDelivered,
  MessagesRead,
  ReadArrived,
} from './messages.events.js';
export { MessagesModule } from './messages.module.js';
export {
  readMessageId,
  toAttachment,
  toMessage,
  toReactionGroup,
  wireFileId,
  wireMessageId,
} from './messages.presenter.js';
export { MessagesService, type SentMessage } from './messages.service.js';
export { ReceiptsService, type MessageProgress } from './receipts.service.js';
