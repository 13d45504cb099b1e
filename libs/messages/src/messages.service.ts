import { Injectable } from '@nestjs/common';
import type { Actor } from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import { UnconfirmedStatementError } from '#libs/platform/database';
import { DomainError } from '#libs/platform/errors';
import { EventBus } from '#libs/platform/events';
import { Metrics } from '#libs/platform/metrics';
import { RateLimiter, type RateRule } from '#libs/platform/rate-limit';
import { UsersService } from '#libs/directory';
import { RoomAccessService, type RoomView } from '#libs/rooms';
import {
  clientKeyOf,
  requireFewFiles,
  requireTypeAllowed,
  toContent,
  type MessageContent,
  type OutgoingFile,
  type OutgoingMessage,
} from './message-content.js';
import { MessageViews } from './message-views.js';
import { MessageWriter, type NewMessage } from './message-writer.js';
import { Mentions } from './mentions.js';
import { messageErrors } from './messages.errors.js';
import { MessageCreated } from './messages.events.js';
import { newMessageId } from './message-id.js';
import { readMessageId } from './messages.presenter.js';
import { MessagesRepository } from './messages.repository.js';
import { MessageAttachments } from './message-attachments.js';
import type { AttachmentView, MessageView, RepliedMessage } from './message-view.js';

const MINUTE = 60;
const NO_FILES: readonly AttachmentView[] = [];
const NO_OUTGOING: readonly OutgoingFile[] = [];

export interface SentMessage {
  message: MessageView;
  /** True for a repeat: this is the message that was stored before. */
  repeated: boolean;
}

/** A message that was judged and has its place in the rate: its files have to be bound, then it is stored. */
export interface MessageDraft {
  room: RoomView;
  message: NewMessage;
  replied: RepliedMessage | null;
  files: readonly OutgoingFile[];
}

/** Sending messages. */
@Injectable()
export class MessagesService {
  private readonly rate: RateRule;

  constructor(
    private readonly config: AppConfig,
    private readonly access: RoomAccessService,
    private readonly writer: MessageWriter,
    private readonly repository: MessagesRepository,
    private readonly views: MessageViews,
    private readonly attachments: MessageAttachments,
    private readonly mentions: Mentions,
    private readonly users: UsersService,
    private readonly limiter: RateLimiter,
    private readonly events: EventBus,
    private readonly metrics: Metrics,
  ) {
    this.rate = { name: 'messages', points: config.messages.perMinute, seconds: MINUTE, what: 'messages' };
  }

  /**
   * Stores a message and tells the room. Resolves after the commit. An ordinary message costs one statement.
   * @param placed called once the message has its place before all that are sent to this room later
   * @throws RATE_LIMITED, ROOM_NOT_FOUND, ACCESS_DENIED, ROOM_INACTIVE, MESSAGE_TOO_LONG, VALIDATION_ERROR, FORBIDDEN
   */
  async send(
    actor: Actor,
    roomRef: string,
    body: OutgoingMessage,
    placed?: () => void,
  ): Promise<SentMessage> {
    const started = performance.now();
    const draft = await this.draft(actor, roomRef, body);
    if ('repeated' in draft) return draft;
    if (draft.files.length === 0) return this.write(actor, draft, NO_FILES, started, placed);
    const { messageId, files } = await this.attachments.claim(actor, draft.room, draft.message, draft.files);
    const bound = { ...draft, message: { ...draft.message, id: messageId } };
    return this.store(actor, bound, files, (id) => this.attachments.release(id), started);
  }

  /**
   * All of `send` that comes before the files, for callers that have several messages judged before the first is
   * stored. A repeat answers with what is stored.
   * @throws as `send`
   */
  async draft(actor: Actor, roomRef: string, body: OutgoingMessage): Promise<MessageDraft | SentMessage> {
    const clientId = body.client_id ?? body.temp_id ?? null;
    const ownId = typeof clientId === 'string' ? storedIdOf(clientId) : undefined;
    // A repeat that only gave its share back later could meanwhile cost another message its place in the minute.
    let limited = ownId === undefined ? await this.charge(actor) : undefined;
    requireTypeAllowed(actor, body.message_type);
    const content = toContent(body, this.config.messages.maxLength);
    const files = body.attachments ?? NO_OUTGOING;
    requireFewFiles(files);
    const room = await this.roomToSendTo(actor, roomRef, content);
    const clientKey = clientId === null ? null : clientKeyOf(clientId, content, files);
    if (ownId !== undefined) {
      const stored = await this.findById(actor, room, ownId, content);
      if (stored) return stored;
      limited = await this.charge(actor);
    }
    if (limited || (files.length > 0 && clientKey !== null)) {
      const repeat = await this.findRepeat(actor, room, clientId, clientKey);
      if (!repeat && limited) throw limited;
      if (repeat && !limited) await this.limiter.refund(this.rate, actor.id);
      if (repeat) return repeat;
    }
    const replied = body.reply_to ? await this.replyTarget(room, body.reply_to) : null;
    const message = await this.compose(actor, room, content, clientId, clientKey, replied);
    return { room, message, replied, files };
  }

