import { commonErrors, type DomainError } from '#libs/platform/errors';
import { FairQueue } from '#libs/platform/events';

/** What may be slow: searches through texts, and lists, which take milliseconds as a rule. */
export type ReadKind = 'search' | 'list';

/** Of one user in one lane: whoever lets more wait is refused at once. */
const MOST_WAITING = 50;
/** Of one user at a time, on this server. */
const PER_USER: Record<ReadKind, number> = { search: 1, list: 2 };

export interface ReadLaneSettings {
  /** Connections for reads. A quarter of them, at least one, is for searches. */
  poolSize: number;
  /** How long (ms) one waits for a turn. */
  waitMs: number;
}

/**
 * Turns at the connections for what may be slow. Each user has one search and two lists under way, further ones wait
 * their turn, and users take turns: slow searches of one keep neither lists nor another's searches.
 */
export class ReadLanes {
  private readonly lanes: Record<ReadKind, FairQueue>;

  constructor(private readonly settings: ReadLaneSettings) {
    const searches = Math.max(1, Math.floor(settings.poolSize / 4));
    this.lanes = {
      search: new FairQueue(searches, PER_USER.search),
      list: new FairQueue(settings.poolSize - searches, PER_USER.list),
    };
  }

  /** By kind, what waits for its turn. */
  get waiting(): Map<string, number> {
    return new Map(Object.entries(this.lanes).map(([kind, queue]) => [kind, queue.waiting]));
  }

  /**
   * Settles as the work does.
   * @throws RATE_LIMITED where the user's own reads are in the way for too long, SERVICE_UNAVAILABLE where others' are
   */
  async turn<T>(kind: ReadKind, userId: string, work: () => Promise<T>): Promise<T> {
    const queue = this.lanes[kind];
    if (queue.waitingOf(userId) >= MOST_WAITING) throw tooManyOfYours(this.settings.waitMs);
    const patience = new AbortController();
    const giveUp = (): void =>
      patience.abort(queue.runningOf(userId) > 0 ? tooManyOfYours(this.settings.waitMs) : tooMany());
    const timer = setTimeout(giveUp, this.settings.waitMs);
    const begin = (): Promise<T> => {
      clearTimeout(timer);
      return work();
    };
    return queue.run(userId, begin, patience.signal);
  }
}

const tooManyOfYours = (waitMs: number): DomainError =>
  commonErrors.rateLimited(waitMs / 1_000, 'searches or lists of yours at a time');

const tooMany = (): DomainError =>
  commonErrors.unavailable('Too many searches and lists are being asked for; try again shortly.');
