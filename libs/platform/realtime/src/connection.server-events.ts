import { ApiObject, ApiText, Schema } from '#libs/platform/schemas';
import { ANY_DIALECT } from './dialects.js';
import { defineServerEvents } from './server-events.js';

@Schema('AuthenticatedEvent', { description: 'Who a connection belongs to' })
export class AuthenticatedPayload {
  @ApiObject({ description: 'Yourself: id, name, role, avatar' }) user!: Record<string, unknown>;
  @ApiText({ example: '123' }) userId!: string;
}

@Schema('ConnectionRefusedEvent', { description: 'Why a connection closes' })
export class ConnectionRefusedPayload {
  @ApiText() message!: string;
  @ApiText({ description: 'The same as `message`' }) error!: string;
  @ApiText() code!: string;
  @ApiText({ description: 'The same as `code`' }) error_code!: string;
}

const sentence = 'The token is not valid.';
const refusedWith = (code: string) => ({
  payload: ConnectionRefusedPayload,
  example: { message: sentence, error: sentence, code, error_code: code },
});
const refused = refusedWith('UNAUTHORIZED');

/** Events about the connection itself; on `/`, where a token may also come after the connection. */
export const connectionServerEvents = defineServerEvents(ANY_DIALECT, {
  connection: { summary: 'The connection is up; once on each new socket of `/`', payload: null },
  authenticated: {
    summary: 'The token was accepted',
    payload: AuthenticatedPayload,
    example: { user: { id: '123', name: 'First Customer', role: 'customer', avatar: null }, userId: '123' },
  },
  auth_error: {
    summary:
      'The token was refused or has ended; the connection closes. On `/` with the codes of the contract that has this event',
    ...refusedWith('AUTHENTICATION_REQUIRED'),
  },
  authentication_error: {
    summary: 'As auth_error, under the name that other clients listen for',
    ...refused,
  },
  error: {
    summary:
      'As auth_error, for clients that know no other; a dialect tells its own refusals by this name too. With RATE_LIMITED: the connection sent far more than it may, and closes',
    ...refused,
  },
});
