import {
  Field,
  HostId,
  HostIds,
  isoDateKind,
  OneOf,
  withRule,
  type FieldOptions,
} from '#libs/platform/validation';
import type { ParticipantRole } from '../entities/participant.entity.js';
import { participantRoles } from './room-enumerations.js';

const futureKind = withRule(
  isoDateKind,
  'isInFuture',
  (date: Date) => date.getTime() > Date.now(),
  'must lie in the future',
);
const Until = (options?: FieldOptions) =>
  Field(futureKind, {
    optional: true,
    description: 'ISO 8601; left out: until further notice',
    ...options,
  });

export class AddParticipantsDto {
  @HostIds({ min: 1, max: 100, tooFew: 'must name at least one person' }) user_ids!: string[];
}

export class SetRoleDto {
  @OneOf(participantRoles, { message: 'must be owner, admin, moderator or member' }) role!: ParticipantRole;
}

export class TransferOwnershipDto {
  @HostId() user_id!: string;
}

export class MuteDto {
  @Until({ nullable: true }) until?: Date | null;
}

export class BanDto {
  @Until() until?: Date;
}
