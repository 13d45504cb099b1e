export interface AdmissionLimits {
  /** Connections at a time that nobody has authenticated: of one address, and of all together. */
  perAddress: number;
  total: number;
  /** Of those, how many were let in just now and are expected to authenticate. */
  atOnce: number;
  /** Requests that may wait for a place, and how long (ms). */
  waiting: number;
  waitMs: number;
  /** How long an unauthenticated connection may live (ms). */
  anonymousMs: number;
}

/** What becomes of one who asks for a connection. */
export interface Guest {
  admit(): void;
  /** There are too many of its address, or too many for this server. */
  refuse(reason: 'address' | 'server'): void;
}

/** A place that nobody used well stays taken for so long: coming and going costs as much as staying. */
const LINGER_MS = 5_000;
/** Whoever has not authenticated by then does not count as being about to. */
const SETTLE_MS = 1_000;

export interface Visit {
  readonly address: string;
  /** Until it is decided. */
  guest: Guest | undefined;
  state: 'waiting' | 'anonymous' | 'known' | 'gone';
  /** When the state began. */
  since: number;
}

/**
 * Places for connections that are not authenticated yet, bounded by address and in total. Who finds none waits; waiting
 * addresses take turns, so that one cannot keep the others out. So few are let in at a time that those few are served
 * quickly, instead of all of a crowd slowly. Knows no sockets and no clock: times are milliseconds that only grow.
 */
export class Admission {
  private readonly queues = new Map<string, Set<Visit>>();
  private readonly held = new Map<string, number>();
  private readonly anonymous = new Set<Visit>();
  private readonly settling = new Set<Visit>();
  private readonly lingering: { address: string; until: number }[] = [];
  private queued = 0;

  /** @param expired told of a connection that nobody has authenticated in time */
  constructor(
    private readonly limits: AdmissionLimits,
    private readonly expired: (visit: Visit) => void,
  ) {}

  get figures(): { anonymous: number; waiting: number } {
    return { anonymous: this.anonymous.size, waiting: this.queued };
  }

  enter(address: string, guest: Guest, now: number): Visit {
    const visit: Visit = { address, guest, state: 'waiting', since: now };
    const queue = this.queues.get(address) ?? new Set();
    queue.add(visit);
    this.queues.set(address, queue);
    this.queued += 1;
    this.admitWaiting(now);
    if (this.queued > this.limits.waiting) this.refuseNewestOfLongest();
    return visit;
  }

  /** Somebody has authenticated. @param fruitful false: its place is not given back at once, it has come too often */
  identified(visit: Visit, now: number, fruitful = true): void {
    if (visit.state !== 'anonymous') return;
    this.giveBack(visit, now, fruitful);
    this.change(visit, 'known', now);
    this.admitWaiting(now);
  }

  /** Nobody speaks on the connection any more, but it stays open. */
  unidentified(visit: Visit, now: number): void {
    if (visit.state !== 'known') return;
    this.take(visit, now);
  }

  left(visit: Visit, now: number): void {
    if (visit.state === 'waiting') this.unqueue(visit);
    if (visit.state === 'anonymous') this.giveBack(visit, now, false);
    this.change(visit, 'gone', now);
    this.admitWaiting(now);
  }

  /** What only time changes; to be called a few times a second. */
  tick(now: number): void {
    for (let [first] = this.lingering; first && first.until <= now; [first] = this.lingering) {
      this.lingering.shift();
      this.release(first.address);
    }
    for (const visit of this.settling) if (now - visit.since >= SETTLE_MS) this.settling.delete(visit);
    for (const visit of [...this.anonymous]) {
      if (now - visit.since < this.limits.anonymousMs) continue;
      this.left(visit, now);
      this.expired(visit);
    }
    this.admitWaiting(now);
    for (const queue of [...this.queues.values()])
      for (const visit of [...queue]) {
        if (now - visit.since < this.limits.waitMs) break;
        this.refuse(visit, this.isFull(visit.address) ? 'address' : 'server');
      }
  }

  /** Nobody who waits is let in any more. */
  refuseAll(): void {
    for (const queue of [...this.queues.values()])
      for (const visit of [...queue]) this.refuse(visit, 'server');
  }

  private admitWaiting(now: number): void {
    const { total, atOnce } = this.limits;
    for (const [address, queue] of this.queues) {
      if (this.anonymous.size >= total || this.settling.size >= atOnce) return;
      if (this.isFull(address)) continue;
      const [visit] = queue as Iterable<Visit>;
      if (!visit) continue;
      this.unqueue(visit);
      // Behind the others; a map in this loop comes to it again.
      if (queue.size > 0) {
        this.queues.delete(address);
        this.queues.set(address, queue);
      }
      this.take(visit, now);
      this.settling.add(visit);
      this.decide(visit)?.admit();
    }
  }

  private refuseNewestOfLongest(): void {
    let longest = new Set<Visit>();
    for (const queue of this.queues.values()) if (queue.size > longest.size) longest = queue;
    const newest = [...longest].at(-1);
    if (newest) this.refuse(newest, 'server');
  }

  private refuse(visit: Visit, reason: 'address' | 'server'): void {
    this.unqueue(visit);
    visit.state = 'gone';
    this.decide(visit)?.refuse(reason);
  }

  private decide(visit: Visit): Guest | undefined {
    const { guest } = visit;
    visit.guest = undefined;
    return guest;
  }

  private isFull(address: string): boolean {
    return (this.held.get(address) ?? 0) >= this.limits.perAddress;
  }

  private take(visit: Visit, now: number): void {
    this.change(visit, 'anonymous', now);
    this.anonymous.add(visit);
    this.held.set(visit.address, (this.held.get(visit.address) ?? 0) + 1);
  }

  private giveBack(visit: Visit, now: number, atOnce: boolean): void {
    this.anonymous.delete(visit);
    this.settling.delete(visit);
    if (atOnce) this.release(visit.address);
    else this.lingering.push({ address: visit.address, until: now + LINGER_MS });
  }

  private release(address: string): void {
    const left = (this.held.get(address) ?? 1) - 1;
    if (left > 0) this.held.set(address, left);
    else this.held.delete(address);
  }

  private unqueue(visit: Visit): void {
    const queue = this.queues.get(visit.address);
    if (!queue?.delete(visit)) return;
    this.queued -= 1;
    if (queue.size === 0) this.queues.delete(visit.address);
  }

  private change(visit: Visit, state: Visit['state'], now: number): void {
    visit.state = state;
    visit.since = now;
  }
}