  /**
   * The rest of `send`, with files that are bound to the draft's message. `unbind` is called with its id where it was
   * certainly not stored.
   * @throws ROOM_INACTIVE where the room was closed meanwhile; UnconfirmedStatementError
   */
  async store(
    actor: Actor,
    draft: MessageDraft,
    files: readonly AttachmentView[],
    unbind: (messageId: string) => Promise<void>,
    started = performance.now(),
  ): Promise<SentMessage> {
    try {
      const sent = await this.write(actor, draft, files, started);
      // The same message was stored meanwhile: it has files of its own.
      if (sent.repeated) await unbind(draft.message.id);
      return sent;
    } catch (error) {
      // It may be stored after all, and then its files are its own; a repeat finds out.
      if (!(error instanceof UnconfirmedStatementError)) await unbind(draft.message.id);
      throw error;
    }
  }

  /**
   * Whether `send` would take this content, for callers that first open a room for it.
   * @throws MESSAGE_TOO_LONG, VALIDATION_ERROR, FORBIDDEN
   */
  requireSendable(actor: Actor, body: OutgoingMessage): void {
    requireTypeAllowed(actor, body.message_type);
    toContent(body, this.config.messages.maxLength);
  }

  /** A message of the chat itself, such as "Mike was assigned"; no sender, no rate. */
  async post(room: RoomView, content: MessageContent): Promise<MessageView> {
    const message: NewMessage = {
      id: newMessageId(),
      roomId: room.id,
      senderId: null,
      clientId: null,
      clientKey: null,
      replyTo: null,
      mentions: [],
      forced: true,
      ...content,
    };
    return (await this.write(null, { room, message, replied: null }, NO_FILES)).message;
  }

  /** The error of a used-up rate, or undefined. It is judged later: a repeat does not count. */
  private async charge(actor: Actor): Promise<DomainError | undefined> {
    if (actor.family === 'service') return undefined;
    try {
      await this.limiter.consume(this.rate, actor.id);
      return undefined;
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }

  private async findRepeat(
    actor: Actor,
    room: RoomView,
    clientId: ClientId,
    clientKey: string | null,
  ): Promise<SentMessage | undefined> {
    const stored =
      clientKey === null ? undefined : await this.repository.byClientKey(room.id, actor.id, clientKey);
    if (!stored) return undefined;
    const repeated = { ...stored, clientId };
    return { message: (await this.views.ofRoom(room, [repeated]))[0] as MessageView, repeated: true };
  }

  /**
   * A client may send a stored message of its own once more, named by the id it was stored with: by REST first, then by
   * socket. One that was changed since is still the same. No look-up for ids that cannot be ours.
   */
  private async findById(
    actor: Actor,
    room: RoomView,
    id: string,
    { content }: MessageContent,
  ): Promise<SentMessage | undefined> {
    const [stored] = await this.repository.byIds(room.id, [id]);
    if (!stored || stored.senderId !== actor.id) return undefined;
    if (stored.content !== content && stored.editedAt === null && stored.deletedAt === null) return undefined;
    this.metrics.messageRepeats.inc();
    return { message: (await this.views.ofRoom(room, [stored]))[0] as MessageView, repeated: true };
  }

  private async roomToSendTo(actor: Actor, ref: string, content: MessageContent): Promise<RoomView> {
    // The host tells what happened to the business object even when the conversation is over.
    if (actor.family === 'service' && content.type !== 'text') return this.access.get(actor, ref);
    return (await this.access.toWrite(actor, ref)).room;
  }

  private async compose(
    actor: Actor,
    room: RoomView,
    content: MessageContent,
    clientId: ClientId,
    clientKey: string | null,
    replied: RepliedMessage | null,
  ): Promise<NewMessage> {
    const fromHost = actor.family === 'service';
    if (!fromHost && !this.users.cached(actor.id)) await this.users.find(actor.id);
    return {
      id: newMessageId(),
      roomId: room.id,
      senderId: fromHost ? null : actor.id,
      clientId,
      clientKey: fromHost ? null : clientKey,
      replyTo: replied?.id ?? null,
      mentions: fromHost ? [] : await this.mentions.in(room.id, content.content, actor.id),
      forced: fromHost,
      ...content,
    };
  }

  private async replyTarget(room: RoomView, id: string): Promise<RepliedMessage> {
    const plain = readMessageId(id);
    const found = plain ? await this.repository.byIds(room.id, [plain]) : [];
    if (!found[0]) throw messageErrors.unknownReply();
    return this.views.replied(found[0]);
  }

  private async write(
    actor: Actor | null,
    { room, message, replied }: Omit<MessageDraft, 'files'>,
    files: readonly AttachmentView[],
    started = performance.now(),
    placed?: () => void,
  ): Promise<SentMessage> {
    let created: MessageView | undefined;
    const writing = this.writer.write(message, (written) => {
      this.metrics.messages.inc({ type: message.type });
      created = this.views.fresh(written.message, room, files, replied);
      void this.events.publish(new MessageCreated(created, room));
    });
    placed?.();
    const { message: stored, repeated } = await writing;
    this.metrics.sendSeconds.observe((performance.now() - started) / 1000);
    // Not so for one of two repeats that were under way at the same time: the other one created it.
    if (created) return { message: created, repeated: false };
    if (!repeated) return { message: this.views.fresh(stored, room, files, replied), repeated };
    this.metrics.messageRepeats.inc();
    if (actor) await this.limiter.refund(this.rate, actor.id);
    return { message: (await this.views.ofRoom(room, [stored]))[0] as MessageView, repeated };
  }
}

type ClientId = NewMessage['clientId'];

/** A client's id that may be one of ours: those are UUIDs of version 7. */
function storedIdOf(clientId: string): string | undefined {
  const id = readMessageId(clientId);
  return id?.charAt(14) === '7' ? id : undefined;
}
