import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from '#libs/platform/cluster';
import { Database } from '#libs/platform/database';
import { RealtimeServer } from '#libs/platform/realtime';

/** Clocks of servers and database may differ by so much. */
const SLACK_MS = 10_000;
/** A database that is away as well may be back soon; without it there are no new messages either. */
const ATTEMPTS = 30;
const RETRY_MS = 1_000;

/** Who was removed on another server while the connection to it was lost leaves here as soon as it is back. */
@Injectable()
export class Evictions implements OnModuleInit {
  private readonly logger = new Logger(Evictions.name);

  constructor(
    private readonly cluster: Cluster,
    private readonly database: Database,
    private readonly realtime: RealtimeServer,
  ) {}

  onModuleInit(): void {
    // Before messages come again: who was removed must not get one more.
    this.cluster.beforeResuming((since) => this.catchUpInTheEnd(since));
  }

  private async catchUpInTheEnd(since: Date): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        await this.catchUp(since);
        return;
      } catch (error) {
        this.logger.error({ err: error, attempt }, 'Catching up with removals failed');
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  private async catchUp(since: Date): Promise<void> {
    const rows = await this.database.query<{ room_id: string; user_id: string }>(
      'SELECT room_id, user_id FROM participants WHERE left_at > $1',
      [new Date(since.getTime() - SLACK_MS)],
    );
    for (const row of rows) await this.realtime.evict(row.user_id, row.room_id);
  }
}
