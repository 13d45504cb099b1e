export interface Opened {
  /** Whether it is the user's first connection anywhere (within the grace period). */
  first: boolean;
  /** Connections of the user with this one, on all servers. */
  connections: number;
}

/** Who is connected where: to this server, or to any of the servers. */
export abstract class SessionRegistry {
  /** A connection opened. Of those that open at the same moment each gets a number of its own. */
  abstract opened(userId: string): Promise<Opened>;
  /** A connection closed; the user stays known until `left`. */
  abstract closed(userId: string): Promise<void>;
  /** The grace period of this server is over. @returns whether the user is nowhere else. */
  abstract left(userId: string): Promise<boolean>;
  /** Connections of a user, on all servers. */
  abstract count(userId: string): Promise<number>;
  /** Of these users those who are online. */
  abstract online(userIds: readonly string[]): Promise<Set<string>>;
  /** Called on one server for each user whose last server died without a word. */
  abstract onLost(listener: (userId: string) => void): void;
  /** Called on a server that the others took for dead, for each of its users who were called offline. */
  abstract onFound(listener: (userId: string) => void): void;
}

/** Of this server alone. */
export class LocalSessionRegistry extends SessionRegistry {
  private readonly counts = new Map<string, number>();

  async opened(userId: string): Promise<Opened> {
    const before = this.counts.get(userId);
    const connections = (before ?? 0) + 1;
    this.counts.set(userId, connections);
    return { first: before === undefined, connections };
  }

  async closed(userId: string): Promise<void> {
    const before = this.counts.get(userId);
    if (before !== undefined) this.counts.set(userId, Math.max(0, before - 1));
  }

  async left(userId: string): Promise<boolean> {
    return this.counts.delete(userId);
  }

  async count(userId: string): Promise<number> {
    return this.counts.get(userId) ?? 0;
  }

  async online(userIds: readonly string[]): Promise<Set<string>> {
    return new Set(userIds.filter((id) => this.counts.has(id)));
  }

  onLost(): void {
    // There is no other server to die.
  }

  onFound(): void {
    // Nor one to take this one for dead.
  }

  /** Users of this server with their connections. */
  entries(): [string, number][] {
    return [...this.counts];
  }
}
