import { Injectable, type OnModuleInit } from '@nestjs/common';
import { FAMILY_OF_ROLE, isRole } from '#libs/platform/auth';
import type { Transaction } from '#libs/platform/database';
import { ContextsService, ErasureService, type ContextChange } from '#libs/directory';
import { bookingDedupeKey } from './booking-rooms.service.js';
import { MembersService } from './members.service.js';
import { ROOM_COLUMNS, toRoomView, type RoomRow, type RoomView } from './room-view.js';
import { RoomContextStatusChanged, RoomUpdated, type JoinReason } from './rooms.events.js';
import { RoomsRepository } from './rooms.repository.js';
import { RoomsService } from './rooms.service.js';
import { SanctionsRepository } from './sanctions.repository.js';

/** What the directory's changes mean for rooms. */
@Injectable()
export class ContextRooms implements OnModuleInit {
  constructor(
    private readonly contexts: ContextsService,
    private readonly erasure: ErasureService,
    private readonly rooms: RoomsService,
    private readonly repository: RoomsRepository,
    private readonly members: MembersService,
    private readonly sanctions: SanctionsRepository,
  ) {}

  onModuleInit(): void {
    this.contexts.register((tx, change) => this.follow(tx, change));
    this.erasure.register((tx, userId, tombstoneId) => this.erase(tx, userId, tombstoneId));
  }

  /** A service request opens `service_{id}` at once; its participants are the room's. */
  private async follow(tx: Transaction, change: ContextChange): Promise<void> {
    const { after } = change;
    if (after.type === 'booking') await this.followBooking(tx, change);
    if (after.type !== 'service_request') return;
    const people = after.participants.map((entry) => entry.user_id);
    const { room, created } = await this.rooms.openIn(
      tx,
      null,
      {
        type: 'service',
        key: `service_${after.id}`,
        contextType: after.type,
        contextId: after.id,
        category: after.category ?? undefined,
        isPrivate: true,
      },
      people,
    );
    if (created) return;
    await this.assign(tx, room, change);
    if (after.category !== null && after.category !== room.category) {
      await this.repository.update(tx, room.id, { category: after.category });
    }
    if (change.newStatus !== undefined) {
      tx.publish(new RoomContextStatusChanged(room, after.type, after.id, change.newStatus));
    }
  }

  /** A booking's room, once someone opened it, has the booking's people. */
  private async followBooking(tx: Transaction, change: ContextChange): Promise<void> {
    const room = await this.repository.byDedupeKey(tx, bookingDedupeKey(change.after.id));
    if (room) await this.assign(tx, room, change);
  }

  /** What someone is in the context decides, whatever they are elsewhere. */
  private async assign(tx: Transaction, room: RoomView, { added, removed }: ContextChange): Promise<void> {
    const reasonOf = (role: string): JoinReason =>
      isRole(role) && FAMILY_OF_ROLE[role] !== 'customer' ? 'assigned' : 'named';
    await this.members.assign(
      tx,
      room,
      new Map(added.map((entry) => [entry.user_id, reasonOf(entry.role)])),
      removed.map((entry) => entry.user_id),
    );
  }

  private async erase(tx: Transaction, userId: string, tombstoneId: string): Promise<void> {
    await tx.query(
      `UPDATE rooms SET dedupe_key = NULL WHERE type IN ('direct', 'order')
         AND id IN (SELECT room_id FROM participants WHERE user_id = $1)`,
      [userId],
    );
    for (const side of ['provider_id', 'customer_id']) {
      await tx.query(
        `UPDATE rooms SET metadata = metadata || jsonb_build_object('${side}', $2::text)
         WHERE metadata->>'${side}' = $1 AND id IN (SELECT room_id FROM participants WHERE user_id = $1)`,
        [userId, tombstoneId],
      );
    }
    await tx.query('UPDATE rooms SET created_by = $2 WHERE created_by = $1', [userId, tombstoneId]);
    await tx.query('UPDATE rooms SET assignee_id = NULL WHERE assignee_id = $1', [userId]);
    await tx.query('UPDATE invitations SET created_by = $2 WHERE created_by = $1', [userId, tombstoneId]);
    await this.sanctions.renameImposer(tx, userId, tombstoneId);
    await this.endBlocks(tx, userId);
  }

  /** Nobody else may end them. */
  private async endBlocks(tx: Transaction, userId: string): Promise<void> {
    const rows = await tx.query<RoomRow>(
      `UPDATE rooms AS r SET status = 'active', blocked_by = NULL, updated_at = now()
       WHERE r.blocked_by = $1 AND r.status = 'blocked' RETURNING ${ROOM_COLUMNS}`,
      [userId],
    );
    for (const row of rows) tx.publish(new RoomUpdated(toRoomView(row), null, 'blocked'));
  }
}
