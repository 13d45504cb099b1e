import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import type { Actor } from '#libs/platform/auth';
import { Database } from '#libs/platform/database';
import { parseUuid } from '#libs/platform/validation';
import { requireStill } from './actor-now.js';
import { MembersRepository } from './members.repository.js';
import { MembersService } from './members.service.js';
import { RoomAccessService } from './room-access.service.js';
import { mayDo } from './room-policy.js';
import type { RoomView } from './room-view.js';
import { roomErrors } from './rooms.errors.js';
import { RoomsRepository } from './rooms.repository.js';

export interface InvitationView {
  id: string;
  roomId: string;
  createdBy: string | null;
  expiresAt: Date;
  maxUses: number | null;
  uses: number;
  createdAt: Date;
}

const COLUMNS = `id, room_id AS "roomId", created_by AS "createdBy", expires_at AS "expiresAt",
  max_uses AS "maxUses", uses, created_at AS "createdAt"`;

/** Whoever asks why a link failed may still look it up. */
const KEEP_ENDED_DAYS = 7;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Links by which people join a room who are not added by name; also a private one. They end with the one who made them
 * being removed or banned.
 */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly database: Database,
    private readonly access: RoomAccessService,
    private readonly members: MembersService,
    private readonly repository: MembersRepository,
    private readonly rooms: RoomsRepository,
  ) {}

  /**
   * The token is answered once and not kept.
   * @throws ROOM_NOT_FOUND, ACCESS_DENIED
   */
  async create(
    actor: Actor,
    ref: string,
    expiresInSeconds: number,
    maxUses: number | undefined,
  ): Promise<InvitationView & { token: string }> {
    const policy = mayDo('invite');
    const { room } = await this.access.require(actor, ref, policy, 'room.override.invite');
    if (room.type !== 'group' && room.type !== 'channel') {
      throw roomErrors.accessDenied('Invitations are for groups and channels.');
    }
    const token = randomBytes(24).toString('base64url');
    const rows = await this.database.transaction(async (tx) => {
      // Whoever is removed at this moment leaves no link behind that still works.
      await this.rooms.lock(tx, room.id);
      await requireStill(tx, this.repository, actor, room, policy);
      return tx.query<InvitationView>(
        `INSERT INTO invitations (id, room_id, token_hash, created_by, expires_at, max_uses)
         VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5), $6) RETURNING ${COLUMNS}`,
        [uuid(), room.id, hashOf(token), actor.id, expiresInSeconds, maxUses ?? null],
      );
    });
    return { ...(rows[0] as InvitationView), token };
  }

  /** Those that can still be used. @throws ROOM_NOT_FOUND, ACCESS_DENIED */
  async list(actor: Actor, ref: string): Promise<InvitationView[]> {
    const { room } = await this.access.require(actor, ref, mayDo('invite'), 'room.override.invite');
    return this.database.query<InvitationView>(
      `SELECT ${COLUMNS} FROM invitations WHERE room_id = $1 AND revoked_at IS NULL AND expires_at > now()
         AND (max_uses IS NULL OR uses < max_uses) ORDER BY created_at DESC LIMIT 100`,
      [room.id],
    );
  }

  /** @throws ROOM_NOT_FOUND, ACCESS_DENIED, INVITATION_NOT_FOUND */
  async revoke(actor: Actor, ref: string, id: string): Promise<void> {
    const { room } = await this.access.require(actor, ref, mayDo('invite'), 'room.override.invite');
    const rows = await this.database.query(
      `UPDATE invitations SET revoked_at = now() WHERE room_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING id`,
      [room.id, parseUuid(id) ?? null],
    );
    if (rows.length === 0) throw roomErrors.invitationNotFound();
  }

  /** Forgets those that have been of no use for a while; asked for by a job, so by nobody. */
  async removeEnded(): Promise<void> {
    await this.database.query(
      `DELETE FROM invitations WHERE least(expires_at, revoked_at) < now() - make_interval(days => $1)`,
      [KEEP_ENDED_DAYS],
    );
  }

  /**
   * Joins the room. Of many who use the last place at once one gets in; one who is in already uses nothing.
   * @throws INVITATION_NOT_FOUND, ROOM_FULL, ACCESS_DENIED for the banned and for the host's server
   */
  async accept(actor: Actor, token: string): Promise<RoomView> {
    if (actor.family === 'service')
      throw roomErrors.accessDenied("The host platform's server is never a participant.");
    const hash = hashOf(token);
    const open = 'token_hash = $1 AND revoked_at IS NULL AND expires_at > now()';
    const [found] = await this.database.query<{ room_id: string }>(
      `SELECT room_id FROM invitations WHERE ${open}`,
      [hash],
    );
    const room = found && (await this.access.find(found.room_id));
    if (!room) throw roomErrors.invitationNotFound();
    await this.database.transaction(async (tx) => {
      // Accepting goes one after the other in a room: a double click counts once, and a refusal takes its use back.
      await this.rooms.lock(tx, room.id);
      if (await this.repository.lock(tx, room.id, actor.id)) return;
      const used = await tx.query(
        `UPDATE invitations SET uses = uses + 1 WHERE ${open} AND (max_uses IS NULL OR uses < max_uses) RETURNING id`,
        [hash],
      );
      if (used.length === 0) throw roomErrors.invitationNotFound();
      await this.members.enterIn(tx, room, [actor.id], 'joined');
    });
    return room;
  }
}
