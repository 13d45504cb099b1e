import { LRUCache } from 'lru-cache';
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
  private readonly told = new LRUCache<string, string>({ max: REMEMBERED });

  /**
   * @param topic of the cluster; the news goes through JSON
   * @param tell tells sockets of this server; false where it could not: the catch-up will. Never rejects.
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
    if (await this.tell(news)) return;
    this.told.delete(this.identify(news).subject);
    this.cluster.catchUp.soon();
  }

  private isNew(news: T): boolean {
    const { subject, state } = this.identify(news);
    if (this.told.get(subject) === state) return false;
    this.told.set(subject, state);
    return true;
  }
}
