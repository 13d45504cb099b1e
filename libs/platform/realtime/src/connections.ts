import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import {
  Authenticator,
  bearerToken,
  FAMILY_OF_ROLE,
  isRole,
  type Actor,
  type VerifiedToken,
} from '#libs/platform/auth';
import { SessionRegistry } from '#libs/platform/cluster';
import { AppConfig } from '#libs/platform/config';
import { commonErrors, DomainError, toDomainError } from '#libs/platform/errors';
import { failureBody } from '#libs/platform/http';
import type { ClaimDto } from './claim.js';
import { ExpiryWatch } from './expiry-watch.js';
import { FloodGuard } from './floods/flood-guard.js';
import { EventQueue } from './gateways/event-queue.js';
import { RealtimeServer } from './realtime-server.js';
import { userRoom } from './socket-rooms.js';
import type { ChatSocket } from './socket-types.js';

const QUEUE_CAPACITY = 256;
/** In these namespaces a bad token is refused in middleware (`connect_error`); elsewhere the socket is told by events. */
const MIDDLEWARE_NAMESPACES = new Set(['/chat']);

/** Told of every authenticated connection and of its end. */
export interface ConnectionObserver {
  connected(actor: Actor, socket: ChatSocket): void;
  disconnected(actor: Actor, socket: ChatSocket): void;
}

/**
 * How a user is shown to its own socket in `authenticated`; the directory supplies it. The documents that have the event
 * (booking, workspace) show ids as strings, and their clients compare it with senders.
 */
export type SelfPresenter = (
  actor: Actor,
) => Promise<{ id: string; name: string; role: string; avatar: string | null }>;

