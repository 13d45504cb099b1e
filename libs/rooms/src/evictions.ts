import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Cluster } from '#libs/platform/cluster';
import { Database } from '#libs/platform/database';
import { RealtimeServer } from '#libs/platform/realtime';

/**
 * Who was removed, and which rooms were deleted, without this server hearing of it: delivery to sockets of this server
 * ends before anything else is told here.
 */
@Injectable()
export class Evictions implements OnModuleInit {
  constructor(
    private readonly cluster: Cluster,
    private readonly database: Database,
    private readonly realtime: RealtimeServer,
  ) {}

  onModuleInit(): void {
    this.cluster.catchUp.first((sinceMs) => this.catchUp(sinceMs));
  }

  private async catchUp(sinceMs: number): Promise<void> {
    const open = [...this.realtime.here.openRooms()];
    if (open.length === 0) return;
    const gone = await this.database.query<{ room_id: string; user_id: string | null }>(
      `SELECT room_id, user_id FROM participants
       WHERE room_id = ANY($1) AND left_at > now() - $2 * interval '1 millisecond'
       UNION ALL
       SELECT o.id, NULL FROM unnest($1::uuid[]) AS o(id) WHERE NOT EXISTS (SELECT FROM rooms r WHERE r.id = o.id)`,
      [open, Math.ceil(sinceMs)],
    );
    for (const { room_id, user_id } of gone) {
      if (user_id === null) this.realtime.evictAllHere(room_id);
      else this.realtime.evictHere(user_id, room_id);
    }
  }
}
