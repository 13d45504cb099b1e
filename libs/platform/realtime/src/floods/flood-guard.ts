import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { IncomingMessage } from 'node:http';
import type { Server } from 'socket.io';
import { AppConfig } from '#libs/platform/config';
import { commonErrors, DomainError } from '#libs/platform/errors';
import { Metrics } from '#libs/platform/metrics';
import { HandshakeGate } from '../admission/handshake-gate.js';
import { refuseRequest, responseOf } from '../admission/refuse-request.js';
import { cutConnection, type EngineConnection, type EngineTransport } from '../engine-connection.js';
import type { ChatSocket } from '../socket-types.js';
import { FrameBudget, type FrameRate } from './frame-budget.js';
import { pacedWebSockets, type PacedWebSocket } from './paced-web-socket.js';
import { Pacer } from './pacer.js';
import { pacePolling } from './pace-polling.js';

/** Frames for each event that a connection may send: heartbeats, acknowledgements, and events that are refused. */
const FRAMES_PER_EVENT = 5;
const LEAST_FRAMES_PER_SECOND = 500;
/** On average, of all that a connection may send. */
const BYTES_PER_FRAME = 2_048;
/** What all connections of a sender may, in connections that use up what is theirs. */
const SHARED_CONNECTIONS = 3;
const REMEMBERED_SENDERS = 50_000;
/** Requests of one polling session that may wait for their turn; a client has two under way. */
const MAX_HELD_REQUESTS = 4;
/** One is enough; clients try again when it fails. */
const MAX_UPGRADES = 5;
/** Time for the reason to arrive before the connection is cut. */
const CUT_AFTER_MS = 2_000;
/** Seconds until one whose connection was closed may try again. */
const FLOODED_WAIT_S = 10;
const METHODS = 'GET, POST, OPTIONS';

interface Peer {
  readonly connection: EngineConnection;
  readonly address: string;
  /** One for each transport; of the one in use. */
  pacer: Pacer;
  /** Of its namespaces, and on how many of them somebody has authenticated. */
  readonly sockets: ChatSocket[];
  identified: number;
  heldRequests: number;
  upgrades: number;
  /** It is being closed for what it sent. */
  flooded: boolean;
}

/** Told that a connection sends too much; it has to end these sockets. */
export type FloodObserver = (sockets: readonly ChatSocket[], error: DomainError) => void;

/**
 * Watches what comes in on each connection, before Engine.IO does: slows a sender down to what it may send, and closes
 * a connection that goes on nevertheless (docs/decisions/0019).
 */
@Injectable()
export class FloodGuard {
  private readonly logger = new Logger(FloodGuard.name);
  private readonly peers = new WeakMap<object, Peer>();
  private readonly senders = new LRUCache<string, FrameBudget>({ max: REMEMBERED_SENDERS });
  private readonly rate: FrameRate;
  private readonly floods;
  private observer: FloodObserver = () => undefined;

  constructor(
    config: AppConfig,
    metrics: Metrics,
    private readonly gate: HandshakeGate,
  ) {
    const frames = Math.max(LEAST_FRAMES_PER_SECOND, config.sockets.eventsPerSecond * FRAMES_PER_EVENT);
    this.rate = { frames, bytes: frames * BYTES_PER_FRAME };
    this.floods = metrics.counter('switchboard_floods_total', 'Connections closed for sending too much', [
      'transport',
    ]);
  }

  observe(observer: FloodObserver): void {
    this.observer = observer;
  }

  /** Engine.IO's WebSocket server. */
  readonly webSocketServer = pacedWebSockets((webSocket, request) => this.paceWebSocket(webSocket, request));

  watch(server: Server): void {
    const engine = server.engine as unknown as Engine;
    engine.use((request, _response, next) => this.receive(engine, request, next));
    // Before whoever takes the request away.
    engine.prependListener('connection', (connection) => this.connected(connection));
  }

  entered(socket: ChatSocket): void {
    this.peerOf(socket)?.sockets.push(socket);
  }

  /** Somebody has authenticated: from now on their connections are counted together, not those of the address. */
  identified(socket: ChatSocket, userId: string): void {
    const peer = this.peerOf(socket);
    if (!peer) return;
    peer.identified += 1;
    peer.pacer.shared = this.sender(`user:${userId}`);
    this.gate.identified(peer.connection, userId);
  }

  left(socket: ChatSocket): void {
    const peer = this.peerOf(socket);
    if (!peer) return;
    const at = peer.sockets.indexOf(socket);
    if (at >= 0) peer.sockets.splice(at, 1);
    if (!socket.data.actor) return;
    peer.identified -= 1;
    if (peer.identified > 0) return;
    peer.pacer.shared = this.sender(peer.address);
    this.gate.unidentified(peer.connection);
  }

  private peerOf(socket: ChatSocket): Peer | undefined {
    return this.peers.get(socket.conn);
  }

