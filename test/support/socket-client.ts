import { hearEvent } from './heard.js';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

/** Far more than it takes, for machines that have much else to do; only a failing test waits so long. */
const DEFAULT_TIMEOUT_MS = 15_000;

export interface Received<T = Record<string, unknown>> {
  event: string;
  payload: T;
}

export interface Answer<T = Record<string, unknown>> {
  success: boolean;
  data: T;
  error: string;
  code: string;
  details: Record<string, unknown>[];
}

/** A socket that records everything before anyone waits for it. Waiting has a time limit; nothing sleeps. */
export class SocketClient {
  readonly received: Received[] = [];
  private readonly waiters = new Set<() => void>();

  constructor(readonly socket: Socket) {
    socket.onAny((event: string, payload: Record<string, unknown>) => {
      hearEvent({ namespace: this.namespace, kind: 'server', event, payload });
      this.record(event, payload);
    });
    socket.on('disconnect', (reason) => this.record('disconnect', { reason }));
    socket.on('connect_error', (error: Error & { data?: Record<string, unknown> }) =>
      this.record('connect_error', { message: error.message, ...error.data }),
    );
    socket.on('connect', () => this.record('connect', {}));
  }

  /** Connects and waits for it; rejects with the server's reason. */
  static async connect(
    url: string,
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Promise<SocketClient> {
    const client = SocketClient.open(url, options);
    const first = await client.next(() => true, 'connection');
    if (first.event === 'connect_error') {
      client.close();
      throw Object.assign(new Error(String(first.payload.message)), { payload: first.payload });
    }
    return client;
  }

  /** Starts connecting and waits for nothing. */
  static open(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): SocketClient {
    return new SocketClient(
      io(url, { transports: ['websocket'], forceNew: true, reconnection: false, ...options }),
    );
  }

  emit(event: string, ...payload: unknown[]): void {
    this.socket.emit(event, ...payload);
  }

  /** Emits and waits for the acknowledgement. */
  async ask<T = Record<string, unknown>>(event: string, payload?: unknown): Promise<Answer<T>> {
    const call = this.socket.timeout(DEFAULT_TIMEOUT_MS);
    const answer = (await (payload === undefined
      ? call.emitWithAck(event)
      : call.emitWithAck(event, payload))) as Answer<T>;
    hearEvent({ namespace: this.namespace, kind: 'ack', event, payload: answer });
    return answer;
  }

  /** As `ask`, but a refusal throws. @returns the answer's `data`. */
  async must<T = Record<string, unknown>>(event: string, payload?: unknown): Promise<T> {
    const answer = await this.ask<T>(event, payload);
    if (!answer.success)
      throw new Error(
        `${event} was refused: ${answer.code} ${answer.error} ${JSON.stringify(answer.details)}`,
      );
    return answer.data;
  }

  of<T = Record<string, unknown>>(event: string): T[] {
    return this.received.filter((entry) => entry.event === event).map((entry) => entry.payload as T);
  }

  /** The first payload of this event, received already or yet to come, that the condition accepts. */
  async waitFor<T = Record<string, unknown>>(
    event: string,
    accepts: (payload: T) => boolean = () => true,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<T> {
    const found = await this.next(
      (entry) => entry.event === event && accepts(entry.payload as T),
      event,
      timeoutMs,
    );
    return found.payload as T;
  }

  /** Waits until this event was received `count` times. */
  async waitForCount<T = Record<string, unknown>>(
    event: string,
    count: number,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<T[]> {
    await this.until(() => this.of(event).length >= count, `${count} × ${event}`, timeoutMs);
    return this.of<T>(event);
  }

  forget(): void {
    this.received.length = 0;
  }

  close(): void {
    this.socket.disconnect();
  }

  private get namespace(): string {
    return this.socket['nsp'];
  }

  private async next(
    accepts: (entry: Received) => boolean,
    what: string,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<Received> {
    await this.until(() => this.received.some(accepts), what, timeoutMs);
    return this.received.find(accepts) as Received;
  }

  private until(holds: () => boolean, what: string, timeoutMs: number): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        this.waiters.delete(check);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiters.delete(check);
        const seen = this.received.map((entry) => entry.event).join(', ') || 'nothing';
        reject(new Error(`Waited ${timeoutMs} ms for ${what}; received: ${seen}`));
      }, timeoutMs);
      this.waiters.add(check);
    });
  }

  private record(event: string, payload: Record<string, unknown>): void {
    this.received.push({ event, payload });
    for (const check of [...this.waiters]) check();
  }
}
