import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { IncomingMessage } from 'node:http';
import { AppConfig } from '#libs/platform/config';
import { commonErrors, DomainError } from '#libs/platform/errors';
import { Metrics } from '#libs/platform/metrics';
import { TokenBucket } from '#libs/platform/rate-limit';
import { cutConnection, type EngineConnection } from '../engine-connection.js';
import { Admission, type Visit } from './admission.js';
import { clientAddress } from './client-address.js';
import { refuseRequest, responseOf } from './refuse-request.js';

const TICK_MS = 250;
/** Requests that may wait; one costs some 10 kB. */
const MAX_WAITING = 4_096;
const MAX_WAIT_MS = 5_000;
/** After the time to authenticate, which ends with an error in the client's own dialect where it has one. */
const GRACE_MS = 2_000;
/** Seconds until one who was refused may come back: spread, so that a crowd does not return at once. */
const RETRY_AFTER_S = { least: 1, most: 5 };
/** A user may connect so often; beyond that a connection keeps its place as if nobody had authenticated it. */
const CONNECTS_PER_SECOND = 5;
const CONNECTS_AT_ONCE = 100;
const REMEMBERED_USERS = 50_000;

/**
 * Lets handshakes in as fast as they can be served, and bounds the connections that nobody has authenticated, by
 * address and in total (docs/decisions/0020). Who waits too long is told when to come back.
 */
@Injectable()
export class HandshakeGate {
  private readonly logger = new Logger(HandshakeGate.name);
  private readonly admission: Admission;
  private readonly pending = new WeakMap<IncomingMessage, Pending>();
  private readonly visits = new WeakMap<EngineConnection, Visit>();
  private readonly connections = new WeakMap<Visit, EngineConnection>();
  private readonly connects = new LRUCache<string, TokenBucket>({ max: REMEMBERED_USERS });
  private readonly timer: NodeJS.Timeout;
  private readonly refusals;
  private closed = false;

  constructor(
    private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    const { sockets } = config;
    const limits = {
      perAddress: sockets.anonymousPerAddress,
      total: sockets.anonymous,
      atOnce: sockets.handshakesAtOnce,
      waiting: MAX_WAITING,
      waitMs: MAX_WAIT_MS,
      anonymousMs: sockets.authenticateWithinMs + GRACE_MS,
    };
    this.admission = new Admission(limits, (visit) => this.expire(visit));
    metrics.gauge(
      'switchboard_connections_anonymous',
      'Open socket connections that nobody has authenticated',
      () => this.admission.figures.anonymous,
    );
    metrics.gauge(
      'switchboard_handshakes_waiting',
      'Socket handshakes that wait for a place',
      () => this.admission.figures.waiting,
    );
    this.refusals = metrics.counter(
      'switchboard_handshakes_refused_total',
      'Socket handshakes that were told to come back later',
      ['reason'],
    );
    this.timer = setInterval(() => this.admission.tick(performance.now()), TICK_MS);
    this.timer.unref();
  }

  addressOf(request: IncomingMessage): string {
    return clientAddress(request, this.config.http.trustProxy);
  }

  /** A handshake: `admit` is called when there is a place for it; else it is answered here. */
  enter(request: IncomingMessage, admit: () => void): void {
    if (this.closed) return this.refuse(request, 'stopping');
    const guest = { admit, refuse: (reason: 'address' | 'server') => this.refuse(request, reason) };
    const visit = this.admission.enter(this.addressOf(request), guest, performance.now());
    const response = responseOf(request);
    const { socket } = request;
    const gone = (): void => this.admission.left(visit, performance.now());
    (response ?? socket).once('close', gone);
    // While it waits nobody else listens, and an error that nobody hears ends the process.
    if (!response) socket.on('error', gone);
    const forget = (): void => {
      (response ?? socket).removeListener('close', gone);
      socket.removeListener('error', gone);
    };
    this.pending.set(request, { visit, forget });
  }

  /** The handshake has become a connection, which takes its place along. */
  connected(connection: EngineConnection): void {
    const entered = this.pending.get(connection.request);
    if (!entered) return;
    const { visit, forget } = entered;
    forget();
    this.visits.set(connection, visit);
    this.connections.set(visit, connection);
    connection.once('close', () => this.admission.left(visit, performance.now()));
  }

  /** Somebody has authenticated on the connection. */
  identified(connection: EngineConnection, userId: string): void {
    const visit = this.visits.get(connection);
    if (!visit) return;
    let bucket = this.connects.get(userId);
    if (!bucket) this.connects.set(userId, (bucket = new TokenBucket(CONNECTS_PER_SECOND, CONNECTS_AT_ONCE)));
    this.admission.identified(visit, performance.now(), bucket.take() === 0);
  }

  /** Whoever authenticated has left; the connection stays. */
  unidentified(connection: EngineConnection): void {
    const visit = this.visits.get(connection);
    if (visit) this.admission.unidentified(visit, performance.now());
  }

  /** New handshakes are refused from here on, and those that wait. */
  close(): void {
    this.closed = true;
    clearInterval(this.timer);
    this.admission.refuseAll();
  }

  private refuse(request: IncomingMessage, reason: 'address' | 'server' | 'stopping'): void {
    this.refusals.inc({ reason });
    const { least, most } = RETRY_AFTER_S;
    const seconds = least + Math.floor(Math.random() * (most - least + 1));
    refuseRequest(
      request,
      reason === 'address' ? tooManyOfAddress(seconds) : busy(seconds, reason === 'stopping'),
    );
  }

  private expire(visit: Visit): void {
    const connection = this.connections.get(visit);
    if (!connection) return;
    this.logger.debug({ connection: connection.id }, 'Closed a connection that nobody authenticated');
    cutConnection(connection);
  }
}

interface Pending {
  visit: Visit;
  /** Stops listening for the end of the request. */
  forget(): void;
}

const tooManyOfAddress = (seconds: number): DomainError =>
  commonErrors.rateLimited(seconds, 'connections without authentication from this address');

const busy = (seconds: number, stopping: boolean): DomainError =>
  new DomainError(
    'SERVICE_UNAVAILABLE',
    'unavailable',
    stopping
      ? 'The server is stopping.'
      : `The server takes no more connections at the moment; try again in ${seconds} s.`,
    { retryAfter: seconds },
  );
