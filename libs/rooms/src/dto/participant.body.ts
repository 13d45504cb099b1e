import { PublicUser } from '#libs/directory';
import { ApiList, ApiNested, ApiOneOf, ApiTime, Schema } from '#libs/platform/schemas';
import type { ParticipantRole } from '../entities/participant.entity.js';
import { Pagination } from './pagination.body.js';
import { participantRoles } from './room-enumerations.js';

@Schema('Participant', { description: 'A person in a room' })
export class ParticipantBody extends PublicUser {
  @ApiOneOf(participantRoles, { description: 'owner, admin, moderator or member', example: 'member' })
  role!: ParticipantRole;
  @ApiTime() joined_at!: string;
  @ApiTime({ nullable: true, description: 'May not write until then' }) muted_until!: string | null;
}

@Schema('OneParticipant')
export class OneParticipantBody {
  @ApiNested(() => ParticipantBody) participant!: ParticipantBody;
}

@Schema('Participants')
export class ParticipantsBody {
  @ApiList(() => ParticipantBody) participants!: ParticipantBody[];
}

@Schema('ParticipantPage')
export class ParticipantPageBody extends ParticipantsBody {
  @ApiNested(() => Pagination) pagination!: Pagination;
}

@Schema('Ban')
export class BanBody {
  @ApiTime() banned_until!: string;
}
