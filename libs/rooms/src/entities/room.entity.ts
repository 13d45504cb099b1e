import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';

export const ROOM_TYPES = [
  'direct',
  'group',
  'channel',
  'support',
  'service',
  'booking',
  'order',
  'internal',
  'broadcast',
] as const;
export type RoomType = (typeof ROOM_TYPES)[number];

export const ROOM_STATUSES = ['waiting', 'active', 'resolved', 'closed', 'blocked'] as const;
export type RoomStatus = (typeof ROOM_STATUSES)[number];

export const ROOM_PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export type RoomPriority = (typeof ROOM_PRIORITIES)[number];

/** A conversation. `lastSeq` is the number of messages ever stored in it: `seq` is dense. */
@Entity('rooms')
@Index('rooms_context', ['contextType', 'contextId'])
@Index('rooms_status', ['type', 'status', 'createdAt'])
export class Room {
  @PrimaryColumn('uuid')
  id!: string;

  /** Readable address: `service_789`, `support_…`, `internal_…`, `broadcast_all`. */
  @Column('text', { nullable: true, unique: true })
  key!: string | null;

  /** What there may be only one room for: a pair of people, a booking, an order. */
  @Column('text', { name: 'dedupe_key', nullable: true, unique: true })
  dedupeKey!: string | null;

  @Column('text')
  type!: RoomType;

  @Column('text', { default: 'active' })
  status!: RoomStatus;

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text', { nullable: true })
  subject!: string | null;

  @Column('text', { nullable: true })
  category!: string | null;

  @Column('text', { default: 'normal' })
  priority!: RoomPriority;

  @Column('boolean', { name: 'is_private', default: true })
  isPrivate!: boolean;

  @Column('int', { name: 'max_members', nullable: true })
  maxMembers!: number | null;

  @Column('text', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('text', { name: 'assignee_id', nullable: true })
  assigneeId!: string | null;

  /** Who blocked the conversation, while it is blocked. */
  @Column('text', { name: 'blocked_by', nullable: true })
  blockedBy!: string | null;

  @Column('text', { name: 'context_type', nullable: true })
  contextType!: string | null;

  @Column('text', { name: 'context_id', nullable: true })
  contextId!: string | null;

  @Column('jsonb', { default: () => "'{}'" })
  metadata!: Record<string, unknown>;

  @Column('bigint', { name: 'last_seq', default: 0 })
  lastSeq!: string;

  /** The number of edits and deletions ever made in it: each has the next number, and takes effect in that order. */
  @Column('bigint', { name: 'last_change', default: 0 })
  lastChange!: string;

  @Column('timestamptz', { name: 'last_message_at', nullable: true })
  lastMessageAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt!: Date | null;
}
