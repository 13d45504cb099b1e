import { Logger } from '@nestjs/common';
import { BusPeer, RESENT_AT_ONCE } from './bus-peer.js';
import { decodeFrame, encodeFrame, type Frame } from './frame.js';
import { Gate } from './gate.js';
import { inTime } from './in-time.js';
import { reconnect } from './redis-client.js';
import type { RedisConnections } from './redis-connections.js';
import { SentLog } from './sent-log.js';

const CHANNEL = 'switchboard:bus';
const BEAT_MS = 500;
/** Our own beats come back by Redis. When none has for so long, Redis is away for us, whatever the connection says. */
const AWAY_AFTER_MS = 1_500;
/** A connection that is open and silent for so long is given up. */
const RECONNECT_AFTER_MS = 4_000;
/** The beats of this process stand still as long as the process does. */
const STALL_MS = 2_000;
const PEER_FORGOTTEN_MS = 3_600_000;

const nothing = (): void => undefined;

export type BusListener = (payload: Buffer, channel: string) => void;

export interface BusHooks {
  /** From now on what others say may be missing; nothing of it is passed on. @param since by `performance.now()` */
  interrupted(since: number): void;
  /** What may be missing is to be caught up with; settles when that is done. */
  catchUp(): Promise<void>;
  /** What others say is passed on again, with what they said meanwhile. */
  resumed(): void;
}

/**
 * What servers tell each other, on top of Redis' publish and subscribe, which loses what is said while a connection is
 * interrupted. Every server numbers what it says and keeps the last of it; whoever sees a gap asks for the rest. So each
 * message arrives once and in its sender's order, also over an interruption. Where that cannot be (a sender died, or was
 * away for too long), it is said that something is missing (`BusHooks`), and the database tells what.
 */
export class RedisBus {
  private readonly logger = new Logger('Redis');
  private readonly log = new SentLog();
  private readonly peers = new Map<string, BusPeer>();
  private readonly channels = new Map<string, BusListener>();
  private readonly prefixes = new Map<string, BusListener>();
  private readonly gate = new Gate();
  private timer: NodeJS.Timeout | undefined;
  private echoAt = performance.now();
  private tickedAt = performance.now();
  private reconnectedAt = -Infinity;
  private away = false;
  /** Interruptions so far, to notice one while another is caught up with. */
  private interruptions = 0;

  constructor(
    private readonly nodeId: string,
    private readonly redis: Pick<RedisConnections, 'publisher' | 'subscriber'>,
    private readonly hooks: BusHooks,
  ) {}

  /** False while what others say may not arrive. */
  get connected(): boolean {
    return this.gate.isOpen;
  }

  /** Servers that were heard of lately, with this one. */
  get servers(): number {
    const since = performance.now() - AWAY_AFTER_MS;
    let count = 1;
    for (const { heardAt } of this.peers.values()) if (heardAt > since) count += 1;
    return count;
  }

  async start(): Promise<void> {
    const { subscriber } = this.redis;
    subscriber.on('reconnecting', () => this.interrupt('The connection to Redis is lost'));
    const listener = (bytes: Buffer): void => this.receive(bytes);
    await subscriber.subscribe(CHANNEL, listener, true);
    await subscriber.subscribe(this.channelOf(this.nodeId), listener, true);
    this.tickedAt = this.echoAt = performance.now();
    this.beat();
    this.timer = setInterval(() => this.tick(), BEAT_MS);
    this.timer.unref();
  }

  /** The others need not wonder where this server is. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await inTime(this.send(CHANNEL, encodeFrame('bye', this.nodeId, this.log.last)), undefined);
  }

  /** To all other servers. Never rejects; settles when Redis has it, or will not take it right now. */
  publish(channel: string, payload: string | Buffer): Promise<void> {
    const bytes = this.log.add(
      (n) => encodeFrame('message', this.nodeId, n, channel, payload),
      performance.now(),
    );
    return this.send(CHANNEL, bytes);
  }

  /** What others say on this channel, or (`*` at the end) on those that begin so. */
  subscribe(channel: string, listener: BusListener): void {
    if (channel.endsWith('*')) this.prefixes.set(channel.slice(0, -1), listener);
    else this.channels.set(channel, listener);
  }

  unsubscribe(channel: string): void {
    this.channels.delete(channel);
    this.prefixes.delete(channel.replace(/\*$/, ''));
  }

  private send(channel: string, bytes: Buffer): Promise<void> {
    return this.redis.publisher.publish(channel, bytes).then(nothing, nothing);
  }

  private beat(): void {
    void this.send(CHANNEL, encodeFrame('beat', this.nodeId, this.log.last));
  }

  private channelOf(nodeId: string): string {
    return `${CHANNEL}:${nodeId}`;
  }

  private receive(bytes: Buffer): void {
    const frame = decodeFrame(bytes);
    if (!frame) return;
    if (frame.from === this.nodeId) {
      if (frame.kind === 'beat') this.echoed();
      return;
    }
    const peer = this.peerOf(frame.from);
    peer.heard(performance.now());
    this.take(peer, frame);
    this.lookForGap(frame.from, peer);
  }

