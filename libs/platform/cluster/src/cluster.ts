/** What one server tells the others. Data is JSON. */
export type ClusterListener = (data: unknown) => void;

/**
 * The servers that form one chat. Alone (no REDIS_URL) nothing is told to anyone; with Redis what is published reaches
 * all other servers, in the order of publishing, as long as Redis is there.
 */
export abstract class Cluster {
  /** Unique for each run of a server. */
  abstract readonly nodeId: string;
  /** Whether there may be other servers. */
  abstract readonly shared: boolean;
  /** False while what others tell cannot arrive: what is cached may be out of date. */
  abstract readonly connected: boolean;

  /**
   * To the other servers, not to this one. Never rejects; while Redis is away it is kept and sent later. The promise
   * settles when it is on its way to all of them (or after a second without Redis): who awaits it before answering a
   * request knows that the next request finds it done, wherever it goes.
   */
  abstract publish(topic: string, data: unknown): Promise<void>;
  /** As the promise of `publish`, for all that was said before, by Socket.IO's adapter too. */
  abstract flushed(): Promise<void>;
  abstract on(topic: string, listener: ClusterListener): void;
  /** Called when the connection is back after `since`: what was told meanwhile is lost. */
  abstract onReconnected(listener: (since: Date) => void): void;
  /**
   * Work that must be done after a lost connection before anything that others say is heard here again, and before the
   * listeners of `onReconnected` are called. Must not reject.
   */
  abstract beforeResuming(work: (since: Date) => Promise<void>): void;
}
