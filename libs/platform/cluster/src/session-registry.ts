export interface Opened {
  /** Whether it is the user's first connection anywhere (within the grace period). */
  first: boolean;
  /** Connections of the user with this one, on all servers. */
  connections: number;
}

/** A user whose last server ended, and how long ago (ms) that server was last known to live. */
export type LostListener = (userId: string, silentMs: number) => void;

/** Who is connected where: to this server, or to any of the servers. */
export abstract class SessionRegistry {
  /** A connection opened. Of those that open at the same moment each gets a number of its own. */
  abstract opened(userId: string): Promise<Opened>;
  /** A connection closed; the user stays known until `left`. */
  abstract closed(userId: string): Promise<void>;
  /** The grace period of this server is over. @returns whether the user is nowhere else, as far as can be known. */
  abstract left(userId: string): Promise<boolean>;
  /** Connections of a user, on all servers. */
  abstract count(userId: string): Promise<number>;
  /** Of these users those who are online. */
  abstract online(userIds: readonly string[]): Promise<Set<string>>;
  /** Called on one server for each user whose last server ended, and who did not come back. */
  abstract onLost(listener: LostListener): void;
  /** Called for each user who was called offline, by this server or another one, and is online all the same. */
  abstract onFound(listener: (userId: string) => void): void;
}

/** Connections to this server, by user; a user whose last one closed is known, with none, until they have left. */
export class OwnSessions {
  private readonly counts = new Map<string, number>();

  /** @returns connections with this one */
  opened(userId: string): Opened {
    const before = this.counts.get(userId);
    const connections = (before ?? 0) + 1;
    this.counts.set(userId, connections);
    return { first: before === undefined, connections };
  }

  closed(userId: string): void {
    const before = this.counts.get(userId);
    if (before !== undefined) this.counts.set(userId, Math.max(0, before - 1));
  }

  /** @returns whether the user was known */
  left(userId: string): boolean {
    return this.counts.delete(userId);
  }

  /** Undefined where the user is not known. */
  count(userId: string): number | undefined {
    return this.counts.get(userId);
  }

  online(userIds: readonly string[]): Set<string> {
    return new Set(userIds.filter((id) => this.counts.has(id)));
  }

  entries(): [userId: string, connections: number][] {
    return [...this.counts];
  }
}

/** Of this server alone. */
export class LocalSessionRegistry extends SessionRegistry {
  private readonly own = new OwnSessions();

  async opened(userId: string): Promise<Opened> {
    return this.own.opened(userId);
  }

  async closed(userId: string): Promise<void> {
    this.own.closed(userId);
  }

  async left(userId: string): Promise<boolean> {
    return this.own.left(userId);
  }

  async count(userId: string): Promise<number> {
    return this.own.count(userId) ?? 0;
  }

  async online(userIds: readonly string[]): Promise<Set<string>> {
    return this.own.online(userIds);
  }

  onLost(): void {
    // There is no other server to end.
  }

  onFound(): void {
    // Nor one that knows better.
  }
}
