import { Logger } from '@nestjs/common';
import { reconnect, type RedisClient } from './redis-client.js';

/** Nobody waits longer for an answer of Redis. */
const ANSWER_MS = 1_000;
const PROBE_MS = 500;
/** A connection that is open and silent for so long is given up. */
const RECONNECT_AFTER_MS = 4_000;

class SilentError extends Error {}

/**
 * Questions to Redis. Each is answered within a second, by Redis or by the fallback; while Redis is known not to answer,
 * at once by the fallback, and only a probe asks.
 */
export class RedisCommands {
  private readonly logger = new Logger('Redis');
  private silentSince: number | undefined;
  private probeTimer: NodeJS.Timeout | undefined;
  private readonly ready: (() => void)[] = [];
  private stopped = false;

  constructor(readonly client: RedisClient) {
    client.on('ready', () => this.tellReady());
  }

  /** Called each time Redis answers again, after it was away or silent: it may have lost what was in it. */
  onReady(listener: () => void): void {
    this.ready.push(listener);
  }

  /** False while Redis is known not to answer. */
  get isAnswering(): boolean {
    return this.silentSince === undefined && this.client.isReady;
  }

  /** @returns Redis' answer, or after a second at most what the fallback says */
  async ask<T, F>(
    question: (client: RedisClient) => Promise<T>,
    fallback: () => F | Promise<F>,
  ): Promise<T | F> {
    if (!this.isAnswering) return fallback();
    try {
      return await this.inTime(question(this.client));
    } catch (error) {
      if (error instanceof SilentError) this.noteSilence();
      this.logger.debug({ err: error }, 'Redis did not answer');
      return fallback();
    }
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.probeTimer);
  }

  private async inTime<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new SilentError('Redis is silent')), ANSWER_MS);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private noteSilence(): void {
    if (this.silentSince !== undefined || this.stopped) return;
    this.silentSince = performance.now();
    this.logger.warn('Redis does not answer; this server counts for itself meanwhile');
    this.probeLater();
  }

  private probeLater(): void {
    this.probeTimer = setTimeout(() => void this.probe(), PROBE_MS);
    this.probeTimer.unref();
  }

  private async probe(): Promise<void> {
    try {
      if (this.client.isReady) {
        await this.inTime(this.client.ping());
        this.silentSince = undefined;
        this.tellReady();
        return;
      }
    } catch {
      if (this.client.isReady && performance.now() - (this.silentSince ?? 0) > RECONNECT_AFTER_MS) {
        this.silentSince = performance.now();
        reconnect(this.client);
      }
    }
    if (!this.stopped) this.probeLater();
  }

  private tellReady(): void {
    if (this.silentSince === undefined) for (const listener of this.ready) listener();
  }
}
