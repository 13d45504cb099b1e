import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '#libs/platform/events';
import { DialectEmitter, RealtimeServer, type ChatSocket, type EmitOptions } from '#libs/platform/realtime';
import { UsersService } from '#libs/directory';
import { MessageArrived, MessageReacted, RenderedChanges } from '#libs/messages';
import { TypingChanged, TypingService } from '#libs/presence';
import { BOOKING_DIALECT } from './booking.dialect.js';
import { toMessage, toReactionCount } from './booking.presenter.js';
import { bookingServerEvents } from './booking.server-events.js';
import { BookingMessages } from './rendering.service.js';

/** Who hears what in the booking dialect: the sockets that joined the session with `join_chat`. */
@Injectable()
export class BookingPublisher implements OnModuleInit {
  readonly emitter: DialectEmitter<typeof bookingServerEvents>;
  /** Typists whom chats were told of, if anyone was there. Their clients add a name for each start that they hear, so they hear one. */
  private readonly typists = new Set<string>();

  constructor(
    realtime: RealtimeServer,
    private readonly events: EventBus,
    private readonly users: UsersService,
    private readonly messages: BookingMessages,
    private readonly typingService: TypingService,
    private readonly changes: RenderedChanges,
  ) {
    this.emitter = new DialectEmitter(realtime, BOOKING_DIALECT, bookingServerEvents);
  }

  onModuleInit(): void {
    // Synchronous: the order of commits is the order of delivery.
    this.events.on(MessageArrived, ({ message, room }) => {
      if (this.emitter.isAnyoneHere(room.id))
        this.emitter.toRoomHere(room.id, 'new_message', toMessage(message));
    });
    this.changes.tellBy({
      isAnyoneHere: (roomId) => this.emitter.isAnyoneHere(roomId),
      render: (message) => this.messages.renderOne(message),
      edited: (room, message) => this.emitter.toRoomHere(room.id, 'message_edited', message),
      deleted: (room, { id }) =>
        this.emitter.toRoomHere(room.id, 'message_deleted', { message_id: id, session_id: room.id }),
    });
    this.events.on(MessageReacted, (event) => this.reacted(event));
    this.events.on(TypingChanged, (event) => this.typing(event));
  }

  /**
   * Tells the others in the chat that someone came or went.
   * @param audience all, or the sockets of this server alone
   */
  async attended(
    event: 'user_joined' | 'user_left',
    roomId: string,
    userId: string,
    audience: Pick<EmitOptions, 'here'> = {},
  ): Promise<void> {
    if (!this.emitter.isAnyoneIn(roomId)) return;
    const payload = {
      session_id: roomId,
      user_id: userId,
      user_name: await this.nameOf(userId),
      timestamp: new Date().toISOString(),
    };
    this.emitter.toRoom(roomId, event, payload, { exceptUser: userId, ...audience });
  }

  private async reacted({ room, message, userId, emoji, added, reactions }: MessageReacted): Promise<void> {
    if (!this.emitter.isAnyoneIn(room.id)) return;
    this.emitter.toRoom(room.id, 'message_reaction_update', {
      message_id: message.id,
      session_id: room.id,
      user_id: userId,
      user_name: await this.nameOf(userId),
      reaction: emoji,
      added,
      reactions: reactions.map(toReactionCount),
      reaction_counts: Object.fromEntries(reactions.map((group) => [group.emoji, group.userIds.length])),
    });
  }

  private async typing({ roomId, userId, typing }: TypingChanged): Promise<void> {
    const typist = `${roomId}:${userId}`;
    const isNews = this.typists.has(typist) !== typing;
    if (typing) this.typists.add(typist);
    else this.typists.delete(typist);
    if (!isNews || !this.emitter.isAnyoneIn(roomId)) return;
    const name = this.users.cached(userId)?.name ?? (await this.nameOf(userId));
    this.emitter.toRoom(roomId, 'user_typing', toTyping(roomId, userId, name, typing), {
      exceptUser: userId,
    });
  }

  /** Who joins a chat hears of those who were typing before: their start is told once. */
  async showTypists(socket: ChatSocket, roomId: string, exceptUser: string): Promise<void> {
    const people = await this.users.findMany(this.typingService.typingIn(roomId));
    // Asked again: who has stopped meanwhile would seem to type for ever.
    for (const id of this.typingService.typingIn(roomId)) {
      const typist = people.get(id);
      if (typist && id !== exceptUser)
        this.emitter.toSocket(socket, 'user_typing', toTyping(roomId, id, typist.name, true));
    }
  }

  private async nameOf(userId: string): Promise<string> {
    return (await this.users.find(userId))?.name ?? `User ${userId}`;
  }
}

const toTyping = (roomId: string, userId: string, name: string, typing: boolean) => ({
  session_id: roomId,
  user_id: userId,
  user_name: name,
  is_typing: typing,
});
