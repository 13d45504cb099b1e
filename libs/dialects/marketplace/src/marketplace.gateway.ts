import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { CurrentActor, type Actor } from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import {
  ChatGateway,
  dialectRoom,
  OnEvent,
  Turn,
  type ChatSocket,
  type EventTurn,
} from '#libs/platform/realtime';
import { ReceiptsService, SENDING_FILES_ERRORS } from '#libs/messages';
import { TypingService } from '#libs/presence';
import { ROOM_ERRORS, RoomJoinService } from '#libs/rooms';
import { ConversationsService } from './conversations.service.js';
import { JoinedConversationBody, LeftConversationBody, TypingStateBody } from './dto/conversation.body.js';
import { CONVERSATION_ID, MESSAGE_ID } from './dto/ids.js';
import {
  MarketplaceConversationPayloadDto,
  MarketplaceSendMessagePayloadDto,
  MarketplaceStatusPayloadDto,
  MarketplaceTypingPayloadDto,
} from './dto/marketplace.dto.js';
import { messageExample, MessageProgressBody, OneMessageBody } from './dto/message.body.js';
import { MARKETPLACE_DIALECT } from './marketplace.dialect.js';
import { MarketplacePublisher } from './marketplace.publisher.js';
import { toStatus } from './messages.presenter.js';

const EXAMPLE = { conversationId: CONVERSATION_ID };

/** The socket events of the marketplace contract; `chat-authenticate` has a gateway of its own. */
@ChatGateway(MARKETPLACE_DIALECT)
export class MarketplaceGateway {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly subscriptions: RoomJoinService,
    private readonly receipts: ReceiptsService,
    private readonly typing: TypingService,
    private readonly publisher: MarketplacePublisher,
    private readonly config: AppConfig,
  ) {}

  @OnEvent('chat-join-conversation', {
    access: 'authenticated',
    summary: 'Receive a conversation with this socket',
    ack: JoinedConversationBody,
    emits: ['chat-joined-conversation', 'chat-error'],
    errors: ROOM_ERRORS,
    example: EXAMPLE,
  })
  async join(
    @CurrentActor() actor: Actor,
    @MessageBody() { conversationId }: MarketplaceConversationPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const conversation = await this.conversations.joinWith(socket, actor, conversationId);
    const joined = { conversationId: conversation.id, conversation };
    this.publisher.emitter.toSocket(socket, 'chat-joined-conversation', joined);
    return joined;
  }

  @OnEvent('chat-leave-conversation', {
    access: 'authenticated',
    summary: 'Stop receiving a conversation with this socket; it stays yours',
    ack: LeftConversationBody,
    emits: ['chat-left-conversation', 'chat-error'],
    errors: ROOM_ERRORS,
    example: EXAMPLE,
  })
  async leave(
    @CurrentActor() actor: Actor,
    @MessageBody() { conversationId }: MarketplaceConversationPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
  ) {
    const { room } = await this.subscriptions.unsubscribe(actor, conversationId, socket, MARKETPLACE_DIALECT);
    const left = { conversationId: room.id };
    this.publisher.emitter.toSocket(socket, 'chat-left-conversation', left);
    return left;
  }

  @OnEvent('chat-send-message', {
    access: 'authenticated',
    summary: 'Send a message; acknowledged once it is committed',
    ack: OneMessageBody,
    emits: ['chat-new-message', 'chat-error'],
    errors: SENDING_FILES_ERRORS,
    outlivesConnection: true,
    pipelined: true,
    example: { ...EXAMPLE, content: messageExample.content, messageType: 'TEXT' },
  })
  async send(
    @CurrentActor() actor: Actor,
    @MessageBody() { conversationId, ...body }: MarketplaceSendMessagePayloadDto,
    @Turn() turn: EventTurn,
  ) {
    return { message: await this.conversations.send(actor, conversationId, body, turn.letNext) };
  }

  @OnEvent('chat-typing', {
    access: 'authenticated',
    summary: 'Tell the conversation that you type, or stopped; ends by itself (CHAT_TYPING_TIMEOUT)',
    ack: TypingStateBody,
    emits: ['chat-user-typing', 'chat-error'],
    errors: [...ROOM_ERRORS, 'ROOM_INACTIVE'],
    example: { ...EXAMPLE, isTyping: true },
  })
  async type(
    @CurrentActor() actor: Actor,
    @MessageBody() { conversationId, isTyping }: MarketplaceTypingPayloadDto,
  ) {
    const { typingTimeoutMs } = this.config.marketplace;
    if (isTyping) await this.typing.start(actor, conversationId, typingTimeoutMs);
    else await this.typing.stop(actor, conversationId);
    return { conversationId, isTyping };
  }

  @OnEvent('chat-update-message-status', {
    access: 'authenticated',
    summary: 'Say that a message reached you, or that you read it; a status only moves forward',
    ack: MessageProgressBody,
    emits: ['chat-message-status-updated', 'chat-error'],
    errors: ['MESSAGE_NOT_FOUND', 'FORBIDDEN'],
    example: { messageId: MESSAGE_ID, status: 'READ' },
  })
  async updateStatus(
    @CurrentActor() actor: Actor,
    @MessageBody() { messageId, status }: MarketplaceStatusPayloadDto,
    @ConnectedSocket() socket: ChatSocket,
    @Turn() turn: EventTurn,
  ) {
    const to = status === 'READ' ? 'read' : 'delivered';
    const { changed, ...progress } = await this.receipts.advance(actor, messageId, to);
    const now = toStatus(progress);
    // Who asks hears how it stands, also where nothing changed or they did not join the conversation.
    const hears = changed && socket.rooms.has(dialectRoom(MARKETPLACE_DIALECT, now.conversationId));
    if (!hears)
      turn.afterAnswer(() => this.publisher.emitter.toSocket(socket, 'chat-message-status-updated', now));
    return now;
  }
}
