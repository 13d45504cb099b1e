import { io, type Socket } from 'socket.io-client';
import { CliError } from '../command-line.js';
import type { Printer } from './printer.js';

/** A step that takes longer than this has failed: on a healthy server each takes a few milliseconds. */
const STEP_MS = 5_000;

export type Payload = Record<string, unknown>;

interface RestBody {
  success: boolean;
  data: Payload;
  error?: string;
  code?: string;
}

export interface SideOptions {
  /** Origin of the server. */
  url: string;
  token: string;
  printer: Printer;
}

/** One side of the conversation: acts by REST and by socket, and says what it sees. */
export class Side {
  private socket: Socket | undefined;
  private readonly received: { event: string; payload: Payload }[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly name: string,
    private readonly options: SideOptions,
  ) {}

  /** Says what it is about to do. */
  does(text: string): void {
    this.options.printer.line(this.name, '→', text);
  }

  sees(text: string): void {
    this.options.printer.line(this.name, '←', text);
  }

  /** @returns `data` of the answer. @throws CliError where it is a refusal or there is no answer. */
  async rest(method: string, path: string, body?: unknown): Promise<Payload> {
    const { url, token } = this.options;
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(STEP_MS),
    }).catch((error: unknown) => {
      throw new CliError(`${method} ${path} got no answer: ${error instanceof Error ? error.message : ''}`);
    });
    const answer = (await response.json()) as RestBody;
    if (answer.success) return answer.data;
    throw new CliError(`${method} ${path} was refused: ${response.status} ${answer.code}: ${answer.error}`);
  }

  async connect(): Promise<void> {
    const socket = io(`${this.options.url}/chat`, {
      auth: { token: this.options.token },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    this.socket = socket;
    socket.onAny((event: string, payload: Payload) => {
      this.received.push({ event, payload });
      for (const check of [...this.waiting]) check();
    });
    await within(
      `${this.name} connects`,
      new Promise<void>((resolve, reject) => {
        socket.on('connect', resolve);
        socket.on('connect_error', (error) => reject(new CliError(`${this.name}: ${error.message}`)));
      }),
    );
  }

  /** Emits and waits for the acknowledgement. @returns its `data`. @throws CliError for a refusal. */
  async emit(event: string, payload: Payload): Promise<Payload> {
    const answer = await this.ask(event, payload);
    if (answer.success) return answer.data;
    throw new CliError(`${event} was refused: ${answer.code}: ${answer.error}`);
  }

  /** As `emit`, where a refusal is what the demonstration is about. @returns its code. */
  async emitRefused(event: string, payload: Payload): Promise<string> {
    const answer = await this.ask(event, payload);
    if (answer.success) throw new CliError(`${event} should have been refused.`);
    return String(answer.code);
  }

  /** The first such event, received already or yet to come; it is then used up. */
  async next(event: string, accepts: (payload: Payload) => boolean = () => true): Promise<Payload> {
    const find = (): Payload | undefined => {
      const index = this.received.findIndex((entry) => entry.event === event && accepts(entry.payload));
      return index < 0 ? undefined : this.received.splice(index, 1)[0]?.payload;
    };
    const found = find();
    if (found) return found;
    return within(
      `${this.name} receives ${event}`,
      new Promise<Payload>((resolve) => {
        const check = (): void => {
          const payload = find();
          if (!payload) return;
          this.waiting.delete(check);
          resolve(payload);
        };
        this.waiting.add(check);
      }),
    );
  }

  close(): void {
    this.socket?.disconnect();
  }

  private async ask(event: string, payload: Payload): Promise<RestBody> {
    if (!this.socket) throw new Error(`${this.name} is not connected`);
    return within(`${event} is acknowledged`, this.socket.emitWithAck(event, payload) as Promise<RestBody>);
  }
}

async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new CliError(`It took too long: ${what} (${STEP_MS} ms).`)), STEP_MS);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
