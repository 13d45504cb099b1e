import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { toDomainError } from '#libs/platform/errors';
import {
  ChatGateway,
  ClaimDto,
  Connections,
  OnEvent,
  Turn,
  type ChatSocket,
  type EventTurn,
} from '#libs/platform/realtime';
import { wireId } from '#libs/directory';
import { PresenceService } from '#libs/presence';
import { ChatConnections } from './chat-connections.service.js';
import { AuthenticatedPayload } from './dto/events.payload.js';
import { MARKETPLACE_DIALECT } from './marketplace.dialect.js';
import { MarketplacePublisher } from './marketplace.publisher.js';
import { CONVERSATION_TYPES } from './types.js';

/** How sockets of the marketplace contract say who they are. */
@ChatGateway(MARKETPLACE_DIALECT)
export class MarketplaceAuthenticationGateway {
  constructor(
    private readonly connections: Connections,
    private readonly chats: ChatConnections,
    private readonly presence: PresenceService,
    private readonly publisher: MarketplacePublisher,
  ) {}

  @OnEvent('chat-authenticate', {
    access: 'public',
    summary: 'Authenticate this connection, or renew its token (of the same user); it counts from then on',
    ack: AuthenticatedPayload,
    emits: ['chat-authenticated', 'chat-error'],
    errors: ['UNAUTHORIZED', 'RATE_LIMITED'],
    example: { userId: 2, token: 'eyJhbGciOiJIUzI1NiJ9…' },
  })
  async authenticate(
    @MessageBody() claim: ClaimDto,
    @ConnectedSocket() socket: ChatSocket,
    @Turn() turn: EventTurn,
  ) {
    try {
      const token: unknown = claim.token ?? (socket.handshake.auth as { token?: unknown }).token;
      const actor = await this.connections.authenticateLate(socket, { ...claim, token });
      await this.chats.admit(actor, socket);
      const online = await this.presence.onlinePartners(actor, CONVERSATION_TYPES);
      const { user } = await this.connections.authenticatedPayload(actor);
      const authenticated = {
        userId: wireId(actor.id),
        user: { ...user, id: wireId(actor.id) },
        onlineUsers: online.map(({ id }) => wireId(id)),
      };
      this.publisher.emitter.toSocket(socket, 'chat-authenticated', authenticated);
      return authenticated;
    } catch (error) {
      const refusal = toDomainError(error);
      // Once the acknowledgement is out: on a closed connection it would be lost.
      if (refusal.kind === 'unauthenticated')
        turn.afterAnswer(() => this.connections.endAuthentication(socket, refusal));
      if (refusal.kind === 'rate_limited') turn.afterAnswer(() => void socket.disconnect(true));
      throw error;
    }
  }
}
