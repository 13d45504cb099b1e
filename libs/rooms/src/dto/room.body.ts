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
import type { RoomPriority, RoomStatus, RoomType } from '../entities/room.entity.js';
import { Pagination } from './pagination.body.js';
import { ParticipantBody } from './participant.body.js';
import { roomPriorities, roomStatuses, roomTypes } from './room-enumerations.js';

@Schema('RoomContext', { description: 'The business object that a conversation is about' })
export class RoomContextBody {
  @ApiText() type!: string;
  @ApiWireId() id!: string | number;
}

@Schema('Room', { description: 'A conversation' })
export class RoomBody {
  @ApiText({ description: 'Key where the room has one, else its id', example: 'service_789' })
  room_id!: string;
  @ApiText({ description: 'Plain id (UUID)', example: '0190a5c2-7e8b-7c3d-9f10-2b6a4c8d0e1f' }) id!: string;
  @ApiOneOf(roomTypes, { example: 'service' }) type!: RoomType;
  @ApiOneOf(roomStatuses, { example: 'active' }) status!: RoomStatus;
  @ApiText({ nullable: true }) name!: string | null;
  @ApiText({ nullable: true }) description!: string | null;
  @ApiText({ nullable: true }) subject!: string | null;
  @ApiText({ nullable: true }) category!: string | null;
  @ApiOneOf(roomPriorities, { example: 'normal' }) priority!: RoomPriority;
  @ApiFlag() is_private!: boolean;
  @ApiInteger({ nullable: true }) max_members!: number | null;
  @ApiInteger() participant_count!: number;
  @ApiWireId({ nullable: true }) created_by!: string | number | null;
  @ApiWireId({ nullable: true }) assignee_id!: string | number | null;
  @ApiNested(() => RoomContextBody, { nullable: true }) context!: RoomContextBody | null;
  @ApiObject() metadata!: Record<string, unknown>;
  @ApiTime() created_at!: string;
  @ApiTime() updated_at!: string;
  @ApiTime({ nullable: true }) closed_at!: string | null;
}

@Schema('MyRoom', { description: 'A conversation as one of its participants sees it' })
export class MyRoomBody extends RoomBody {
  @ApiObject({ nullable: true, description: 'The newest message' }) last_message!: unknown;
  @ApiInteger() unread_count!: number;
  @ApiInteger({ description: 'Sequence number of the newest message' }) last_seq!: number;
  @ApiFlag() archived!: boolean;
}

@Schema('MyRoomPage')
export class MyRoomPageBody {
  @ApiList(() => MyRoomBody) rooms!: MyRoomBody[];
  @ApiNested(() => Pagination) pagination!: Pagination;
}

@Schema('OneRoom')
export class OneRoomBody {
  @ApiNested(() => RoomBody) room!: RoomBody;
}

@Schema('OpenedRoom')
export class OpenedRoomBody extends OneRoomBody {
  @ApiFlag() created!: boolean;
}

@Schema('RoomWithParticipants')
export class RoomWithParticipantsBody extends OneRoomBody {
  @ApiList(() => ParticipantBody, { description: 'The first 200' }) participants!: ParticipantBody[];
}
