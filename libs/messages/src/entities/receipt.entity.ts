import { User } from '#libs/directory';
import { Room } from '#libs/rooms';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';

export type ReceiptKind = 'read' | 'delivered';

/** A stretch of messages that a person read, or that reached them, at one time. */
@Entity('receipts')
// (room_id, seqs) by GiST, which TypeORM cannot declare: made by the migration.
@Index('receipts_room_seqs', { synchronize: false })
@Index('receipts_user', ['userId', 'roomId'])
export class Receipt {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('uuid', { name: 'room_id' })
  roomId!: string;

  @ManyToOne(() => Room, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'room_id' })
  room?: Relation<Room>;

  @Column('text', { name: 'user_id' })
  userId!: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id' })
  user?: Relation<User>;

  @Column('text')
  kind!: ReceiptKind;

  @Column('int8range')
  seqs!: string;

  @Column('timestamptz', { default: () => 'now()' })
  at!: Date;
}
