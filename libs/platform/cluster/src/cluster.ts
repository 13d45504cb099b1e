import type { AdapterClients } from './adapter-clients.js';
import { CatchUp } from './catch-up.js';

/** What one server tells the others. Data is JSON. */
export type ClusterListener = (data: unknown) => void;

/**
 * The servers that form one chat. Alone (no REDIS_URL) nothing is told to anyone; with Redis what is published reaches
 * all other servers once, in the order of publishing, also when Redis was away in between.
 */
export abstract class Cluster {
  /** Unique for each run of a server. */
  abstract readonly nodeId: string;
  /** Whether there may be other servers. */
  abstract readonly shared: boolean;
  /** False while what others tell may not arrive: what is cached may be out of date. */
  abstract readonly connected: boolean;
  /** For Socket.IO's adapter; null where there is nobody to tell. */
  abstract readonly adapterClients: AdapterClients | null;
  /** What is done, on each server for itself, whenever something may not have been heard or told. */
  readonly catchUp = new CatchUp();

  /**
   * To the other servers, not to this one. Never rejects. The promise settles when it is on its way to all of them (or,
   * without Redis, after a second at most): who awaits it before answering a request knows that the next request finds
   * it done, wherever it goes.
   */
  abstract publish(topic: string, data: unknown): Promise<void>;
  /** As the promise of `publish`, for all that was said before, by Socket.IO's adapter too. */
  abstract flushed(): Promise<void>;
  abstract on(topic: string, listener: ClusterListener): void;
  /**
   * Something may be stored that nobody was told of: all servers catch up.
   * @param since when that began, by `performance.now()`
   */
  abstract doubt(since: number): void;
}
