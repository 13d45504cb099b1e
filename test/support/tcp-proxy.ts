import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Line } from './line.js';

interface Pair {
  client: Socket;
  target: Socket;
  lines: Line[];
  /** What is sent on it vanishes, in both directions, for ever: the state of a firewall that forgot it. */
  silent: boolean;
  /** It ends when the target answers, and the answer is lost. */
  cutOnAnswer?: PlannedCut;
}

/** Looks into one connection. */
export interface Tap {
  fromClient(chunk: Buffer): void;
  /** @returns whether the client gets it */
  fromTarget(chunk: Buffer): boolean;
}

/** Makes the tap of a connection that comes up, which may cut it. */
export type Tapping = (cut: () => void) => Tap;

/** Stands between the server and its database, and can be a bad network. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private swallowing = false;
  private readonly conditions = { delayMs: 0, frozen: false };
  private planned: PlannedCut | undefined;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private target: { port: number; host: string },
    private readonly tapping?: Tapping,
  ) {}

  static async start(targetPort: number, targetHost = '127.0.0.1', tapping?: Tapping): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const proxy = new TcpProxy(server, port, { port: targetPort, host: targetHost }, tapping);
    server.on('connection', (client) => proxy.join(client, connect(proxy.target.port, proxy.target.host)));
    return proxy;
  }

  /** The address of a database as it is reached through a proxy of its own. */
  static async before(url: string, tapping?: Tapping): Promise<{ proxy: TcpProxy; url: string }> {
    const target = new URL(url);
    const proxy = await TcpProxy.start(Number(target.port), target.hostname, tapping);
    return { proxy, url: Object.assign(target, { port: String(proxy.port) }).href };
  }

  get connections(): number {
    return this.pairs.size;
  }

  /** What connects from now on is led there. */
  leadTo(port: number): void {
    this.target = { ...this.target, port };
  }

  /** Ends what is connected; new connections pass. */
  cut(): void {
    for (const pair of this.pairs) this.cutOne(pair);
  }

  /**
   * The next connection that sends this text (`COMMIT`) does not get its answer: it arrives at the target and takes
   * effect, and then the connection is cut.
   */
  cutAnswersTo(text: string): void {
    this.planned = plan(text, 'answer');
  }

  /** The next connection that sends this text is cut before it arrives. */
  cutBefore(text: string): void {
    this.planned = plan(text, 'question');
  }

  /** Resolves when the connection that was to be cut is. */
  cutHappened(): Promise<void> {
    return this.planned?.happened ?? Promise.resolve();
  }

  /** Ends what is connected and refuses what comes (ECONNREFUSED). */
  async refuse(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }

  /** Neither answers nor ends anything, also what connects from now on. */
  silence(): void {
    this.swallowing = true;
    for (const pair of this.pairs) pair.silent = true;
  }

  /** Nothing moves, the ends of connections included, until `thaw` delivers it all. */
  freeze(): void {
    this.conditions.frozen = true;
  }

  thaw(): void {
    this.conditions.frozen = false;
    for (const { lines } of this.pairs) for (const line of lines) line.move();
  }

  /** Everything takes so long in each direction, from now on. */
  delay(ms: number): void {
    this.conditions.delayMs = ms;
  }

  /** New connections pass again; silenced ones stay silent. */
  async resume(): Promise<void> {
    this.swallowing = false;
    if (this.server.listening) return;
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    if (this.server.listening) await this.refuse();
    else this.cut();
  }

  private cutOne({ client, target, lines }: Pair): void {
    for (const line of lines) line.forget();
    client.resetAndDestroy();
    target.destroy();
  }

  private join(client: Socket, target: Socket): void {
    const [toTarget, toClient] = [new Line(target, this.conditions), new Line(client, this.conditions)];
    const pair: Pair = { client, target, lines: [toTarget, toClient], silent: this.swallowing };
    this.pairs.add(pair);
    const tap = this.tapping?.(() => this.cutOne(pair));
    client.on('data', (chunk: Buffer) => {
      if (pair.silent || this.isCutBy(pair, chunk)) return;
      tap?.fromClient(chunk);
      toTarget.write(chunk);
    });
    target.on('data', (chunk: Buffer) => {
      if (pair.cutOnAnswer) this.cutAsPlanned(pair, pair.cutOnAnswer);
      else if (!pair.silent && (tap?.fromTarget(chunk) ?? true)) toClient.write(chunk);
    });
    for (const [from, line] of [
      [client, toTarget],
      [target, toClient],
    ] as const) {
      from.on('error', () => undefined);
      from.on('close', () => {
        if (!pair.silent) line.end();
        else if (client.destroyed) target.destroy();
        if (client.destroyed && target.destroyed) this.pairs.delete(pair);
      });
    }
  }

  /** @returns whether this chunk must not arrive */
  private isCutBy(pair: Pair, sent: Buffer): boolean {
    const { planned } = this;
    if (!planned || planned.done || !sent.includes(planned.text)) return false;
    planned.done = true;
    if (planned.at === 'question') this.cutAsPlanned(pair, planned);
    else pair.cutOnAnswer = planned;
    return planned.at === 'question';
  }

  private cutAsPlanned(pair: Pair, planned: PlannedCut): void {
    this.cutOne(pair);
    planned.tell();
  }
}

interface PlannedCut {
  text: string;
  at: 'question' | 'answer';
  done: boolean;
  happened: Promise<void>;
  tell(): void;
}

function plan(text: string, at: PlannedCut['at']): PlannedCut {
  let tell = (): void => undefined;
  const happened = new Promise<void>((resolve) => (tell = resolve));
  return { text, at, done: false, happened, tell: () => tell() };
}
