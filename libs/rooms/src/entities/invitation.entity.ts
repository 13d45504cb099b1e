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

/** A link by which people who are not added by name may join. The token itself is not kept. */
@Entity('invitations')
@Index('invitations_room', ['roomId'])
export class Invitation {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'room_id' })
  roomId!: string;

  @ManyToOne(() => Room, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'room_id' })
  room?: Relation<Room>;

  /** SHA-256 of the token, hex. */
  @Column('text', { name: 'token_hash', unique: true })
  tokenHash!: string;

  @Column('text', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** Null: no limit. */
  @Column('int', { name: 'max_uses', nullable: true })
  maxUses!: number | null;

  @Column('int', { default: 0 })
  uses!: number;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
