import { Injectable, Logger } from '@nestjs/common';
import { createAdapter } from '@socket.io/redis-adapter';
import type { Server as HttpServer } from 'node:http';
import { Server, type Namespace } from 'socket.io';
import { Cluster } from '#libs/platform/cluster';
import { AppConfig } from '#libs/platform/config';
import type { DomainError } from '#libs/platform/errors';
import { Metrics } from '#libs/platform/metrics';
import { HandshakeGate } from './admission/handshake-gate.js';
import type { Dialect } from '#libs/platform/dialects';
import { cutConnection, type EngineConnection } from './engine-connection.js';
import { FloodGuard } from './floods/flood-guard.js';
import { isRequestAllowed } from './origin.js';
import { watchSendBuffers } from './send-buffer-watch.js';
import { flushUnsent, writeOnceATurn } from './turn-writes.js';
import { slimHandshakes } from './slim-handshake.js';
import { dialectRoom, speakerRoom, userRoom } from './socket-rooms.js';
import { SocketsHere } from './sockets-here.js';
import type { ChatSocket } from './socket-types.js';

const MAX_PAYLOAD_BYTES = 65_536;
const UNREAD_CLOSE_MS = 2_000;
/** Nobody waits longer for the other servers; then what is known here has to do. */
const ANSWER_MS = 1_000;

const NO_DIALECTS: readonly string[] = [];

export interface EmitOptions {
  /** Sockets of this user do not get it. */
  exceptUser?: string;
  /** Only sockets of this server: the other servers emit to theirs by themselves. */
  here?: boolean;
}

