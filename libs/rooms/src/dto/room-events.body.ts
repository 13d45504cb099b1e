import { PublicUser } from '#libs/directory';
import {
  ApiFlag,
  ApiInteger,
  ApiList,
  ApiNested,
  ApiObject,
  ApiOneOf,
  ApiText,
  ApiTime,
  ApiWireId,
  Schema,
} from '#libs/platform/schemas';
import type { ParticipantRole } from '../entities/participant.entity.js';
import type { RoomStatus } from '../entities/room.entity.js';
import { ParticipantBody } from './participant.body.js';
import { RoomBody } from './room.body.js';
import { participantRoles, roomStatuses } from './room-enumerations.js';

@Schema('RoomNamedEvent', { description: 'What an event says that only names a room' })
export class RoomNamedPayload {
  @ApiText({ example: 'service_789' }) room_id!: string;
}

@Schema('JoinedRoom')
export class JoinedRoomBody extends RoomNamedPayload {
  @ApiList(() => ParticipantBody, { description: 'The first 200, in order of joining' })
  participants!: ParticipantBody[];
  @ApiNested(() => RoomBody) room!: RoomBody;
  @ApiInteger({ description: 'Sequence number of the newest message' }) last_seq!: number;
  @ApiList('object', {
    optional: true,
    description:
      'With after_seq: what followed, oldest first, at most 200; nothing of it comes again as an event',
  })
  messages?: unknown[];
  @ApiList('object', {
    optional: true,
    description:
      'With after_seq: older messages that were edited or deleted since, at most 200, oldest first; replace yours by them',
  })
  changes?: unknown[];
  @ApiFlag({
    optional: true,
    description: 'With after_seq: more than 200 were missed; fetch the rest by REST with after_seq',
  })
  has_more?: boolean;
  @ApiFlag({
    optional: true,
    description:
      'With after_seq: more than 200 older messages were changed; fetch the rest by REST with the same number as ' +
      'changed_after_seq, and the seq of the last of changes as after_seq',
  })
  changes_has_more?: boolean;
}

@Schema('RoomChangedEvent')
export class RoomChangedPayload extends RoomNamedPayload {
  @ApiNested(() => RoomBody) room!: RoomBody;
}

@Schema('RoomPersonEvent', { description: 'What an event says that only names a room and a person' })
export class RoomPersonPayload extends RoomNamedPayload {
  @ApiNested(() => PublicUser) user!: PublicUser;
}

@Schema('UserJoinedEvent')
export class UserJoinedPayload extends RoomPersonPayload {
  @ApiOneOf(participantRoles) role!: ParticipantRole;
}

@Schema('ParticipantUpdatedEvent')
export class ParticipantUpdatedPayload extends UserJoinedPayload {
  @ApiTime({ nullable: true }) muted_until!: string | null;
}

@Schema('MessageErrorEvent')
export class MessageErrorPayload {
  @ApiText() error_code!: string;
  @ApiText() message!: string;
  @ApiObject() details!: Record<string, unknown>;
  @ApiText({ description: 'Name of the refused event' }) event!: string;
}

@Schema('SupportQueueChangedEvent')
export class SupportQueueChangedPayload extends RoomChangedPayload {
  @ApiOneOf(roomStatuses, { example: 'waiting' }) status!: RoomStatus;
  @ApiWireId({ nullable: true }) assignee_id!: string | number | null;
}
