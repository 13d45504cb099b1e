import { Injectable } from '@nestjs/common';
import { UsersService } from '#libs/directory';
import { RoomAccessService, wireRoomId, type RoomView } from '#libs/rooms';
import { ReactionsRepository } from './reactions.repository.js';
import { MessagesRepository } from './messages.repository.js';
import { MessageAttachments } from './message-attachments.js';
import type {
  AttachmentView,
  MessageView,
  ReactionGroup,
  RepliedMessage,
  StoredMessage,
} from './message-view.js';

const NOBODY: MessageView['readBy'] = [];
const NO_FILES: readonly AttachmentView[] = [];
const NO_REACTIONS: readonly ReactionGroup[] = [];

/** Adds to stored messages what presenters need: senders and readers, in one look-up each. */
@Injectable()
export class MessageViews {
  constructor(
    private readonly users: UsersService,
    private readonly repository: MessagesRepository,
    private readonly access: RoomAccessService,
    private readonly attachments: MessageAttachments,
    private readonly reactions: ReactionsRepository,
  ) {}

  /** A message that was just stored: nobody has read it; its sender is known. No look-up where the sender is cached. */
  fresh(
    message: StoredMessage,
    room: RoomView,
    attachments = NO_FILES,
    replied: RepliedMessage | null = null,
  ): MessageView {
    const sender = message.senderId === null ? null : (this.users.cached(message.senderId) ?? null);
    // Field by field: on this path a spread costs as much as everything else that is done for a message here.
    return {
      id: message.id,
      roomId: message.roomId,
      seq: message.seq,
      senderId: message.senderId,
      clientId: message.clientId,
      type: message.type,
      content: message.content,
      metadata: message.metadata,
      replyTo: message.replyTo,
      createdAt: message.createdAt,
      editedAt: message.editedAt,
      deletedAt: message.deletedAt,
      changeNo: message.changeNo,
      mentions: message.mentions,
      pinnedAt: message.pinnedAt,
      roomRef: wireRoomId(room),
      sender,
      readBy: NOBODY,
      attachments,
      reactions: NO_REACTIONS,
      replied,
    };
  }

  /** With its sender's profile, as an answer to it shows it. */
  async replied(message: StoredMessage): Promise<RepliedMessage> {
    const sender = message.senderId === null ? null : ((await this.users.find(message.senderId)) ?? null);
    return { ...message, sender };
  }

  async ofRoom(room: RoomView, messages: readonly StoredMessage[]): Promise<MessageView[]> {
    return this.complete(messages, () => wireRoomId(room));
  }

  /** Messages of several rooms. */
  async ofRooms(messages: readonly StoredMessage[]): Promise<MessageView[]> {
    const refs = new Map<string, string>();
    for (const roomId of new Set(messages.map((message) => message.roomId))) {
      const room = await this.access.find(roomId);
      if (room) refs.set(roomId, wireRoomId(room));
    }
    return this.complete(messages, (message) => refs.get(message.roomId) ?? message.roomId);
  }

  /** The newest message of each room. */
  async newestOf(roomIds: string[]): Promise<Map<string, MessageView>> {
    const views = await this.ofRooms([...(await this.repository.newestOf(roomIds)).values()]);
    return new Map(views.map((view) => [view.roomId, view]));
  }

  private async complete(
    messages: readonly StoredMessage[],
    refOf: (message: StoredMessage) => string,
  ): Promise<MessageView[]> {
    const answered = await this.answeredBy(messages);
    const senders = [...messages, ...answered.values()].flatMap((message) => message.senderId ?? []);
    const kept = messages.filter((message) => message.deletedAt === null).map((message) => message.id);
    const [users, marks, files, reactions] = await Promise.all([
      this.users.findMany(senders),
      this.repository.readMarks(messages),
      this.attachments.ofMessages(kept),
      this.reactions.ofMessages(kept),
    ]);
    const senderOf = ({ senderId }: StoredMessage) =>
      senderId === null ? null : (users.get(senderId) ?? null);
    const repliedBy = ({ replyTo }: StoredMessage): RepliedMessage | null => {
      const original = replyTo === null ? undefined : answered.get(replyTo);
      return original ? { ...original, sender: senderOf(original) } : null;
    };
    return messages.map((message) => ({
      ...message,
      roomRef: refOf(message),
      sender: senderOf(message),
      replied: repliedBy(message),
      readBy: marks.get(message.id) ?? NOBODY,
      attachments: files.get(message.id) ?? NO_FILES,
      reactions: reactions.get(message.id) ?? NO_REACTIONS,
    }));
  }

  /** The messages that these answer, by id. No look-up where none is an answer. */
  private async answeredBy(messages: readonly StoredMessage[]): Promise<Map<string, StoredMessage>> {
    const known = new Map(messages.map((message) => [message.id, message]));
    const wanted = messages.flatMap(({ replyTo }) => replyTo ?? []);
    const missing = wanted.filter((id) => !known.has(id));
    for (const message of await this.repository.withIds(missing)) known.set(message.id, message);
    return new Map(wanted.flatMap((id) => (known.has(id) ? [[id, known.get(id) as StoredMessage]] : [])));
  }
}
