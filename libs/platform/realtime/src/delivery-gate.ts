import type { ChatSocket } from './socket-types.js';

/** How long packets that were already answered are kept from arriving once more (from a slower node). */
const FILTER_MS = 10_000;

/** True for a packet that the client already has. */
export type AlreadyKnown = (event: string, payload: unknown) => boolean;

interface Outgoing {
  packet: Packet | undefined;
  encoded: unknown;
  options: WriteOptions;
}
interface Packet {
  data?: unknown[];
}
interface WriteOptions {
  preEncoded?: boolean;
}
interface EngineClient {
  writeToEngine(encoded: unknown, options: WriteOptions): void;
  gate?: DeliveryGate;
}
interface ObservedSocket {
  client: EngineClient;
  notifyOutgoingListeners(packet: Packet): void;
}

/**
 * Holds back what rooms send to one connection while it is told what it missed, so that the answer comes first and
 * nothing comes twice. What the server says to this socket alone (acknowledgements) passes at once.
 *
 * Relies on two private methods of Socket.IO (pinned version, `delivery-gate.spec.ts`): room packets reach a connection
 * by `notifyOutgoingListeners` and then `writeToEngine` with `preEncoded`.
 */
export class DeliveryGate {
  private held: Outgoing[] | undefined = [];
  private readonly filters = new Set<AlreadyKnown>();
  private current: Packet | undefined;
  private readonly sockets = new Set<ObservedSocket>();

  private constructor(private readonly client: EngineClient) {
    client.gate = this;
    client.writeToEngine = (encoded, options) => this.write(encoded, options);
  }

  /** Starts holding; `release` must follow. */
  static hold(socket: ChatSocket): DeliveryGate {
    const observed = socket as unknown as ObservedSocket;
    const gate = observed.client.gate ?? new DeliveryGate(observed.client);
    gate.held ??= [];
    gate.observe(observed);
    return gate;
  }

  /** Lets through what was held, in order, but for what is already known; keeps filtering for a while. */
  release(alreadyKnown?: AlreadyKnown): void {
    if (alreadyKnown) {
      this.filters.add(alreadyKnown);
      setTimeout(() => this.forget(alreadyKnown), FILTER_MS).unref();
    }
    const held = this.held ?? [];
    this.held = undefined;
    for (const outgoing of held) this.pass(outgoing);
    if (this.filters.size === 0) this.remove();
  }

  /** Lets through what was held, but for what was held for nothing: the join that it was held for failed. */
  abandon(concerned: AlreadyKnown): void {
    this.held = this.held?.filter(({ packet }) => !isAbout(packet, concerned));
    this.release();
  }

  private observe(socket: ObservedSocket): void {
    if (this.sockets.has(socket)) return;
    this.sockets.add(socket);
    socket.notifyOutgoingListeners = (packet) => {
      this.current = packet;
    };
  }

  private write(encoded: unknown, options: WriteOptions): void {
    const packet = this.current;
    this.current = undefined;
    const outgoing = { packet, encoded, options };
    if (options.preEncoded && this.held) this.held.push(outgoing);
    else this.pass(outgoing);
  }

  private pass({ packet, encoded, options }: Outgoing): void {
    for (const filter of this.filters) if (isAbout(packet, filter)) return;
    const { writeToEngine } = Object.getPrototypeOf(this.client) as EngineClient;
    writeToEngine.call(this.client, encoded, options);
  }

  private forget(filter: AlreadyKnown): void {
    this.filters.delete(filter);
    if (this.filters.size === 0 && !this.held) this.remove();
  }

  /** Gives the connection its own methods back. */
  private remove(): void {
    delete this.client.gate;
    Reflect.deleteProperty(this.client, 'writeToEngine');
    for (const socket of this.sockets) Reflect.deleteProperty(socket, 'notifyOutgoingListeners');
    this.sockets.clear();
  }
}

const isAbout = (packet: Packet | undefined, filter: AlreadyKnown): boolean =>
  packet?.data !== undefined && filter(String(packet.data[0]), packet.data[1]);
