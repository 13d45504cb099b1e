import { ROLES } from '#libs/platform/auth';
import { enumeration, HostId, Metadata, NestedList, OneOf, Text } from '#libs/platform/validation';

/** Of people: the host platform's own server is none. */
const personRoles = enumeration(
  'PersonRole',
  ROLES.filter((role) => role !== 'service'),
);
type PersonRole = (typeof personRoles.enum)[number];

const Clearable = (max: number) => Text({ max, optional: true, nullable: true });

/** Fields left out stay as they are; null clears one. */
export class PutUserDto {
  @Clearable(256) name?: string | null;
  @Clearable(256) first_name?: string | null;
  @Clearable(256) last_name?: string | null;
  @Clearable(256) username?: string | null;
  @Clearable(256) email?: string | null;
  @Clearable(2_048) avatar?: string | null;
  @OneOf(personRoles, { optional: true }) role?: PersonRole;
}

export class ContextParticipantDto {
  @HostId() user_id!: string;
  @OneOf(personRoles) role!: PersonRole;
}

/** Replaces the stored list of participants; fields left out stay as they are. */
export class PutContextDto {
  @NestedList(() => ContextParticipantDto, { max: 100, optional: true })
  participants?: ContextParticipantDto[];
  @Clearable(128) category?: string | null;
  @Clearable(64) status?: string | null;
  @Metadata({ optional: true }) data?: Record<string, unknown>;
}
