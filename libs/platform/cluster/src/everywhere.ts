import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { toDomainError } from '#libs/platform/errors';
import type { Cluster } from './cluster.js';

/** Of how many things is remembered that they were told. */
const REMEMBERED = 50_000;

/** What makes a piece of news the same as another: of one subject it is not told twice that it is in one state. */
export interface NewsIdentity {
  subject: string;
  state: string;
}

/**
 * News that each server tells its own sockets: once, whether it happened here, at another server, or was found by the
 * catch-up since a server died before it told of it.
 */
export class Everywhere<T extends object> {
  private readonly logger = new Logger(Everywhere.name);
  private readonly told = new LRUCache<string, string>({ max: REMEMBERED });

  /**
   * @param topic of the cluster; the news goes through JSON
   * @param tell tells sockets of this server; false where it could not since what it needs is away: the catch-up will
   */
  constructor(
    private readonly cluster: Cluster,
    private readonly topic: string,
    private readonly identify: (news: T) => NewsIdentity,
    private readonly tell: (news: T) => Promise<boolean>,
  ) {
    cluster.on(topic, (data) => void this.found(data as T));
  }

  /** Something happened here: the others are told of it. */
  async happened(news: T): Promise<void> {
    void this.cluster.publish(this.topic, news);
    this.isNew(news);
    await this.tellOrForget(news);
  }

  /** Something happened somewhere. */
  async found(news: T): Promise<void> {
    if (this.isNew(news)) await this.tellOrForget(news);
  }

  private async tellOrForget(news: T): Promise<void> {
    if (await this.isTold(news)) return;
    this.told.delete(this.identify(news).subject);
    this.cluster.catchUp.soon();
  }

  /** False where it may succeed later; what fails otherwise would fail again. */
  private async isTold(news: T): Promise<boolean> {
    try {
      return await this.tell(news);
    } catch (error) {
      this.logger.error({ err: error, topic: this.topic }, 'News could not be told');
      return toDomainError(error).kind !== 'unavailable';
    }
  }

  private isNew(news: T): boolean {
    const { subject, state } = this.identify(news);
    if (this.told.get(subject) === state) return false;
    this.told.set(subject, state);
    return true;
  }
}
