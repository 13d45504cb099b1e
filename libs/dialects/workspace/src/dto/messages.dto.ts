import { Metadata, OneOf, Page, PageSize } from '#libs/platform/validation';
import {
  ClientId,
  MAX_FILES,
  MessageId,
  MessageText,
  namedFiles,
  ReactionName,
  requireFewFiles,
  type ClientIdValue,
  type OutgoingMessage,
} from '#libs/messages';
import { CANONICAL_MESSAGE_TYPE, messageTypes, type WorkspaceMessageType } from '../types.js';
import { WorkspaceRoomId } from './rooms.dto.js';

export class WorkspaceSendMessageDto {
  @MessageText({ default: '', description: 'At most 2,000 characters; may be empty beside attachments' })
  content!: string;
  @OneOf(messageTypes, { default: 'TEXT' }) type!: WorkspaceMessageType;
  @MessageId({ optional: true, nullable: true, description: 'Id of the message that this one answers' })
  replyToId?: string | null;
  @Metadata({
    optional: true,
    nullable: true,
    description: `Free-form JSON of at most 8 kB, such as {files: [{name, url, size, type}]} with at most ${MAX_FILES} files; shown as you sent it. An entry with the \`file_id\` of your upload for this room makes it the message's file`,
  })
  attachments?: Record<string, unknown> | null;
  @ClientId({
    description: 'Your own id: a repeat of (clientId, content) answers with the stored message',
  })
  clientId?: ClientIdValue | null;
  @ClientId() tempId?: ClientIdValue | null;
}

export class WorkspaceSendMessagePayloadDto extends WorkspaceSendMessageDto {
  @WorkspaceRoomId() roomId!: string;
}

export class WorkspaceEditMessageDto {
  @MessageText() content!: string;
}

export class WorkspaceReactionDto {
  @ReactionName() emoji!: string;
}

export class WorkspaceHistoryQueryDto {
  @Page({ description: 'Page 1 is the newest slice' }) page!: number;
  @PageSize({ description: 'Messages per page, at most 100' }) limit!: number;
}

/**
 * Attachments live in the metadata, where the other contracts show them, and uploads that they name become the
 * message's; a text that they lack is their names.
 * @throws TOO_MANY_FILES
 */
export function toSendMessageBody({
  content: text,
  attachments,
  ...body
}: WorkspaceSendMessageDto): OutgoingMessage {
  const files = filesOf(attachments);
  requireFewFiles(files);
  const isEmpty = text.trim() === '' && attachments;
  return {
    message: isEmpty ? namesOf(files) : text,
    message_type: CANONICAL_MESSAGE_TYPE[body.type],
    reply_to: body.replyToId,
    client_id: body.clientId ?? body.tempId,
    temp_id: undefined,
    ...(attachments ? { metadata: { attachments }, attachments: namedFiles(attachments) } : {}),
  };
}

const filesOf = (attachments: WorkspaceSendMessageDto['attachments']): unknown[] =>
  Array.isArray(attachments?.files) ? attachments.files : [];

function namesOf(files: unknown[]): string {
  const names = files.flatMap((file) => {
    const name = typeof file === 'object' && file !== null && 'name' in file ? file.name : undefined;
    return typeof name === 'string' && name.trim() !== '' ? [name.trim()] : [];
  });
  return names.join(', ') || 'Attachment';
}
