import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { Role } from '#libs/platform/auth';

/** A person of the host platform. The id is the host's, kept as text. */
@Entity('users')
export class User {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  role!: Role;

  @Column('text', { nullable: true })
  name!: string | null;

  @Column('text', { name: 'first_name', nullable: true })
  firstName!: string | null;

  @Column('text', { name: 'last_name', nullable: true })
  lastName!: string | null;

  @Column('text', { nullable: true })
  username!: string | null;

  @Column('text', { nullable: true })
  email!: string | null;

  @Column('text', { nullable: true })
  avatar!: string | null;

  /** Fingerprint of the profile in the last token, so that only a changed one overwrites the profile. */
  @Column('text', { name: 'claims_hash', nullable: true })
  claimsHash!: string | null;

  /** Referred to before the host told who it is. */
  @Column('boolean', { default: false })
  placeholder!: boolean;

  /** A tombstone that an erased person's messages point to. */
  @Column('boolean', { default: false })
  erased!: boolean;

  @Column('timestamptz', { name: 'last_seen_at', nullable: true })
  lastSeenAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
