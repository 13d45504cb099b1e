import { toDomainError } from '#libs/platform/errors';
import { claimPayload, type Claim } from './claim.js';
import { connectionServerEvents } from './connection.server-events.js';
import { Connections } from './connections.js';
import { Gateway, OnSocketEvent } from './gateway.decorators.js';
import { ANY_DIALECT } from './socket-router.js';
import type { SocketContext } from './socket-types.js';

/** Authentication by event: for sockets that came without a token, and for renewing one that ends soon. */
@Gateway({ dialect: ANY_DIALECT })
export class AuthenticateGateway {
  constructor(private readonly connections: Connections) {}

  @OnSocketEvent('authenticate', {
    access: 'public',
    summary: 'Authenticate a connection that came without a token, or renew its token (of the same user)',
    payload: claimPayload,
    ack: connectionServerEvents.authenticated.payload,
    emits: ['authenticated', 'authentication_error', 'auth_error', 'error'],
    errors: ['UNAUTHORIZED'],
    example: { token: 'eyJhbGciOiJIUzI1NiJ9…' },
  })
  async authenticate({ socket, afterAnswer }: SocketContext, claim: Claim): Promise<unknown> {
    try {
      const actor = await this.connections.authenticateLate(socket, claim);
      const payload = await this.connections.authenticatedPayload(actor);
      socket.emit('authenticated', payload as never);
      return payload;
    } catch (error) {
      const refusal = toDomainError(error);
      // Once the acknowledgement is out: on a closed connection it would be lost.
      if (refusal.kind === 'unauthenticated')
        afterAnswer(() => this.connections.endAuthentication(socket, refusal));
      throw error;
    }
  }
}
