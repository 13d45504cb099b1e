import {
  ChangesSomething,
  Field,
  type FieldOptions,
  Flag,
  HostIds,
  idOf,
  Integer,
  isText,
  type Kind,
  MAX_PAGE,
  OneOf,
  QueryInteger,
  Text,
  textOf,
  withRule,
} from '#libs/platform/validation';
import { roomTypes, type WorkspaceRoomType } from '../types.js';

const MAX_PARTICIPANTS = 1_000;
const DESCRIPTION_MAX = 1_000;
const EXAMPLE_ROOM_ID = '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e10';

const RoomName = (options: FieldOptions) => Text({ max: 128, ...options });

const MaxMembers = () =>
  Integer({
    min: 2,
    max: 100_000,
    optional: true,
    nullable: true,
    description: 'Capacity; null or left out: no limit',
  });

const textKind = textOf(DESCRIPTION_MAX);

/** Forms send what was left empty as an empty text: it clears the description, as null does. */
const descriptionKind: Kind = {
  schema: { oneOf: [textKind.schema, { type: 'string', maxLength: 0 }] },
  read: (value) => (value === '' ? null : textKind.read!(value)),
  rules: [
    { name: 'isText', holds: isText, message: `must have at most ${DESCRIPTION_MAX} characters` },
    ...textKind.rules.filter(({ name }) => name !== 'isText'),
  ],
};
const RoomDescription = () => Field(descriptionKind, { optional: true, nullable: true });

export class WorkspaceCreateRoomDto {
  @RoomName({ optional: true, description: 'Needed for GROUP and CHANNEL' }) name?: string;
  @RoomDescription() description?: string | null;
  @OneOf(roomTypes) type!: WorkspaceRoomType;
  @Flag({ default: false, description: 'Of GROUP and CHANNEL; the others are private in any case' })
  isPrivate!: boolean;
  @MaxMembers() maxMembers?: number | null;
  @HostIds({ max: MAX_PARTICIPANTS, default: [], description: 'People besides yourself' })
  participantIds!: string[];
}

@ChangesSomething()
export class WorkspaceUpdateRoomDto {
  @RoomName({ optional: true }) name?: string;
  @RoomDescription() description?: string | null;
  @Flag({ optional: true }) isPrivate?: boolean;
  @MaxMembers() maxMembers?: number | null;
  @Flag({ optional: true, description: 'false closes the room: it takes no messages' }) isActive?: boolean;
}

export class WorkspaceListRoomsQueryDto {
  @QueryInteger({ min: 1, max: MAX_PAGE, optional: true, description: 'With limit: page number' })
  page?: number;
  @QueryInteger({ min: 1, max: 100, optional: true, description: 'Rooms per page; left out: all rooms' })
  limit?: number;
}

const roomIdKind = withRule(
  idOf('must be a room id', {
    oneOf: [{ type: 'string', minLength: 1 }, { type: 'integer' }],
    example: EXAMPLE_ROOM_ID,
  }),
  'isNotEmpty',
  (value) => value !== '',
  'must be a room id',
);

/** A room by its id or key, as text; a malformed one answers like an unknown one. */
export const WorkspaceRoomId = () => Field(roomIdKind);

/** The room of a socket event. */
export class WorkspaceRoomPayloadDto {
  @WorkspaceRoomId() roomId!: string;
}
