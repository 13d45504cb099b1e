import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { ChatGateway, OnEvent, Turn, type ChatSocket, type EventTurn } from '#libs/platform/realtime';
import { MessagesService, ReactionsService, SENDING_ERRORS } from '#libs/messages';
import { BOOKING_DIALECT } from './booking.dialect.js';
import { WRITE_CODES } from './booking.errors.js';
import { toReactionCount } from './booking.presenter.js';
import { BookingPublisher } from './booking.publisher.js';
import { MessageSentBody, ReactionBody } from './dto/booking-events.body.js';
import { messageExample } from './dto/message.body.js';
import { BookingReactionPayloadDto, BookingSendMessagePayloadDto } from './dto/messages.dto.js';
import { BookingMessages } from './rendering.service.js';

const EXAMPLE = { session_id: messageExample.session_id };

/** Messages of the booking contract on sockets. */
@ChatGateway(BOOKING_DIALECT)
export class BookingMessagesGateway {
  constructor(
    private readonly messages: MessagesService,
    private readonly reactions: ReactionsService,
    private readonly rendering: BookingMessages,
    private readonly publisher: BookingPublisher,
  ) {}

  @OnEvent('send_message', {
    outlivesConnection: true,
    pipelined: true,
    access: 'authenticated',
    summary: 'Send a message; one that was sent by REST before is not stored or delivered again',
    ack: MessageSentBody,
    emits: ['message_sent', 'new_message'],
    errors: SENDING_ERRORS,
    example: {
      ...EXAMPLE,
      message: { id: 'm-1', content: 'Hello, I need help with my reading', type: 'text' },
    },
  })
  async send(
    @CurrentActor() actor: Actor,
    @MessageBody() { session_id, message }: BookingSendMessagePayloadDto,
    @ConnectedSocket() socket: ChatSocket,
    @Turn() turn: EventTurn,
  ) {
    const sent = await this.messages.send(
      actor,
      session_id,
      {
        message: message.content,
        message_type: message.type,
        metadata: message.metadata ?? undefined,
        client_id: message.id,
      },
      turn.letNext,
    );
    const stored = await this.rendering.renderOne(sent.message, actor.id);
    const confirmation = {
      message_id: stored.id,
      session_id: stored.session_id,
      client_id: message.id ?? null,
      timestamp: stored.timestamp,
      message: stored,
    };
    this.publisher.emitter.toSocket(socket, 'message_sent', confirmation);
    return confirmation;
  }

  @OnEvent('message_reaction', {
    access: 'authenticated',
    summary: 'Put a reaction on a message, or take it back by repeating it',
    ack: ReactionBody,
    emits: ['message_reaction_update'],
    errors: [...WRITE_CODES, 'MESSAGE_NOT_FOUND'],
    example: { ...EXAMPLE, message_id: messageExample.id, reaction: '❤️' },
  })
  async react(
    @CurrentActor() actor: Actor,
    @MessageBody() { message_id, reaction, session_id }: BookingReactionPayloadDto,
  ) {
    const { message, added, reactions } = await this.reactions.react(
      actor,
      message_id,
      reaction,
      'toggle',
      session_id,
    );
    return {
      message_id: message.id,
      session_id: message.roomId,
      reaction,
      added,
      reactions: reactions.map(toReactionCount),
    };
  }
}
