import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

export const CONTEXT_TYPES = ['service_request', 'booking', 'order', 'ticket', 'restaurant'] as const;
export type ContextType = (typeof CONTEXT_TYPES)[number];

export interface ContextParticipant {
  user_id: string;
  role: string;
}

/** The business object that a conversation is about, as the host told it. */
@Entity('contexts')
export class Context {
  @PrimaryColumn('text')
  type!: ContextType;

  @PrimaryColumn('text')
  id!: string;

  @Column('jsonb', { default: () => "'[]'" })
  participants!: ContextParticipant[];

  @Column('text', { nullable: true })
  category!: string | null;

  @Column('text', { nullable: true })
  status!: string | null;

  @Column('jsonb', { default: () => "'{}'" })
  data!: Record<string, unknown>;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
