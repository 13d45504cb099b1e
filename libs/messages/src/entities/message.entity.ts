import { Room } from '#libs/rooms';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

export const MESSAGE_TYPES = [
  'text',
  'image',
  'file',
  'location',
  'voice',
  'video',
  'status_update',
  'system',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** One message. `seq` counts the messages of its room without gaps. */
@Entity('messages')
@Index('messages_room_seq', ['roomId', 'seq'], { unique: true })
// Full text within rooms, by GIN, which TypeORM cannot declare: made by a migration.
@Index('messages_words', { synchronize: false })
// By what was passed on, an expression: made by a migration.
@Index('messages_forwarded', { synchronize: false })
@Index('messages_changed', ['roomId', 'changedAt'], { where: 'changed_at IS NOT NULL' })
@Index('messages_pinned', ['roomId', 'pinnedAt'], { where: 'pinned_at IS NOT NULL' })
@Index('messages_client_key', ['roomId', 'senderId', 'clientKey'], {
  unique: true,
  where: 'client_key IS NOT NULL',
})
export class Message {
  /** UUID v7. */
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'room_id' })
  roomId!: string;

  @ManyToOne(() => Room, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'room_id' })
  room?: Relation<Room>;

  @Column('bigint')
  seq!: string;

  /** Null for the host platform and the chat itself. No foreign key: it would cost a look-up for each message. */
  @Column('text', { name: 'sender_id', nullable: true })
  senderId!: string | null;

  /** The id that the client chose, answered back to it. */
  @Column('text', { name: 'client_id', nullable: true })
  clientId!: string | null;

  /** Fingerprint of client id and content: with room and sender it names a message once. */
  @Column('text', { name: 'client_key', nullable: true })
  clientKey!: string | null;

  @Column('text')
  type!: MessageType;

  @Column('text')
  content!: string;

  @Column('jsonb', { default: () => "'{}'" })
  metadata!: Record<string, unknown>;

  @Column('uuid', { name: 'reply_to', nullable: true })
  replyTo!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'edited_at', nullable: true })
  editedAt!: Date | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;

  /** When it was last edited or deleted; what someone who was away has to be told. */
  @Column('timestamptz', { name: 'changed_at', nullable: true })
  changedAt!: Date | null;

  /** Which of the room's changes the last edit or deletion of this message was, counted from 1. */
  @Column('bigint', { name: 'change_no', nullable: true })
  changeNo!: string | null;

  /** Participants who are named by `@` in the text. */
  @Column('text', { array: true, nullable: true })
  mentions!: string[] | null;

  @Column('timestamptz', { name: 'pinned_at', nullable: true })
  pinnedAt!: Date | null;

  @Column('text', { name: 'pinned_by', nullable: true })
  pinnedBy!: string | null;
}
