import type { ChatSocket } from './socket-types.js';

const CHECK_MS = 1_000;

/** Tells when a connection's token has ended. One timer for all: a timer for each of 10,000 sockets costs memory. */
export class ExpiryWatch {
  private readonly bySecond = new Map<number, Set<ChatSocket>>();
  private readonly secondOf = new WeakMap<ChatSocket, number>();
  private readonly timer: NodeJS.Timeout;
  private checkedUntil = Math.floor(Date.now() / 1000) - 1;

  constructor(private readonly expired: (socket: ChatSocket) => void) {
    this.timer = setInterval(() => this.check(Math.floor(Date.now() / 1000)), CHECK_MS);
    this.timer.unref();
  }

  /** `expiresAt` in seconds since the epoch; undefined never ends. */
  add(socket: ChatSocket, expiresAt: number | undefined): void {
    if (expiresAt === undefined) return;
    const second = Math.max(Math.ceil(expiresAt), this.checkedUntil + 1);
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

  stop(): void {
    clearInterval(this.timer);
  }

  private check(now: number): void {
    for (let second = this.checkedUntil + 1; second <= now; second += 1) {
      const set = this.bySecond.get(second);
      this.bySecond.delete(second);
      for (const socket of set ?? []) this.expired(socket);
    }
    this.checkedUntil = Math.max(this.checkedUntil, now);
  }
}
