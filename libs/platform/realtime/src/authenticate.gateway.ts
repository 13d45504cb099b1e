import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { toDomainError } from '#libs/platform/errors';
import { ClaimDto } from './claim.js';
import { AuthenticatedPayload } from './connection.server-events.js';
import { Connections } from './connections.js';
import { ANY_DIALECT } from './dialects.js';
import { ChatGateway, OnEvent } from './gateways/gateway.decorators.js';
import { Turn, type EventTurn } from './gateways/turn.js';
import type { ChatSocket } from './socket-types.js';

/** Authentication by event: for sockets that came without a token, and for renewing one that ends soon. */
@ChatGateway(ANY_DIALECT)
export class AuthenticateGateway {
  constructor(private readonly connections: Connections) {}

  @OnEvent('authenticate', {
    access: 'public',
    summary: 'Authenticate a connection that came without a token, or renew its token (of the same user)',
    ack: AuthenticatedPayload,
    emits: ['authenticated', 'authentication_error', 'auth_error', 'error'],
    errors: ['UNAUTHORIZED'],
    example: { token: 'eyJhbGciOiJIUzI1NiJ9…' },
  })
  async authenticate(
    @MessageBody() claim: ClaimDto,
    @ConnectedSocket() socket: ChatSocket,
    @Turn() turn: EventTurn,
  ): Promise<AuthenticatedPayload> {
    try {
      const actor = await this.connections.authenticateLate(socket, claim);
      const payload = await this.connections.authenticatedPayload(actor);
      socket.emit('authenticated', payload as never);
      return payload;
    } catch (error) {
      const refusal = toDomainError(error);
      // Once the acknowledgement is out: on a closed connection it would be lost.
      if (refusal.kind === 'unauthenticated')
        turn.afterAnswer(() => this.connections.endAuthentication(socket, refusal));
      throw error;
    }
  }
}
