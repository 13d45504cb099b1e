import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { ACCESS_RULE, requireAccess, type AccessRule } from '#libs/platform/auth';
import { AppConfig } from '#libs/platform/config';
import { commonErrors, DomainError, toDomainError } from '#libs/platform/errors';
import { Metrics } from '#libs/platform/metrics';
import { TokenBucket } from '#libs/platform/rate-limit';
import { inspectPayload, parse } from '#libs/platform/validation';
import type { DialectClassifier, SocketDialect } from './dialects.js';
import { EventQueue, type EventTurn } from './event-queue.js';
import {
  GATEWAY,
  SOCKET_EVENT,
  type GatewayOptions,
  type SocketEventMetadata,
} from './gateway.decorators.js';
import { RealtimeServer } from './realtime-server.js';
import type { Ack, ChatSocket, SocketContext } from './socket-types.js';
import { BURST_SECONDS, UserBudgets } from './user-budgets.js';

/** Events about the connection itself, the same in every dialect. */
export const ANY_DIALECT = '*';
const QUEUE_CAPACITY = 256;
const FLOOD_TOLD_EVERY_MS = 1_000;
const FINISH_EVENTS_MS = 1_000;

const NO_ROUTES: readonly SocketRoute[] = [];

export interface SocketRoute {
  dialect: string;
  metadata: SocketEventMetadata;
  access: AccessRule | undefined;
  handle(context: SocketContext, payload: unknown): unknown;
}

/**
 * One table of events for each namespace, made of the gateways at start. Every event passes the same way: rate,
 * queue of its socket, dialect, authentication, access, payload, handler, acknowledgement.
 */
