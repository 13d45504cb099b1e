import { enumeration } from '#libs/platform/validation';
import { PARTICIPANT_ROLES } from '../entities/participant.entity.js';
import { ROOM_PRIORITIES, ROOM_STATUSES, ROOM_TYPES } from '../entities/room.entity.js';

/** Under the names that the documents have for them. */
export const roomTypes = enumeration('RoomType', ROOM_TYPES);
export const roomStatuses = enumeration('RoomStatus', ROOM_STATUSES);
export const roomPriorities = enumeration('RoomPriority', ROOM_PRIORITIES);
export const participantRoles = enumeration('ParticipantRole', PARTICIPANT_ROLES);
