import type { FrameBudget } from './frame-budget.js';

/** Frames of one connection within a turn of the event loop, so that others have theirs in between. */
const SLICE = 16;
/** Over its budget for so long, a connection floods. */
const FLOOD_MS = 5_000;
/** Within its budget for so long, what was before is forgotten. */
const CALM_MS = 1_000;
const SHORTEST_WAIT_MS = 10;

/** What a pacer does to its connection. */
export interface Flow {
  /** Reads no more, so that the sender's own system has to wait. */
  pause(): void;
  resume(): void;
  /** It sent more than it may for five seconds. */
  flooded(): void;
}

let turn = 0;
let turnEnds = false;

/** Number of the present turn of the event loop; one callback a turn for all connections. */
function thisTurn(): number {
  if (!turnEnds) {
    turnEnds = true;
    setImmediate(() => {
      turn += 1;
      turnEnds = false;
    });
  }
  return turn;
}

/**
 * Lets the frames of a connection pass at the pace of its budgets. What comes too soon has been read already, so it
 * waits here, in its order and never lost; behind it the connection is paused, so that no more than one read waits. A
 * flood thus costs what its budget allows, whatever is sent.
 */
export class Pacer {
  private waiting: (() => void)[] = [];
  private scheduled = false;
  private ended = false;
  private passedIn = -1;
  private passed = 0;
  /** Since when it sends more than it may, and since when it does not any more. */
  private overSince: number | undefined;
  private calmSince: number | undefined;

  /**
   * @param own of this connection
   * @param shared of all connections of the same sender: an address until somebody has authenticated, then the user
   */
  constructor(
    private readonly flow: Flow,
    private readonly own: FrameBudget,
    public shared: FrameBudget,
  ) {}

  /** Counts a frame. False: it has to `wait`. */
  pass(): boolean {
    if (this.ended || this.waiting.length > 0) return false;
    const now = performance.now();
    const current = thisTurn();
    if (this.passedIn !== current) {
      this.passedIn = current;
      this.passed = 0;
    }
    if (this.passed >= SLICE || this.secondsToWait(now) > 0) return false;
    this.passed += 1;
    this.spend(1, 0, now);
    return true;
  }

  /** What `pass` has refused, to be done when its time comes. */
  wait(task: () => void): void {
    if (this.ended) return;
    this.waiting.push(task);
    if (this.waiting.length > 1) return;
    this.flow.pause();
    this.schedule(performance.now());
  }

  /** Counts bytes that were read; too many of them pause the connection, too. */
  read(bytes: number): void {
    const now = performance.now();
    this.spend(0, bytes, now);
    if (this.secondsToWait(now) > 0 && this.waiting.length === 0) this.wait(() => undefined);
  }

  /** Counts a request that carries frames. @returns seconds that it has to wait, so that what waits here is done */
  request(): number {
    const now = performance.now();
    const wait = Math.max(this.secondsToWait(now), this.waiting.length / this.own.framesPerSecond);
    this.spend(1, 0, now);
    return wait;
  }

  /** The connection has closed: what was said before, and may pass, is heard; the rest never is. */
  finish(): void {
    const now = performance.now();
    const said = this.waiting;
    this.waiting = [];
    for (const task of said) {
      if (this.ended || this.secondsToWait(now) > 0) break;
      this.spend(1, 0, now);
      task();
    }
    this.end();
  }

  /** Nothing passes any more. */
  end(): void {
    this.ended = true;
    this.waiting = [];
  }

  private secondsToWait(now: number): number {
    return Math.max(this.own.wait(now), this.shared.wait(now));
  }

  private spend(frames: number, bytes: number, now: number): void {
    this.own.spend(frames, bytes, now);
    this.shared.spend(frames, bytes, now);
  }

  private schedule(now: number): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const wait = this.secondsToWait(now);
    // One who waits for each answer is slowed down without having anything in reserve.
    if (wait > 0 && (this.waiting.length > SLICE || this.own.isOutOfBytes(now))) this.judge(now);
    const next = (): void => {
      this.scheduled = false;
      this.goOn();
    };
    if (wait > 0) setTimeout(next, Math.max(SHORTEST_WAIT_MS, Math.ceil(wait * 1_000))).unref();
    else setImmediate(next);
  }

  private goOn(): void {
    const now = performance.now();
    for (let passed = 0; passed < SLICE && this.secondsToWait(now) === 0; passed += 1) {
      const task = this.waiting.shift();
      if (!task) break;
      this.spend(1, 0, now);
      task();
    }
    if (this.ended) return;
    if (this.waiting.length > 0) return this.schedule(now);
    this.calmSince = now;
    this.flow.resume();
  }

  /** It would send more than it may. */
  private judge(now: number): void {
    const wasCalm = this.calmSince !== undefined && now - this.calmSince > CALM_MS;
    this.calmSince = undefined;
    if (this.overSince === undefined || wasCalm) this.overSince = now;
    if (this.ended || now - this.overSince < FLOOD_MS) return;
    this.end();
    this.flow.flooded();
  }
}