@Injectable()
export class SocketRouter implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(SocketRouter.name);
  private readonly routes = new Map<string, SocketRoute[]>();
  private readonly candidatesByNamespace = new Map<string, Map<string, readonly SocketRoute[]>>();
  private readonly running = new Set<Promise<void>>();
  private stopping = false;
  private classify: DialectClassifier = (_event, _payload, candidates) => candidates[0] as string;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly realtime: RealtimeServer,
    private readonly config: AppConfig,
    private readonly metrics: Metrics,
    private readonly userBudgets: UserBudgets,
  ) {}

  onModuleInit(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      const gateway = metatype && (Reflect.getMetadata(GATEWAY, metatype) as GatewayOptions | undefined);
      if (gateway && instance) this.addGateway(instance as object, gateway);
    }
  }

  /** Before the transports close: no new events, and those under way may still be acknowledged. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    const patience = new AbortController();
    const timeout = sleep(FINISH_EVENTS_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.running), timeout]);
    patience.abort();
  }

  /** For namespaces that several dialects share. */
  useClassifier(classify: DialectClassifier): void {
    this.classify = classify;
  }

  /** Every route by event name, for documentation and tests. */
  table(): ReadonlyMap<string, readonly SocketRoute[]> {
    return this.routes;
  }

  /** Entry of every event of every socket. Never throws. */
  receive(socket: ChatSocket, event: string, args: unknown[]): void {
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as Ack) : undefined;
    const payload = ack && args.length === 1 ? undefined : args[0];
    const wait = this.charge(socket);
    if (wait > 0) {
      this.refuseFlood(socket, event, payload, ack, commonErrors.rateLimited(wait, 'events'));
      return;
    }
    const queue = (socket.data.queue ??= new EventQueue(QUEUE_CAPACITY));
    if (!queue.push((turn) => this.track(this.run(socket, event, payload, ack, turn)))) {
      this.refuseFlood(socket, event, payload, ack, commonErrors.rateLimited(1, 'events'));
    }
  }

  /** Answers an error as the dialect's document has it: its error events (unless told not to), and the acknowledgement. */
  refuse(
    socket: ChatSocket,
    dialect: SocketDialect,
    event: string,
    error: DomainError,
    ack?: Ack,
    withEvents = true,
  ): void {
    this.metrics.socketEvents.inc({ event: this.metricName(event), outcome: error.code });
    if (withEvents)
      for (const answer of dialect.errorEvents(error, event))
        socket.emit(answer.event, answer.payload as never);
    ack?.({
      success: false,
      error: error.message,
      code: dialect.codeOf?.(error) ?? error.code,
      details: dialect.detailsOf?.(error) ?? error.details,
    });
  }

  /** The dialect of an event, also of an unknown one: its errors must be told in some form. */
  dialectOf(socket: ChatSocket, event: string, payload: unknown): SocketDialect {
    const known = this.candidates(socket, event);
    if (known.length === 1 && known[0]?.dialect !== ANY_DIALECT)
      return this.realtime.dialect(known[0]?.dialect as string);
    const candidates = known.filter((route) => route.dialect !== ANY_DIALECT);
    const names = candidates.length > 0 ? candidates.map((route) => route.dialect) : this.dialectsOf(socket);
    return this.realtime.dialect(
      names.length === 1 ? (names[0] as string) : this.choose(event, payload, names),
    );
  }

  /** The classifier sees payloads that nothing has checked yet: a fault of its own must cost this one event alone. */
  private choose(event: string, payload: unknown, names: readonly string[]): string {
    try {
      return this.classify(event, payload, names);
    } catch (error) {
      this.logger.error({ err: error, event: this.metricName(event) }, 'An event could not be classified');
      return names[0] as string;
    }
  }

  /** Never rejects: the queue would stand still, and an unhandled rejection ends the process. */
  private track(task: Promise<void>): Promise<void> {
    const done = task
      .catch((error: unknown) => this.logger.error({ err: error }, 'An event could not be answered'))
      .finally(() => this.running.delete(done));
    this.running.add(done);
    return done;
  }

  private async run(
    socket: ChatSocket,
    event: string,
    payload: unknown,
    ack: Ack | undefined,
    { earlier, letNext }: EventTurn,
  ): Promise<void> {
    const { actor } = socket.data;
    const afterwards: (() => void)[] = [];
    let dialect: SocketDialect | undefined;
    let route: SocketRoute | undefined;
    try {
      dialect = this.dialectOf(socket, event, payload);
      if (this.stopping) throw commonErrors.unavailable('The server is stopping.');
      route = this.candidates(socket, event).find(
        (candidate) => candidate.dialect === dialect?.name || candidate.dialect === ANY_DIALECT,
      );
      if (!route)
        throw new DomainError(
          'NOT_FOUND',
          'not_found',
          `There is no event ${JSON.stringify(event.slice(0, 64))}; see /docs/events.`,
        );
      if (!route.metadata.pipelined) await earlier();
      if (!socket.connected && !route.metadata.outlivesConnection) return;
      if (route.access !== 'public') {
        if (!actor) throw commonErrors.unauthorized('Authenticate first.');
        requireAccess(route.access, actor);
      }
      const afterAnswer = (callback: () => void): void => void afterwards.push(callback);
      const context = { socket, actor, afterAnswer, letNext } as SocketContext;
      const result = await this.handle(route, context, payload);
      ack?.({ success: true, data: result ?? null });
      this.metrics.socketEvents.inc({ event, outcome: 'ok' });
    } catch (thrown) {
      const error = toDomainError(thrown);
      if (error.kind === 'internal')
        this.logger.error(
          { err: thrown, socketId: socket.id, userId: actor?.id, event: this.metricName(event) },
          'An event failed',
        );
      this.refuse(
        socket,
        dialect ?? this.realtime.dialect(this.dialectsOf(socket)[0] as string),
        event,
        error,
        ack,
        // A refused token is told in every dialect's way, by whoever ends the connection.
        !(route?.dialect === ANY_DIALECT && error.kind === 'unauthenticated'),
      );
    } finally {
      for (const callback of afterwards) callback();
    }
  }

  private async handle(route: SocketRoute, context: SocketContext, payload: unknown): Promise<unknown> {
    if (!route.metadata.payload) return route.handle(context, undefined);
    inspectPayload(payload);
    return route.handle(context, parse(route.metadata.payload, payload ?? {}));
  }

  /** Routes of an event in the socket's namespace; the table does not change after the start, so it is kept. */
  private candidates(socket: ChatSocket, event: string): readonly SocketRoute[] {
    const routes = this.routes.get(event);
    if (!routes) return NO_ROUTES;
    const namespace = socket.nsp.name;
    let known = this.candidatesByNamespace.get(namespace);
    if (!known) this.candidatesByNamespace.set(namespace, (known = new Map()));
    let candidates = known.get(event);
    if (!candidates) {
      const dialects = this.dialectsOf(socket);
      candidates = routes.filter(
        (route) => route.dialect === ANY_DIALECT || dialects.includes(route.dialect),
      );
      known.set(event, candidates);
    }
    return candidates;
  }

  private dialectsOf(socket: ChatSocket): readonly string[] {
    return this.realtime.dialectsIn(socket.nsp.name);
  }

  private addGateway(instance: object, { dialect }: GatewayOptions): void {
    const prototype = Object.getPrototypeOf(instance) as Record<string, unknown>;
    for (const name of this.scanner.getAllMethodNames(prototype)) {
      const method = prototype[name] as (context: SocketContext, payload: unknown) => unknown;
      const metadata = Reflect.getMetadata(SOCKET_EVENT, method) as SocketEventMetadata | undefined;
      if (!metadata) continue;
      const list = this.routes.get(metadata.event) ?? [];
      if (list.some((route) => route.dialect === dialect))
        throw new Error(`Event ${metadata.event} of ${dialect} is handled twice`);
      const access = Reflect.getMetadata(ACCESS_RULE, method) as AccessRule | undefined;
      list.push({ dialect, metadata, access, handle: method.bind(instance) });
      this.routes.set(metadata.event, list);
    }
  }

  /** Seconds to wait, 0 when the event may pass; charged before anything is parsed, unknown events too. */
  private charge(socket: ChatSocket): number {
    const { eventsPerSecond } = this.config.sockets;
    const bucket = (socket.data.bucket ??= new TokenBucket(eventsPerSecond, eventsPerSecond * BURST_SECONDS));
    const wait = bucket.take();
    if (wait > 0 || !socket.data.actor) return wait;
    return this.userBudgets.take((socket.data.userBudget ??= this.userBudgets.of(socket.data.actor.id)));
  }

  private refuseFlood(
    socket: ChatSocket,
    event: string,
    payload: unknown,
    ack: Ack | undefined,
    error: DomainError,
  ): void {
    // Not the wall clock, which may be set back: then nothing would be told until it has caught up.
    const now = performance.now();
    const told = now - (socket.data.floodToldAt ?? Number.NEGATIVE_INFINITY) < FLOOD_TOLD_EVERY_MS;
    if (!told) socket.data.floodToldAt = now;
    this.refuse(socket, this.dialectOf(socket, event, payload), event, error, ack, !told);
  }

  /** Names that clients invent must not become label values. */
  private metricName(event: string): string {
    return this.routes.has(event) ? event : 'unknown';
  }
}
