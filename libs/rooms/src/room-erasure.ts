import { Injectable } from '@nestjs/common';
import { advisoryLock, type Transaction } from '#libs/platform/database';
import { MembersRepository } from './members.repository.js';
import { marksLock } from './marks-lock.js';
import type { RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import { RoomDeleted } from './rooms.events.js';

/**
 * Removes rooms with all that hangs on them. Deleting a room needs the rows of its people, who hold these while their
 * marks refer to the room; so it first waits for those who mark right now, and others wait for it.
 */
@Injectable()
export class RoomErasure {
  constructor(private readonly members: MembersRepository) {}

  /** @throws ROOM_NOT_FOUND where it is gone already */
  async erase(tx: Transaction, room: RoomView): Promise<void> {
    if (!(await this.remove(tx, room, ''))) throw roomErrors.notFound();
  }

  /** One in which something was written stays. */
  async eraseUnused(tx: Transaction, room: RoomView): Promise<void> {
    await this.remove(tx, room, 'AND last_seq = 0');
  }

  private async remove(tx: Transaction, room: RoomView, condition: string): Promise<boolean> {
    await advisoryLock(tx, marksLock(room.id));
    const locked = await tx.query(`SELECT FROM rooms WHERE id = $1 ${condition} FOR UPDATE`, [room.id]);
    if (locked.length === 0) return false;
    const people = await this.members.idsOf(tx, room.id);
    await tx.query('DELETE FROM rooms WHERE id = $1', [room.id]);
    tx.publish(new RoomDeleted(room, people));
    return true;
  }
}
