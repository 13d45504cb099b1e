import { User } from '#libs/directory';
import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
} from 'typeorm';
import { Room } from './room.entity.js';

export const PARTICIPANT_ROLES = ['owner', 'admin', 'moderator', 'member'] as const;
export type ParticipantRole = (typeof PARTICIPANT_ROLES)[number];

/** A person in a room, with how far they have read. A row stays when they leave, so that marks survive a return. */
@Entity('participants')
@Index('participants_user', ['userId'], { where: 'left_at IS NULL' })
@Index('participants_muted_by', ['mutedBy'], { where: 'muted_by IS NOT NULL' })
@Index('participants_banned_by', ['bannedBy'], { where: 'banned_by IS NOT NULL' })
export class Participant {
  @PrimaryColumn('uuid', { name: 'room_id' })
  roomId!: string;

  @PrimaryColumn('text', { name: 'user_id' })
  userId!: string;

  @ManyToOne(() => Room, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'room_id' })
  room?: Relation<Room>;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  @Column('text', { default: 'member' })
  role!: ParticipantRole;

  @CreateDateColumn({ name: 'joined_at', type: 'timestamptz' })
  joinedAt!: Date;

  @Column('timestamptz', { name: 'left_at', nullable: true })
  leftAt!: Date | null;

  /** Every message up to here is read (or their own). */
  @Column('bigint', { name: 'read_seq', default: 0 })
  readSeq!: string;

  /** Every message up to here has reached one of their devices. */
  @Column('bigint', { name: 'delivered_seq', default: 0 })
  deliveredSeq!: string;

  /** Archived for this person while no message came after this one. */
  @Column('bigint', { name: 'archived_seq', nullable: true })
  archivedSeq!: string | null;

  /** May not write until then. */
  @Column('timestamptz', { name: 'muted_until', nullable: true })
  mutedUntil!: Date | null;

  @Column('text', { name: 'muted_by', nullable: true })
  mutedBy!: string | null;

  /** Of who muted them, as `sanctionRank` has it. */
  @Column('smallint', { name: 'muted_rank', nullable: true })
  mutedRank!: number | null;

  /** May not come back until then. */
  @Column('timestamptz', { name: 'banned_until', nullable: true })
  bannedUntil!: Date | null;

  @Column('text', { name: 'banned_by', nullable: true })
  bannedBy!: string | null;

  @Column('smallint', { name: 'banned_rank', nullable: true })
  bannedRank!: number | null;
}
