import {
  ChangesSomething,
  enumeration,
  Field,
  Flag,
  HostId,
  HostIds,
  Integer,
  Metadata,
  Nested,
  OneOf,
  PageQueryDto,
  patternOf,
  QueryFlag,
  QueryList,
  RawText,
  Text,
  type FieldOptions,
} from '#libs/platform/validation';
import {
  ROOM_STATUSES,
  ROOM_TYPES,
  type RoomPriority,
  type RoomStatus,
  type RoomType,
} from '../entities/room.entity.js';
import { roomPriorities, roomStatuses, roomTypes } from './room-enumerations.js';

const MAX_PARTICIPANTS = 1_000;
const DEPARTMENT = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** Whether this can be the department of an internal room. */
export const isDepartment = (text: string): boolean => DEPARTMENT.test(text);

const departmentKind = patternOf(DEPARTMENT, 'must be 1 to 63 lower-case letters, digits, - or _');

const openableTypes = enumeration('OpenableRoomType', ['direct', 'group', 'channel', 'support', 'internal']);
const contextTypes = enumeration('RoomContextType', ['ticket', 'restaurant', 'order']);
const endings = enumeration('RoomEnding', ['resolved', 'closed']);

const Priority = () =>
  OneOf(roomPriorities, { optional: true, message: 'must be low, normal, high or urgent' });
const MaxMembers = (options?: FieldOptions) => Integer({ min: 2, max: 100_000, optional: true, ...options });
const Clearable = (max: number) => Text({ max, optional: true, nullable: true });

export class RoomContextDto {
  @OneOf(contextTypes, { message: 'must be ticket, restaurant or order' })
  type!: (typeof contextTypes.enum)[number];
  @HostId() id!: string;
}

export class CreateRoomDto {
  @OneOf(openableTypes, {
    message: 'must be direct, group, channel, support or internal',
    description: 'service, booking and order rooms come from the directory',
  })
  type!: (typeof openableTypes.enum)[number];
  @Text({ max: 128, optional: true }) name?: string;
  @Text({ max: 1_000, optional: true }) description?: string;
  @Text({ max: 256, optional: true }) subject?: string;
  @Text({ max: 128, optional: true }) category?: string;
  @Priority() priority?: RoomPriority;
  @Flag({ optional: true }) is_private?: boolean;
  @MaxMembers() max_members?: number;
  @HostIds({ max: MAX_PARTICIPANTS, default: [], description: 'People besides yourself' })
  participant_ids!: string[];
  @Field(departmentKind, {
    optional: true,
    description: 'For internal rooms: the room becomes internal_{department}',
    example: 'billing',
  })
  department?: string;
  @Nested(() => RoomContextDto, {
    optional: true,
    description: 'The business object that the conversation is about',
  })
  context?: RoomContextDto;
  @Metadata({ optional: true }) metadata?: Record<string, unknown>;
}

/** Fields left out stay as they are; null clears one. */
@ChangesSomething()
export class UpdateRoomDto {
  @Text({ max: 128, optional: true }) name?: string;
  @Clearable(1_000) description?: string | null;
  @Clearable(256) subject?: string | null;
  @Clearable(128) category?: string | null;
  @Priority() priority?: RoomPriority;
  @Flag({ optional: true }) is_private?: boolean;
  @MaxMembers({ nullable: true }) max_members?: number | null;
  @Metadata({ optional: true }) metadata?: Record<string, unknown>;
}

export class LeaveRoomDto {
  @Flag({
    default: false,
    description: 'The last owner leaves the room to the one of the highest role who has been in it longest',
  })
  hand_over!: boolean;
}

export class CloseRoomDto {
  @OneOf(endings, { default: 'closed', message: 'must be resolved or closed' })
  status!: (typeof endings.enum)[number];
}

export class ListRoomsQueryDto extends PageQueryDto {
  @QueryList({ max: ROOM_TYPES.length, of: roomTypes, optional: true }) type?: RoomType[];
  @QueryList({ max: ROOM_STATUSES.length, of: roomStatuses, optional: true }) status?: RoomStatus[];
  @QueryFlag({ optional: true, description: 'Only rooms that you archived (true) or did not (false)' })
  archived?: boolean;
  @QueryFlag({
    optional: true,
    description: 'Beside status: also rooms that you archived, whatever their status',
  })
  or_archived?: boolean;
  @RawText({
    max: 64,
    trim: true,
    optional: true,
    description: 'Only rooms about an object of this type, such as booking',
  })
  context_type?: string;
  @HostId({ optional: true, description: 'Only rooms about the object with this id' }) context_id?: string;
  @RawText({ max: 128, trim: true, optional: true, description: 'In name and subject' }) search?: string;
}
