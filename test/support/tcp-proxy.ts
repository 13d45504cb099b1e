import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  client: Socket;
  target: Socket;
  /** What is sent on it vanishes, in both directions, for ever: the state of a firewall that forgot it. */
  silent: boolean;
}

/** Stands between the server and its database, and can be a bad network. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private swallowing = false;
  private planned: PlannedCut | undefined;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(targetPort: number, targetHost = '127.0.0.1'): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new TcpProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => proxy.join(client, connect(targetPort, targetHost)));
    return proxy;
  }

  /** The address of a database as it is reached through a proxy of its own. */
  static async before(url: string): Promise<{ proxy: TcpProxy; url: string }> {
    const target = new URL(url);
    const proxy = await TcpProxy.start(Number(target.port), target.hostname);
    return { proxy, url: Object.assign(target, { port: String(proxy.port) }).href };
  }

  get connections(): number {
    return this.pairs.size;
  }

  /** Ends what is connected; new connections pass. */
  cut(): void {
    for (const { client, target } of this.pairs) {
      client.resetAndDestroy();
      target.destroy();
    }
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

  private join(client: Socket, target: Socket): void {
    const pair: Pair = { client, target, silent: this.swallowing };
    this.pairs.add(pair);
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.on('data', (chunk: Buffer) => {
        if (pair.silent) return;
        if (from === client) this.cutAsPlanned(pair, chunk);
        if (!client.destroyed) to.write(chunk);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        if (!pair.silent) to.destroy();
        if (client.destroyed) {
          target.destroy();
          this.pairs.delete(pair);
        }
      });
    }
  }

  private cutAsPlanned({ client, target }: Pair, sent: Buffer): void {
    const { planned } = this;
    if (!planned || planned.done || !sent.includes(planned.text)) return;
    planned.done = true;
    const cut = (): void => {
      client.resetAndDestroy();
      planned.tell();
    };
    if (planned.at === 'question') cut();
    else target.prependOnceListener('data', cut);
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
