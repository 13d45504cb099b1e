import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { RoomAccessService, type RoomView } from '#libs/rooms';
import type { ForwardDto } from './dto/changes.dto.js';
import { MessageAttachments } from './message-attachments.js';
import type { OutgoingMessage } from './message-content.js';
import { messageErrors } from './messages.errors.js';
import { wireMessageId } from './messages.presenter.js';
import { MessagesService, type MessageDraft, type SentMessage } from './messages.service.js';
import { MessageTargets } from './message-target.service.js';
import { MessageViews } from './message-views.js';
import type { AttachmentView, MessageView, StoredMessage } from './message-view.js';

const NOT_FORWARDED = new Set(['system', 'status_update']);

/** Passing a message on to other rooms. */
@Injectable()
export class ForwardingService {
  constructor(
    private readonly targets: MessageTargets,
    private readonly access: RoomAccessService,
    private readonly messages: MessagesService,
    private readonly attachments: MessageAttachments,
    private readonly views: MessageViews,
  ) {}

  /**
   * A new message in each room, with `metadata.forwarded_from` and copies of the files, which are the actor's own.
   * Every room is checked, and has its copies, before the first is written to: what is refused leaves nothing.
   * @throws MESSAGE_NOT_FOUND, ROOM_NOT_FOUND, ACCESS_DENIED, ROOM_INACTIVE, RATE_LIMITED; FILE_NOT_READY, NOT_FOUND
   * (a file), QUOTA_EXCEEDED
   */
  async forward(
    actor: Actor,
    messageId: string,
    { room_ids: refs, client_id }: ForwardDto,
  ): Promise<MessageView[]> {
    const { message, room } = await this.targets.toRead(actor, messageId);
    if (message.deletedAt !== null || NOT_FORWARDED.has(message.type)) throw messageErrors.notFound();
    const rooms = await Promise.all(refs.map(async (ref) => (await this.access.toWrite(actor, ref)).room));
    const body = { ...(await this.contentOf(room, message)), client_id };
    const drafts: (MessageDraft | SentMessage)[] = [];
    for (const { id } of new Map(rooms.map((entry) => [entry.id, entry])).values())
      drafts.push(await this.messages.draft(actor, id, body));
    return this.storeAll(actor, drafts);
  }

  private async contentOf(room: RoomView, message: StoredMessage): Promise<OutgoingMessage> {
    const files = await this.attachments.toCopy(message.id);
    // Nothing is stored without text and files: it had some.
    if (files.length === 0 && message.content.trim() === '') throw messageErrors.filesGone();
    const [view] = await this.views.ofRoom(room, [message]);
    return {
      message: message.content,
      message_type: message.type,
      metadata: {
        ...message.metadata,
        forwarded_from: { message_id: wireMessageId(message.id), sender_name: view?.sender?.name ?? null },
      },
      attachments: files.map((file_id) => ({ file_id })),
      placeless: true,
    };
  }

  private async storeAll(
    actor: Actor,
    drafts: readonly (MessageDraft | SentMessage)[],
  ): Promise<MessageView[]> {
    const copies = new Map<MessageDraft, readonly AttachmentView[]>();
    const discard = (id: string): Promise<void> => this.attachments.discard(id);
    try {
      for (const draft of drafts)
        if (!('repeated' in draft)) copies.set(draft, await this.copiesFor(actor, draft));
      const sent: MessageView[] = [];
      for (const draft of drafts) {
        if ('repeated' in draft) {
          sent.push(draft.message);
          continue;
        }
        const files = copies.get(draft) ?? [];
        // From here on what becomes of the message decides about them, which may not be known when it fails.
        copies.delete(draft);
        sent.push((await this.messages.store(actor, draft, files, discard)).message);
      }
      return sent;
    } catch (error) {
      for (const { message } of copies.keys()) await discard(message.id);
      throw error;
    }
  }

  private async copiesFor(
    actor: Actor,
    { room, message, files }: MessageDraft,
  ): Promise<readonly AttachmentView[]> {
    const fileIds = files.map(({ file_id }) => file_id);
    return fileIds.length === 0 ? [] : this.attachments.copy(actor, room, message.id, fileIds);
  }
}
