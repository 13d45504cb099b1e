import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

export const SCAN_STATES = ['pending', 'clean', 'infected', 'skipped'] as const;
/** `skipped`: no scanner was configured. Only `clean` and `skipped` files are served. */
export type ScanState = (typeof SCAN_STATES)[number];

/** One uploaded file. Its bytes are in the storage, under keys made of the id. */
@Entity('attachments')
@Index('attachments_message', ['messageId'], { where: 'message_id IS NOT NULL' })
@Index('attachments_uploader', ['uploaderId'])
@Index('attachments_room', ['roomId'])
@Index('attachments_unclaimed', ['createdAt'], { where: 'message_id IS NULL' })
@Index('attachments_work', ['leaseUntil'], { where: "deleted_at IS NOT NULL OR scan_state = 'pending'" })
export class Attachment {
  /** UUID v7. */
  @PrimaryColumn('uuid')
  id!: string;

  /** No foreign key: bytes must be removed before the row is. */
  @Column('text', { name: 'uploader_id' })
  uploaderId!: string;

  /**
   * Null: uploaded before it was said for which room; the message that claims it tells. No foreign key: the id of a room
   * that was deleted stays, so that nobody reads its files or sends them elsewhere until their bytes are gone.
   */
  @Column('uuid', { name: 'room_id', nullable: true })
  roomId!: string | null;

  /** Set before the message is stored, so no foreign key; clean-up removes what names a message that is not there. */
  @Column('uuid', { name: 'message_id', nullable: true })
  messageId!: string | null;

  /** Order within the message. */
  @Column('smallint', { default: 0 })
  position!: number;

  @Column('text')
  kind!: string;

  /** As the uploader named it, without path and control characters. */
  @Column('text', { name: 'file_name' })
  fileName!: string;

  @Column('text', { name: 'mime_type' })
  mimeType!: string;

  @Column('text')
  extension!: string;

  /** Bytes as stored, thumbnail not counted. */
  @Column('bigint')
  size!: string;

  @Column('integer', { name: 'thumbnail_size', nullable: true })
  thumbnailSize!: number | null;

  /** Hex, of the bytes as they were uploaded. */
  @Column('text')
  sha256!: string;

  @Column('integer', { nullable: true })
  width!: number | null;

  @Column('integer', { nullable: true })
  height!: number | null;

  @Column('double precision', { nullable: true })
  duration!: number | null;

  @Column('smallint', { array: true, nullable: true })
  waveform!: number[] | null;

  @Column('text', { nullable: true })
  placeholder!: string | null;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text', { name: 'scan_state' })
  scanState!: ScanState;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  /** The bytes are in the storage; null while they are on their way there. */
  @Column('timestamptz', { name: 'stored_at', nullable: true })
  storedAt!: Date | null;

  @Column('timestamptz', { name: 'claimed_at', nullable: true })
  claimedAt!: Date | null;

  /** The client key of the message that claimed it: a repeat of that message may claim it again. */
  @Column('text', { name: 'claim_key', nullable: true })
  claimKey!: string | null;

  /** From now on it is not there for anyone; the row goes when the bytes are gone. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;

  /** One node scans or removes it until then. */
  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;
}