  private sender(key: string): FrameBudget {
    let budget = this.senders.get(key);
    if (!budget) {
      const { frames, bytes } = this.rate;
      budget = new FrameBudget({ frames: frames * SHARED_CONNECTIONS, bytes: bytes * SHARED_CONNECTIONS });
      this.senders.set(key, budget);
    }
    return budget;
  }

  private paceWebSocket(webSocket: PacedWebSocket, request: IncomingMessage): Pacer {
    const flow = {
      pause: () => webSocket.pause(),
      resume: () => webSocket.resume(),
      flooded: () => {
        webSocket.flooded = true;
        const peer = this.peers.get(webSocket);
        if (peer) this.flooded(peer);
        else webSocket.terminate();
      },
    };
    return new Pacer(flow, new FrameBudget(this.rate), this.sender(this.gate.addressOf(request)));
  }

  private connected(connection: EngineConnection): void {
    const address = this.gate.addressOf(connection.request);
    this.gate.connected(connection);
    const webSocket = webSocketOf(connection.transport);
    const peer: Peer = {
      connection,
      address,
      pacer: webSocket?.pacer ?? this.pacePolling(connection, address),
      sockets: [],
      identified: 0,
      heldRequests: 0,
      upgrades: 0,
      flooded: false,
    };
    this.peers.set(connection, peer);
    if (webSocket) {
      this.peers.set(webSocket, peer);
      return;
    }
    connection.on('upgrade', (transport) => {
      const upgraded = webSocketOf(transport);
      if (!upgraded?.pacer) return;
      upgraded.pacer.shared = peer.pacer.shared;
      peer.pacer = upgraded.pacer;
      this.peers.set(upgraded, peer);
    });
  }

  private pacePolling(connection: EngineConnection, address: string): Pacer {
    const flooded = (): void => {
      const peer = this.peers.get(connection);
      if (peer) this.flooded(peer);
    };
    // Its requests wait instead.
    const flow = { pause: () => undefined, resume: () => undefined, flooded };
    const pacer = new Pacer(flow, new FrameBudget(this.rate), this.sender(address));
    pacePolling(connection.transport, pacer, flooded);
    return pacer;
  }

  /** Every request of Engine.IO, before it looks at it. */
  private receive(
    engine: Engine,
    request: IncomingMessage & { _query?: { sid?: string } },
    next: () => void,
  ): void {
    const { method } = request;
    if (method === 'OPTIONS') return allowMethods(request);
    if (method !== 'GET' && method !== 'POST')
      return refuseRequest(request, methodNotAllowed, { status: 405, headers: { Allow: METHODS } });
    const sid = request._query?.sid;
    const connection =
      sid !== undefined && Object.hasOwn(engine.clients, sid) ? engine.clients[sid] : undefined;
    const peer = connection && this.peers.get(connection);
    if (!peer) return next();
    if (!responseOf(request)) {
      peer.upgrades += 1;
      return peer.upgrades > MAX_UPGRADES ? refuseRequest(request, tooManyRequests) : next();
    }
    // It may still fetch the reason.
    if (peer.flooded && method === 'POST') return refuseRequest(request, tooManyRequests);
    const wait = peer.pacer.request();
    if (wait === 0) return next();
    if (peer.heldRequests >= MAX_HELD_REQUESTS) return refuseRequest(request, tooManyRequests);
    peer.heldRequests += 1;
    setTimeout(() => {
      peer.heldRequests -= 1;
      next();
    }, wait * 1_000).unref();
  }

  private flooded(peer: Peer): void {
    const { connection, address, pacer, sockets } = peer;
    peer.flooded = true;
    pacer.end();
    this.floods.inc({ transport: connection.transport.name });
    this.logger.warn(
      { connection: connection.id, address, userId: sockets.find(({ data }) => data.actor)?.data.actor?.id },
      'Closed a connection that sends more than it may, although it was slowed down',
    );
    this.observer([...sockets], commonErrors.rateLimited(FLOODED_WAIT_S, 'frames'));
    connection.close();
    setTimeout(() => cutConnection(connection), CUT_AFTER_MS).unref();
  }
}

interface Engine {
  readonly clients: Record<string, EngineConnection>;
  use(middleware: (request: IncomingMessage, response: unknown, next: () => void) => void): void;
  prependListener(event: 'connection', listener: (connection: EngineConnection) => void): void;
}

const tooManyRequests = commonErrors.rateLimited(1, 'requests of this session');
const methodNotAllowed = new DomainError(
  'METHOD_NOT_ALLOWED',
  'validation',
  'Sockets take GET and POST only; see /docs/events.',
);

/** Without an origin no CORS middleware has answered it. */
function allowMethods(request: IncomingMessage): void {
  responseOf(request)?.writeHead(204, { Allow: METHODS, 'Content-Length': '0' }).end();
}

const webSocketOf = (transport: EngineTransport): PacedWebSocket | undefined =>
  transport.name === 'websocket' ? (transport.socket as unknown as PacedWebSocket) : undefined;
