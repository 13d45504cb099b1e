import type { ChatSocket } from './socket-types.js';

const CHECK_MS = 1_000;
const wallClock = (): number => Date.now();

/**
 * Tells when a connection's token has ended. One timer for all: a timer for each of 10,000 sockets costs memory.
 *
 * Each look compares what is stored with the wall clock of that moment and remembers nothing about earlier ones: a
 * clock that was set forward and back again (a suspended machine, a correction by NTP) leaves no socket open that is
 * past its time, and closes none before.
 */
export class ExpiryWatch {
  private readonly bySecond = new Map<number, Set<ChatSocket>>();
  private readonly secondOf = new WeakMap<ChatSocket, number>();
  private readonly timer: NodeJS.Timeout;

  /** @param now milliseconds since the epoch */
  constructor(
    private readonly expired: (socket: ChatSocket) => void,
    private readonly now = wallClock,
  ) {
    this.timer = setInterval(() => this.check(), CHECK_MS);
    this.timer.unref();
  }

  /** `expiresAt` in seconds since the epoch; undefined never ends. */
  add(socket: ChatSocket, expiresAt: number | undefined): void {
    if (expiresAt === undefined) return;
    const second = Math.ceil(expiresAt);
    const set = this.bySecond.get(second) ?? new Set();
    set.add(socket);
    this.bySecond.set(second, set);
    this.secondOf.set(socket, second);
  }

  remove(socket: ChatSocket): void {
    const second = this.secondOf.get(socket);
    if (second === undefined) return;
    this.secondOf.delete(socket);
    const set = this.bySecond.get(second);
    set?.delete(socket);
    if (set?.size === 0) this.bySecond.delete(second);
  }

  /** Ends what is past its time; called every second. Its cost grows with the number of different ends. */
  check(): void {
    const now = Math.floor(this.now() / 1_000);
    for (const [second, sockets] of this.bySecond) {
      if (second > now) continue;
      this.bySecond.delete(second);
      for (const socket of sockets) this.expired(socket);
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