  private take(peer: BusPeer, { kind, from, n, channel, payload }: Frame): void {
    switch (kind) {
      case 'message':
        return peer.inbox.receive(n, () => this.gate.pass(() => this.deliver(channel, payload)));
      case 'beat':
        return peer.inbox.announce(n);
      case 'ask':
        return this.sayAgain(from, n, Number(payload.toString('latin1')));
      case 'gone':
        this.doubt(
          'Another server does not keep any more what was missed here',
          peer.gapSince ?? this.echoAt,
        );
        return peer.inbox.skipTo(n);
      case 'bye':
        this.peers.delete(from);
    }
  }

  private deliver(channel: string, payload: Buffer): void {
    try {
      const exact = this.channels.get(channel);
      if (exact) return exact(payload, channel);
      for (const [prefix, listener] of this.prefixes)
        if (channel.startsWith(prefix)) return listener(payload, channel);
    } catch (error) {
      this.logger.error({ err: error }, 'A message of another server could not be handled');
    }
  }

  private peerOf(nodeId: string): BusPeer {
    const peer = this.peers.get(nodeId) ?? new BusPeer();
    this.peers.set(nodeId, peer);
    return peer;
  }

  private lookForGap(nodeId: string, peer: BusPeer): void {
    const span = peer.toAskFor(performance.now());
    if (!span) return;
    const question = encodeFrame('ask', this.nodeId, span.from, '', String(span.to));
    void this.send(this.channelOf(nodeId), question);
  }

  private sayAgain(to: string, from: number, upTo: number): void {
    const channel = this.channelOf(to);
    if (from < this.log.first) {
      void this.send(channel, encodeFrame('gone', this.nodeId, this.log.first));
      return;
    }
    const last = Math.min(upTo, this.log.last, from + RESENT_AT_ONCE - 1);
    for (let n = from; n <= last; n += 1) {
      const bytes = this.log.get(n);
      if (bytes) void this.send(channel, bytes);
    }
  }

  private echoed(): void {
    this.echoAt = performance.now();
    if (!this.away) return;
    this.away = false;
    this.logger.log('Redis is back');
    for (const peer of this.peers.values()) peer.heardAt = this.echoAt;
    void this.resume();
  }

  /** Until the next beat comes back by Redis. */
  private interrupt(reason: string): void {
    this.shut(this.echoAt);
    if (this.away) return;
    this.away = true;
    this.logger.warn(`${reason}; asking the database meanwhile`);
    // Who was removed in these moments has heard enough already.
    void this.hooks.catchUp();
  }

  /** Redis is there, and all the same something is missing since then. */
  private doubt(reason: string, since: number): void {
    this.logger.warn(`${reason}; asking the database`);
    this.shut(since);
    void this.resume();
  }

  private shut(since: number): void {
    this.interruptions += 1;
    this.gate.close();
    this.hooks.interrupted(since);
  }

  private async resume(): Promise<void> {
    const { interruptions } = this;
    await this.hooks.catchUp();
    // Interrupted again meanwhile: the return after that resumes.
    if (interruptions !== this.interruptions || this.away) return;
    this.hooks.resumed();
    this.gate.open();
  }

  private tick(): void {
    const now = performance.now();
    const stoodStill = now - this.tickedAt > BEAT_MS + STALL_MS;
    this.tickedAt = now;
    this.beat();
    this.log.forgetOld(now);
    // Whether Redis was silent, too, the next beat tells.
    if (stoodStill) return this.interrupt('This server stood still');
    if (now - this.echoAt > AWAY_AFTER_MS && !this.away) this.interrupt('Redis does not answer');
    if (this.away && now - this.echoAt > RECONNECT_AFTER_MS) this.connectAnew(now);
    if (!this.away) for (const [nodeId, peer] of this.peers) this.look(now, nodeId, peer);
  }

  /** node-redis connects again by itself where a connection ends, not where it is silent. */
  private connectAnew(now: number): void {
    const { publisher, subscriber } = this.redis;
    if (now - this.reconnectedAt < RECONNECT_AFTER_MS) return;
    this.reconnectedAt = now;
    for (const client of [publisher, subscriber]) reconnect(client);
  }

  private look(now: number, nodeId: string, peer: BusPeer): void {
    if (now - peer.heardAt > PEER_FORGOTTEN_MS) this.peers.delete(nodeId);
    else if (peer.isLost(now)) this.watch(now, peer);
    else {
      const missingSince = peer.givenUp(now);
      if (missingSince !== undefined)
        this.doubt('Another server did not say again what was missed here', missingSince);
      else this.lookForGap(nodeId, peer);
    }
  }

  private watch(now: number, peer: BusPeer): void {
    const due = peer.toWatch(now);
    if (due === 'first') this.doubt('Another server is silent', peer.heardAt);
    else if (due) void this.hooks.catchUp();
  }
}
