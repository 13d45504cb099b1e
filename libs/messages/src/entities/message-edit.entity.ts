import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Message } from './message.entity.js';

/** What a message said before it was edited; for moderators. Goes when the message is deleted. */
@Entity('message_edits')
@Index('message_edits_message', ['messageId', 'editedAt'])
export class MessageEdit {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'message_id' })
  messageId!: string;

  @ManyToOne(() => Message, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'message_id' })
  message?: Relation<Message>;

  /** The text before this edit. */
  @Column('text')
  content!: string;

  @Column('timestamptz', { name: 'edited_at', default: () => 'now()' })
  editedAt!: Date;
}