/** Life of a connection: who it is, when its token ends, who is told. */
@Injectable()
export class Connections implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Connections.name);
  private readonly observers: ConnectionObserver[] = [];
  private readonly countByUser = new Map<string, number>();
  private readonly expiry = new ExpiryWatch((socket) =>
    this.endAuthentication(socket, commonErrors.unauthorized('The token has expired.')),
  );
  private presentSelf: SelfPresenter = async (actor) => ({
    id: actor.id,
    name: actor.id,
    role: actor.role,
    avatar: null,
  });

  constructor(
    private readonly realtime: RealtimeServer,
    private readonly authenticator: Authenticator,
    private readonly config: AppConfig,
    private readonly sessions: SessionRegistry,
    private readonly floods: FloodGuard,
  ) {
    floods.observe((sockets, error) => {
      for (const socket of sockets) this.endFlood(socket, error);
    });
  }

  observe(observer: ConnectionObserver): void {
    this.observers.push(observer);
  }

  useSelfPresenter(presenter: SelfPresenter): void {
    this.presentSelf = presenter;
  }

  /** Open connections of a user to this server. */
  countOf(userId: string): number {
    return this.countByUser.get(userId) ?? 0;
  }

  /**
   * Ends a connection that is one too many of its user's, as only counting on all servers shows: those that were
   * verified on different servers at the same moment did not see one another.
   */
  endOneTooMany(socket: ChatSocket, connections: number): void {
    if (connections > this.config.sockets.perUser) this.endAuthentication(socket, tooManyConnections());
  }

  onApplicationBootstrap(): void {
    for (const name of this.realtime.namespaces()) {
      const namespace = this.realtime.namespace(name);
      if (MIDDLEWARE_NAMESPACES.has(name)) {
        namespace.use((socket, next) => {
          this.authenticateHandshake(socket as ChatSocket).then(
            () => next(),
            (error: unknown) => next(connectError(error)),
          );
        });
        namespace.on('connection', (socket) => this.welcome(socket as ChatSocket));
      } else {
        namespace.on('connection', (socket) => this.welcomeUnknown(socket as ChatSocket));
      }
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.expiry.stop();
    await this.realtime.close();
  }

  /** Late authentication by event. A second token must be the same user's; it renews the expiry. */
  async authenticateLate(socket: ChatSocket, claim: ClaimDto): Promise<Actor> {
    const before = socket.data.actor;
    const verified = await this.verify(socket, claim);
    if (before && before.id !== verified.actor.id) {
      throw commonErrors.unauthorized('This connection belongs to another user.');
    }
    if (!socket.connected) return verified.actor;
    this.expiry.remove(socket);
    adopt(socket, verified);
    if (before) this.expiry.add(socket, verified.expiresAt);
    else this.announce(socket, verified.actor);
    return verified.actor;
  }

  /** Tells every dialect's way that authentication failed or ended, and closes. */
  endAuthentication(socket: ChatSocket, error: DomainError): void {
    // What it said before still waits; it was said by someone who may not speak any more.
    socket.data.queue?.clear();
    const { message } = error;
    for (const event of ['auth_error', 'authentication_error', 'error']) {
      const code = this.realtime.authErrorCode(socket.nsp.name, event, error);
      socket.emit(event, { message, error: message, code, error_code: code } as never);
    }
    socket.disconnect(true);
  }

  /** Tells why, by the one event that all know, and closes. */
  private endFlood(socket: ChatSocket, { message, code }: DomainError): void {
    socket.data.queue?.clear();
    socket.emit('error', { message, error: message, code, error_code: code } as never);
    socket.disconnect(true);
  }

  private async authenticateHandshake(socket: ChatSocket): Promise<void> {
    adopt(socket, await this.verify(socket, socket.handshake.auth));
  }

  private async verify(socket: ChatSocket, claim: ClaimDto): Promise<VerifiedToken> {
    const verified = await this.authenticator.authenticate(stripBearer(tokenOf(socket, claim)));
    requireSameUser(verified.actor, claim);
    if (!socket.data.actor) this.requireRoom(await this.sessions.count(verified.actor.id));
    return verified;
  }

  /** @throws RATE_LIMITED when the user has as many connections as one may have. */
  private requireRoom(connections: number): void {
    if (connections >= this.config.sockets.perUser) throw tooManyConnections();
  }

  private welcome(socket: ChatSocket): void {
    this.enter(socket);
    try {
      this.announce(socket, socket.data.actor as Actor);
    } catch (error) {
      this.endAuthentication(socket, toDomainError(error));
    }
  }

  private welcomeUnknown(socket: ChatSocket): void {
    this.enter(socket);
    // Clients of the workspace dialect wait for it once on each new socket.
    socket.emit('connection');
    if (tokenOf(socket, socket.handshake.auth) === undefined) {
      const { authenticateWithinMs } = this.config.sockets;
      const deadline = setTimeout(() => {
        if (socket.data.actor) return;
        const message = `No token arrived within ${authenticateWithinMs / 1000} s.`;
        this.endAuthentication(socket, commonErrors.unauthorized(message));
      }, authenticateWithinMs);
      deadline.unref();
      socket.once('disconnect', () => clearTimeout(deadline));
      return;
    }
    const queue = (socket.data.queue ??= new EventQueue(QUEUE_CAPACITY));
    queue.hold();
    this.authenticateHandshake(socket)
      .then(async () => {
        const actor = socket.data.actor as Actor;
        if (!socket.connected) return;
        this.announce(socket, actor);
        socket.emit('authenticated', (await this.authenticatedPayload(actor)) as never);
        queue.release();
      })
      .catch((error: unknown) => {
        queue.clear();
        this.endAuthentication(socket, toDomainError(error));
      });
  }

  async authenticatedPayload(
    actor: Actor,
  ): Promise<{ user: Awaited<ReturnType<SelfPresenter>>; userId: string }> {
    const user = await this.presentSelf(actor);
    return { user, userId: user.id };
  }

  private enter(socket: ChatSocket): void {
    this.floods.entered(socket);
    socket.once('disconnect', () => this.farewell(socket));
  }

  /** @throws RATE_LIMITED; then the connection is nobody's. */
  private announce(socket: ChatSocket, actor: Actor): void {
    try {
      // Again, since connections that were verified at the same time did not see one another.
      this.requireRoom(this.countOf(actor.id));
    } catch (error) {
      delete socket.data.actor;
      throw error;
    }
    this.countByUser.set(actor.id, (this.countByUser.get(actor.id) ?? 0) + 1);
    this.floods.identified(socket, actor.id);
    this.expiry.add(socket, socket.data.expiresAt);
    void socket.join(userRoom(actor.id));
    for (const observer of this.observers) this.tell(() => observer.connected(actor, socket));
  }

  private farewell(socket: ChatSocket): void {
    this.expiry.remove(socket);
    this.floods.left(socket);
    const { actor } = socket.data;
    if (!actor) return;
    const left = (this.countByUser.get(actor.id) ?? 1) - 1;
    if (left > 0) this.countByUser.set(actor.id, left);
    else this.countByUser.delete(actor.id);
    for (const observer of this.observers) this.tell(() => observer.disconnected(actor, socket));
  }

  private tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.logger.error({ err: error }, 'A connection observer failed');
    }
  }
}

const tooManyConnections = (): DomainError => commonErrors.rateLimited(10, 'connections of this user');

/** A client without a token yet often sends null. */
const tokenOf = (socket: ChatSocket, claim: ClaimDto): unknown =>
  claim.token ?? bearerToken(socket.handshake.headers.authorization) ?? undefined;

function adopt(socket: ChatSocket, { actor, expiresAt }: VerifiedToken): void {
  socket.data.actor = actor;
  socket.data.expiresAt = expiresAt;
}

const stripBearer = (token: unknown): unknown =>
  typeof token === 'string' ? (bearerToken(token) ?? token) : token;

/** What stands beside a token never replaces the token's own; a different one is an error. */
function requireSameUser(actor: Actor, claim: ClaimDto): void {
  for (const id of [claim.user_id, claim.userId].filter(isGiven)) {
    if ((typeof id !== 'string' && typeof id !== 'number') || String(id) !== actor.id) {
      throw commonErrors.unauthorized("The user id beside the token is not the token's.");
    }
  }
  for (const type of [claim.user_type, claim.userType].filter(isGiven)) {
    const role = typeof type === 'string' ? type.toLowerCase() : type;
    if (!isRole(role) || FAMILY_OF_ROLE[role] !== actor.family) {
      throw commonErrors.unauthorized("The user type beside the token is not the token's.");
    }
  }
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

function connectError(thrown: unknown): Error {
  const error: DomainError = toDomainError(thrown);
  return Object.assign(new Error(error.message), { data: failureBody(error) });
}
