import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppConfig } from '#libs/platform/config';
import type { Dialect } from '#libs/platform/dialects';
import { commonErrors, DomainError } from '#libs/platform/errors';
import { failureBody } from '#libs/platform/http';
import { Metrics } from '#libs/platform/metrics';
import { TokenBucket } from '#libs/platform/rate-limit';
import { ANY_DIALECT, type DialectClassifier } from '../dialects.js';
import { RealtimeServer } from '../realtime-server.js';
import type { Ack, ChatSocket } from '../socket-types.js';
import { BURST_SECONDS, UserBudgets } from '../user-budgets.js';
import { EventQueue, type QueueTurn } from './event-queue.js';
import { EventTable, type SocketRoute } from './event-table.js';
import { toEventError } from './nest-errors.js';
import { AnsweringTurn } from './turn.js';

const QUEUE_CAPACITY = 256;
const FLOOD_TOLD_EVERY_MS = 1_000;
const FINISH_EVENTS_MS = 1_000;

/**
 * How an event travels, whatever it is: rate, queue of its socket, dialect, order, and then what its gateway declares
 * (guards, payload, method), its acknowledgement and its errors (docs/gateways.md).
 */
@Injectable()
export class SocketEvents implements OnModuleDestroy {
  private readonly logger = new Logger(SocketEvents.name);
  private readonly listener: (this: ChatSocket, event: unknown, ...args: unknown[]) => void;
  private readonly running = new Set<Promise<void>>();
  private stopping = false;
  private classify: DialectClassifier = (_event, _payload, candidates) => candidates[0] as string;

  constructor(
    private readonly routes: EventTable,
    private readonly realtime: RealtimeServer,
    private readonly config: AppConfig,
    private readonly metrics: Metrics,
    private readonly userBudgets: UserBudgets,
  ) {
    const receive = this.receive.bind(this);
    // Socket.IO calls it with the connection as `this`.
    this.listener = function (this: ChatSocket, event: unknown, ...args: unknown[]) {
      receive(this, String(event), args);
    };
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
    return this.routes.all();
  }

  /** All events of a connection, by one listener that all connections share. */
  listen(socket: ChatSocket): void {
    socket.onAny(this.listener);
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
    dialect: Dialect,
    event: string,
    error: DomainError,
    ack?: Ack,
    withEvents = true,
  ): void {
    this.metrics.socketEvents.inc({ event: this.metricName(event), outcome: error.code });
    if (withEvents)
      for (const answer of dialect.errorEvents(error, event))
        socket.emit(answer.event, answer.payload as never);
    ack?.(failureBody(error, dialect));
  }

  /** The dialect of an event, also of an unknown one: its errors must be told in some form. */
  dialectOf(socket: ChatSocket, event: string, payload: unknown): Dialect {
    const known = this.routes.in(socket.nsp.name, event);
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
    { earlier, letNext }: QueueTurn,
  ): Promise<void> {
    const { actor } = socket.data;
    const turn = new AnsweringTurn(letNext);
    let dialect: Dialect | undefined;
    let route: SocketRoute | undefined;
    try {
      dialect = this.dialectOf(socket, event, payload);
      if (this.stopping) throw commonErrors.unavailable('The server is stopping.');
      route = this.routes
        .in(socket.nsp.name, event)
        .find((candidate) => candidate.dialect === dialect?.name || candidate.dialect === ANY_DIALECT);
      if (!route)
        throw new DomainError(
          'NOT_FOUND',
          'not_found',
          `There is no event ${JSON.stringify(event.slice(0, 64))}; see /docs/events.`,
        );
      if (!route.metadata.pipelined) await earlier();
      if (!socket.connected && !route.metadata.outlivesConnection) return;
      const result = await route.handler.handle(socket, payload, turn, event);
      ack?.({ success: true, data: result ?? null });
      this.metrics.socketEvents.inc({ event, outcome: 'ok' });
    } catch (thrown) {
      const error = toEventError(thrown);
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
      turn.answered();
    }
  }

  private dialectsOf(socket: ChatSocket): readonly string[] {
    return this.realtime.dialectsIn(socket.nsp.name);
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