/** Socket.IO of this process: namespaces, rooms by dialect, and emitting to them. Knows no chat rules. */
@Injectable()
export class RealtimeServer {
  private readonly logger = new Logger(RealtimeServer.name);
  private readonly dialects = new Map<string, Dialect>();
  private readonly dialectNames = new Map<string, readonly string[]>();
  private server: Server | undefined;
  /** What is known without asking other servers. */
  readonly here = new SocketsHere(this.dialects, () => this.server);
  private stopWatching: (() => void) | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly config: AppConfig,
    private readonly metrics: Metrics,
    private readonly cluster: Cluster,
    private readonly guard: FloodGuard,
    private readonly gate: HandshakeGate,
  ) {
    metrics.gauge(
      'switchboard_connections',
      'Open socket connections',
      () => this.server?.engine.clientsCount ?? 0,
    );
  }

  registerDialect(dialect: Dialect): void {
    this.dialects.set(dialect.name, dialect);
    for (const namespace of dialect.namespaces) {
      this.dialectNames.set(namespace, [...this.dialectsIn(namespace), dialect.name]);
    }
  }

  dialect(name: string): Dialect {
    const dialect = this.dialects.get(name);
    if (!dialect) throw new Error(`Dialect ${name} is not registered`);
    return dialect;
  }

  namespaces(): string[] {
    return [...new Set([...this.dialects.values()].flatMap((dialect) => dialect.namespaces))];
  }

  /** Names of the dialects spoken in a namespace. */
  dialectsIn(namespace: string): readonly string[] {
    return this.dialectNames.get(namespace) ?? NO_DIALECTS;
  }

  /** What the dialect that has this event for itself calls the error; ours where none has. */
  authErrorCode(namespace: string, event: string, error: DomainError): string {
    const owner = this.dialectsIn(namespace)
      .map((name) => this.dialect(name))
      .find(({ authErrorEvent }) => authErrorEvent === event);
    return owner?.codeOf(error) ?? error.code;
  }

  attach(http: HttpServer): Server {
    const { allowedOrigins } = this.config.http;
    const clients = this.cluster.adapterClients;
    this.server = new Server(http, {
      serveClient: true,
      wsEngine: this.guard.webSocketServer,
      maxHttpBufferSize: MAX_PAYLOAD_BYTES,
      perMessageDeflate: false,
      httpCompression: false,
      // Emits to local sockets at once and tells the others without waiting (docs/decisions).
      ...(clients
        ? {
            adapter: createAdapter(clients.publisher, clients.subscriber, {
              key: 'switchboard:io',
              requestsTimeout: ANSWER_MS,
            }),
          }
        : {}),
      // Resuming goes by message sequence (docs/architecture.md); recovery would skip authentication.
      connectionStateRecovery: undefined,
      connectTimeout: 10_000,
      cors: { origin: (origin, answer) => answer(null, origin ?? false), credentials: false },
      // CORS alone does not stop a WebSocket from a foreign origin.
      allowRequest: (request, answer) => {
        if (this.config.role === 'worker') return answer('This process takes no clients.', false);
        if (!isRequestAllowed(request, allowedOrigins))
          return answer('The origin is not allowed (CORS_ALLOWED_ORIGINS).', false);
        this.gate.enter(request, () => answer(null, true));
      },
    });
    writeOnceATurn(this.server);
    slimHandshakes(this.server);
    this.guard.watch(this.server);
    this.stopWatching = watchSendBuffers(this.server, this.config.sockets.sendBufferPackets, this.logger);
    return this.server;
  }

  namespace(name: string): Namespace {
    if (!this.server) throw new Error('The socket server is not attached yet');
    return this.server.of(name);
  }

  /** Whether an emit to this room in this dialect may reach any socket; with several servers nobody knows. */
  isAnyoneIn(dialect: string, roomId: string): boolean {
    return this.cluster.shared || this.here.isAnyoneIn(dialect, roomId);
  }

  /** Whether any socket of the user, but for this one, has joined the room in this dialect, on any server. */
  async isUserIn(dialect: string, roomId: string, userId: string, exceptSocketId: string): Promise<boolean> {
    const room = dialectRoom(dialect, roomId);
    for (const name of this.dialect(dialect).namespaces) {
      const sockets = await this.socketsIn(name, userRoom(userId));
      if (sockets.some((socket) => socket.id !== exceptSocketId && socket.rooms.has(room))) return true;
    }
    return false;
  }

  /** Sockets of all servers in this room of a namespace; while the others do not answer, those of this one. */
  async socketsIn(namespaceName: string, room: string): Promise<{ id: string; rooms: Set<string> }[]> {
    const namespace = this.namespace(namespaceName);
    const here = namespace.local.in(room);
    if (!this.cluster.shared || !this.cluster.connected) return here.fetchSockets();
    try {
      return await namespace.in(room).fetchSockets();
    } catch (error) {
      this.logger.debug({ err: error }, 'Other servers did not say in time which sockets they have');
      return here.fetchSockets();
    }
  }

  /** Each socket gets the event once, however many of the rooms it is in. */
  emitToRooms(
    dialect: string,
    roomIds: readonly string[],
    event: string,
    payload: unknown,
    { exceptUser, here = false }: EmitOptions = {},
  ): void {
    const onlyHere = here || !this.cluster.shared;
    for (const name of this.dialect(dialect).namespaces) {
      const namespace = this.namespace(name);
      const { rooms: open } = namespace.adapter;
      const all = roomIds.map((id) => dialectRoom(dialect, id));
      const rooms = onlyHere ? all.filter((room) => open.has(room)) : all;
      if (rooms.length === 0) continue;
      const target = onlyHere ? namespace.local.to(rooms) : namespace.to(rooms);
      (exceptUser === undefined ? target : target.except(userRoom(exceptUser))).emit(event, payload);
      this.metrics.deliveries.inc(
        { event },
        rooms.length === 1 ? (open.get(rooms[0] as string)?.size ?? 0) : 1,
      );
    }
  }

  /** Joins the room in this dialect. Where several are spoken it is from now on one that the connection speaks. */
  async join(socket: ChatSocket, dialect: string, roomId: string): Promise<void> {
    const rooms = [dialectRoom(dialect, roomId)];
    const { actor } = socket.data;
    if (actor && !this.speaksOnly(socket.nsp.name, dialect)) rooms.push(speakerRoom(dialect, actor.id));
    await socket.join(rooms);
  }

  /** Whether a namespace belongs to this dialect alone, so that everyone in it understands its events. */
  speaksOnly(namespace: string, dialect: string): boolean {
    const names = this.dialectsIn(namespace);
    return names.length === 1 && names[0] === dialect;
  }

  /** All connections of a user that speak this dialect: by their namespace, or since they joined a room in it. */
  emitToUser(
    dialect: string,
    userId: string,
    event: string,
    payload: unknown,
    { here = false }: Pick<EmitOptions, 'here'> = {},
  ): void {
    for (const name of this.dialect(dialect).namespaces) {
      const room = this.speaksOnly(name, dialect) ? userRoom(userId) : speakerRoom(dialect, userId);
      const namespace = this.namespace(name);
      (here ? namespace.local.to(room) : namespace.to(room)).emit(event, payload);
    }
  }

  /** All connections of a user in this dialect's namespaces, whatever they have joined. */
  emitToUserAnywhere(dialect: string, userId: string, event: string, payload: unknown): void {
    for (const name of this.dialect(dialect).namespaces)
      this.namespace(name).to(userRoom(userId)).emit(event, payload);
  }

  /** Ends delivery of a room to a user's sockets in every dialect: here at once, elsewhere as soon as it is told. */
  async evict(userId: string, roomId: string): Promise<void> {
    this.evictHere(userId, roomId);
    if (!this.cluster.shared) return;
    const rooms = this.roomsOf(roomId);
    for (const name of this.namespaces()) this.namespace(name).in(userRoom(userId)).socketsLeave(rooms);
    await this.cluster.flushed();
  }

  /** As `evict`, on this server alone. */
  evictHere(userId: string, roomId: string): void {
    const rooms = this.roomsOf(roomId);
    for (const name of this.namespaces()) this.namespace(name).local.in(userRoom(userId)).socketsLeave(rooms);
  }

  /** Ends delivery of a room to everyone. */
  evictAll(roomId: string): void {
    this.evictAllHere(roomId);
    if (!this.cluster.shared) return;
    for (const [dialect, { namespaces }] of this.dialects) {
      const room = dialectRoom(dialect, roomId);
      for (const name of namespaces) this.namespace(name).in(room).socketsLeave(room);
    }
  }

  /** As `evictAll`, on this server alone. */
  evictAllHere(roomId: string): void {
    for (const [dialect, { namespaces }] of this.dialects) {
      const room = dialectRoom(dialect, roomId);
      for (const name of namespaces) this.namespace(name).local.in(room).socketsLeave(room);
    }
  }

  /** Ends every connection of a user: here at once, elsewhere as soon as it is told. */
  disconnectUser(userId: string): void {
    for (const name of this.namespaces()) {
      const namespace = this.namespace(name);
      namespace.local.in(userRoom(userId)).disconnectSockets(true);
      if (this.cluster.shared) namespace.in(userRoom(userId)).disconnectSockets(true);
    }
  }

  private roomsOf(roomId: string): string[] {
    return [...this.dialects.keys()].map((dialect) => dialectRoom(dialect, roomId));
  }

  /**
   * Closes transports without a Socket.IO disconnect, so that clients reconnect by themselves: "io server
   * disconnect" would stop them. New connections are refused from here on.
   */
  close(): Promise<void> {
    return (this.closing ??= this.closeTransports());
  }

  private async closeTransports(): Promise<void> {
    this.gate.close();
    this.stopWatching?.();
    if (!this.server) return;
    flushUnsent();
    const { clients } = this.server.engine as unknown as { clients: Record<string, EngineConnection> };
    const connections = Object.values(clients);
    // Between two polls there is nothing to say it on: the next one finds its session gone, and starts anew.
    const isPolling = ({ transport }: EngineConnection): boolean => transport.name === 'polling';
    for (const connection of connections.filter(isPolling)) cutConnection(connection);
    const sockets = connections.filter((connection) => !isPolling(connection));
    const closed = sockets.map((connection) => new Promise<void>((done) => connection.once('close', done)));
    for (const connection of sockets) connection.transport.close();
    const deadline = setTimeout(() => {
      for (const connection of sockets) connection.transport.socket?.terminate?.();
    }, UNREAD_CLOSE_MS);
    await Promise.all(closed);
    clearTimeout(deadline);
  }
}
