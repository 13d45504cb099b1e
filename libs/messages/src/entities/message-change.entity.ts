import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Message } from './message.entity.js';

/** The last edit or deletion of a message, by its place among the new messages of the room. */
@Entity('message_changes')
@Index('message_changes_room', ['roomId', 'afterSeq'])
@Index('message_changes_number', ['roomId', 'changeNo'])
export class MessageChange {
  @PrimaryColumn('uuid', { name: 'message_id' })
  messageId!: string;

  @ManyToOne(() => Message, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'message_id' })
  message?: Relation<Message>;

  @Column('uuid', { name: 'room_id' })
  roomId!: string;

  /** The newest message that was committed before the change; the next one was committed after it. */
  @Column('bigint', { name: 'after_seq' })
  afterSeq!: string;

  /** As in the message; null for changes that a release without numbers made. */
  @Column('bigint', { name: 'change_no', nullable: true })
  changeNo!: string | null;
}
