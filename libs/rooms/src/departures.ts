import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Transaction } from '#libs/platform/database';
import { ErasureService } from '#libs/directory';
import { MembersRepository } from './members.repository.js';
import { ROOM_COLUMNS, toRoomView, type RoomRow, type RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import { ParticipantChanged, ParticipantLeft } from './rooms.events.js';

/** How people go out of a room, and who owns it then. Always in a transaction that holds the room's lock. */
@Injectable()
export class Departures implements OnModuleInit {
  constructor(
    private readonly members: MembersRepository,
    private readonly erasure: ErasureService,
  ) {}

  onModuleInit(): void {
    this.erasure.register((tx, userId) => this.handOverRoomsOf(tx, userId));
  }

  /**
   * Those who are not in the room stay as they are. If no owner is left, there is a new one. Invitations of those who
   * are removed end with them, also when they had left before.
   */
  async end(tx: Transaction, room: RoomView, userIds: string[], reason: 'left' | 'removed'): Promise<void> {
    const gone = await this.members.remove(tx, room.id, userIds);
    if (reason === 'removed') await this.revokeInvitations(tx, room, userIds);
    for (const { userId, role } of gone) if (role === 'owner') await this.provideOwner(tx, room, userId);
    for (const { userId } of gone) tx.publish(new ParticipantLeft(room, userId, reason));
  }

  /** The last one may go. @throws CONFLICT */
  async requireAnotherOwner(tx: Transaction, room: RoomView, leaving: string): Promise<void> {
    const { owners, people } = await this.members.otherOwners(tx, room.id, leaving);
    if (owners === 0 && people > 0) throw roomErrors.lastOwner();
  }

  /** Unless another one owns the room: the one of the highest role who has been in it longest owns it from now on. */
  private async provideOwner(tx: Transaction, room: RoomView, leaving: string): Promise<void> {
    if ((await this.members.otherOwners(tx, room.id, leaving)).owners > 0) return;
    const heir = await this.members.nextOwner(tx, room.id, leaving);
    if (!heir) return;
    await this.members.setRole(tx, room.id, heir.userId, 'owner');
    tx.publish(new ParticipantChanged(room, heir.userId, 'owner', heir.mutedUntil));
  }

  /** Of a person who is about to be gone from everywhere. */
  private async handOverRoomsOf(tx: Transaction, userId: string): Promise<void> {
    const rows = await tx.query<RoomRow>(
      `SELECT ${ROOM_COLUMNS} FROM rooms r JOIN participants p ON p.room_id = r.id
       WHERE p.user_id = $1 AND p.role = 'owner' AND p.left_at IS NULL ORDER BY r.id FOR NO KEY UPDATE OF r`,
      [userId],
    );
    for (const row of rows) await this.provideOwner(tx, toRoomView(row), userId);
  }

  private async revokeInvitations(tx: Transaction, room: RoomView, userIds: string[]): Promise<void> {
    await tx.query(
      'UPDATE invitations SET revoked_at = now() WHERE room_id = $1 AND created_by = ANY($2) AND revoked_at IS NULL',
      [room.id, userIds],
    );
  }
}
